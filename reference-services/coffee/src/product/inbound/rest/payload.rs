//! The JSON bodies of requests and responses about products.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};

use crate::product::domain::{Product, Status};
use crate::product::outbound::store::Cancellation;

/// A product as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductResource {
    id: i64,
    order_id: i64,
    product_name: String,
    qty: i64,
    status: Status,
}

impl From<&Product> for ProductResource {
    fn from(product: &Product) -> Self {
        let Product { id, order_id, product_name, qty, status, .. } = product.clone();
        Self { id, order_id, product_name, qty, status }
    }
}

impl Resource for ProductResource {
    const COLLECTION: &'static str = "products";
    const ITEM: &'static str = "product";

    fn id(&self) -> i64 {
        self.id
    }
}

/// The cancellation of an order, with what a canceled product row needs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelProduct {
    #[serde(default, deserialize_with = "integer")]
    order_id: Option<i64>,
    #[serde(default)]
    product_name: String,
    #[serde(default, deserialize_with = "integer")]
    qty: Option<i64>,
}

impl CancelProduct {
    pub fn into_cancellation(self) -> Result<Cancellation, Problem> {
        let order_id = self.order_id.ok_or_else(|| Problem::malformed("orderId is missing"))?;
        Ok(Cancellation { order_id, product_name: self.product_name, qty: self.qty.unwrap_or(0) })
    }
}
