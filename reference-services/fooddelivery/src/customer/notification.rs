//! The notifications that customers get. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

use super::projection::OrderStatus;

/// A notification to a customer about an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    pub id: i64,
    pub order_id: i64,
    /// The customer who gets it; none until the order's own event arrives, which
    /// names the customer.
    pub customer: Option<String>,
    /// The text that the customer reads.
    pub text: String,
}

/// The text for a status.
#[must_use]
pub fn text(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Placed => "Your order is placed",
        OrderStatus::Accepted => "The store accepted your order",
        OrderStatus::Cooking => "Your order is being cooked",
        OrderStatus::Cooked => "Your order is cooked",
        OrderStatus::Picked => "Your order is on its way",
        OrderStatus::Delivered => "Your order is delivered",
        OrderStatus::Rejected => "The store rejected your order",
        OrderStatus::Canceled => "Your order is canceled",
    }
}
