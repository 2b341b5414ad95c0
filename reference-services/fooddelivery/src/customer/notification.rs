//! What a customer is told. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

use super::projection::OrderStatus;

/// What a customer is told about an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    pub id: i64,
    pub order_id: i64,
    /// Who is told; nobody knows until the order itself is heard of.
    pub customer: Option<String>,
    /// What is said.
    pub text: String,
}

/// What is said when an order gets to a status.
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
