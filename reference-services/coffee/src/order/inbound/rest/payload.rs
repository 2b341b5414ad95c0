//! The JSON bodies of requests and responses about orders.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::order::domain::{Order, Placement, Status};

/// An order as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderResource {
    id: i64,
    product_id: Option<i64>,
    product_name: String,
    qty: i64,
    status: Status,
}

impl From<&Order> for OrderResource {
    fn from(order: &Order) -> Self {
        let Order { id, product_id, product_name, qty, status, version: _ } = order.clone();
        Self { id, product_id, product_name, qty, status }
    }
}

impl Resource for OrderResource {
    const COLLECTION: &'static str = "orders";
    const ITEM: &'static str = "order";

    fn id(&self) -> i64 {
        self.id
    }
}

/// A new order. `item` is another name for `productName`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceOrder {
    #[serde(default, deserialize_with = "integer")]
    product_id: Option<i64>,
    #[serde(default, alias = "item")]
    product_name: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    qty: Option<i64>,
}

impl PlaceOrder {
    /// A missing name or quantity becomes an empty one or 0, which the domain refuses.
    pub fn into_placement(self) -> Result<Placement, Problem> {
        Ok(Placement {
            product_id: self.product_id,
            product_name: self.product_name.unwrap_or_default(),
            qty: self.qty.ok_or_else(|| Problem::malformed("qty is missing"))?,
        })
    }
}

/// A change to an order. Only the status can be changed, but a client may send back the whole of
/// what it was sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeOrder {
    #[serde(default)]
    status: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    product_id: Option<i64>,
    #[serde(default, alias = "item")]
    product_name: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    qty: Option<i64>,
    #[serde(default, rename = "_links")]
    _links: Option<Value>,
}

impl ChangeOrder {
    /// Accepts a body that only cancels: every other field must be missing or unchanged.
    pub fn check(&self, order: &Order) -> Result<(), Problem> {
        let same = self.id.is_none_or(|id| id == order.id)
            && self.product_id.is_none_or(|id| Some(id) == order.product_id)
            && self.product_name.as_ref().is_none_or(|name| *name == order.product_name)
            && self.qty.is_none_or(|qty| qty == order.qty);
        if !same {
            return Err(Problem::malformed("only the status of an order can be changed"));
        }
        match self.status.as_deref() {
            Some("Canceled") => Ok(()),
            Some(status) => Err(Problem::malformed(format!(
                "status can be set to \"Canceled\", not to {status:?}"
            ))),
            None => Err(Problem::malformed("status is missing")),
        }
    }
}
