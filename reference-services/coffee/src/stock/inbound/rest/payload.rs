//! The JSON bodies of requests and responses about stocks.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stock::domain::{Stock, Supply};

/// A stock as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StockResource {
    id: i64,
    product_name: String,
    qty: i64,
}

impl From<&Stock> for StockResource {
    fn from(stock: &Stock) -> Self {
        Self { id: stock.id, product_name: stock.product_name.clone(), qty: stock.qty }
    }
}

impl Resource for StockResource {
    const COLLECTION: &'static str = "stocks";
    const ITEM: &'static str = "stock";

    fn id(&self) -> i64 {
        self.id
    }
}

/// A stock, or a part of it, as clients send it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StockBody {
    #[serde(default, deserialize_with = "integer")]
    id: Option<i64>,
    #[serde(default)]
    product_name: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    qty: Option<i64>,
    #[serde(default, rename = "_links")]
    _links: Option<Value>,
}

impl StockBody {
    pub fn into_supply(self) -> Result<Supply, Problem> {
        let missing = |field: &str| Problem::malformed(format!("{field} is missing"));
        Ok(Supply {
            product_name: self.product_name.ok_or_else(|| missing("productName"))?,
            qty: self.qty.ok_or_else(|| missing("qty"))?,
        })
    }

    /// Only the quantity can be changed, but a client may send back the whole of what it was sent.
    pub fn new_qty(&self, stock: &Stock) -> Result<Option<i64>, Problem> {
        let same = self.id.is_none_or(|id| id == stock.id)
            && self.product_name.as_ref().is_none_or(|name| *name == stock.product_name);
        if same {
            Ok(self.qty)
        } else {
            Err(Problem::malformed("only the qty of a stock can be changed"))
        }
    }
}
