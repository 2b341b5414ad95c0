//! The JSON bodies of requests and responses about orders.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};

use crate::order::domain::{Order, Placement};

/// An order as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderResource {
    order_id: i64,
    #[serde(flatten)]
    placement: Placement,
    order_status: String,
}

impl From<&Order> for OrderResource {
    fn from(order: &Order) -> Self {
        let Order { order_id, placement, order_status, .. } = order;
        Self {
            order_id: *order_id,
            placement: placement.clone(),
            order_status: order_status.text().to_owned(),
        }
    }
}

impl Resource for OrderResource {
    const COLLECTION: &'static str = "orders";
    const ITEM: &'static str = "order";

    fn id(&self) -> i64 {
        self.order_id
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceOrder {
    #[serde(default, deserialize_with = "integer")]
    book_id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    customer_id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    quantity: Option<i64>,
    #[serde(default)]
    delivery_address: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    coupon_id: Option<i64>,
}

impl PlaceOrder {
    /// A missing address is refused by the domain: it is an empty one.
    pub fn into_placement(self) -> Result<Placement, Problem> {
        let given = |field: Option<i64>, name: &str| {
            field.ok_or_else(|| Problem::malformed(format!("{name} is missing")))
        };
        Ok(Placement {
            book_id: given(self.book_id, "bookId")?,
            customer_id: given(self.customer_id, "customerId")?,
            quantity: given(self.quantity, "quantity")?,
            delivery_address: self.delivery_address.unwrap_or_default(),
            coupon_id: self.coupon_id,
        })
    }
}
