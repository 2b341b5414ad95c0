//! The JSON bodies of requests and responses about orders.

use brunt_kit::hal::Resource;
use brunt_kit::rest::integer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::order::domain::{Order, Placement, Status};

/// An order as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderResource {
    id: i64,
    order_id: Option<i64>,
    customer_id: Option<i64>,
    product_name: String,
    product_price: Option<i64>,
    order_total_price: Option<i64>,
    order_status: Status,
    order_date: String,
    customer_addr: Option<String>,
    customer_tel: Option<String>,
}

impl From<&Order> for OrderResource {
    fn from(order: &Order) -> Self {
        let Order { id, placement, order_status, version: _ } = order.clone();
        Self {
            id,
            order_id: placement.order_id,
            customer_id: placement.customer_id,
            product_name: placement.product_name,
            product_price: placement.product_price,
            order_total_price: placement.order_total_price,
            order_status,
            order_date: placement.order_date,
            customer_addr: placement.customer_addr,
            customer_tel: placement.customer_tel,
        }
    }
}

impl Resource for OrderResource {
    const COLLECTION: &'static str = "orders";
    const ITEM: &'static str = "order";

    fn id(&self) -> i64 {
        self.id
    }
}

/// The body of a POST. `orderStatus` is accepted and ignored: a client cannot set it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceOrder {
    #[serde(default, deserialize_with = "integer")]
    order_id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    customer_id: Option<i64>,
    #[serde(default)]
    product_name: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    product_price: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    order_total_price: Option<i64>,
    #[serde(default)]
    order_date: Option<String>,
    #[serde(default)]
    customer_addr: Option<String>,
    #[serde(default)]
    customer_tel: Option<String>,
    #[serde(default, rename = "orderStatus")]
    _order_status: Option<Value>,
}

impl PlaceOrder {
    /// A missing name becomes an empty one, which the domain refuses. `now` is the date of an order
    /// that has none.
    pub fn into_placement(self, now: String) -> Placement {
        Placement {
            order_id: self.order_id,
            customer_id: self.customer_id,
            product_name: self.product_name.unwrap_or_default(),
            product_price: self.product_price,
            order_total_price: self.order_total_price,
            order_date: self.order_date.unwrap_or(now),
            customer_addr: self.customer_addr,
            customer_tel: self.customer_tel,
        }
    }
}
