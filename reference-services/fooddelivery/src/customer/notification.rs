//! What a customer is told. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

use super::projection::Stage;

/// What a customer is told about an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// From 1.
    pub id: i64,
    /// The order.
    pub order_id: i64,
    /// Who is told; nobody knows until the order itself is heard of.
    pub customer: Option<String>,
    /// What is said.
    pub text: String,
}

/// What is said when an order gets to a stage.
#[must_use]
pub fn text(stage: Stage) -> &'static str {
    match stage {
        Stage::Placed => "Your order is placed",
        Stage::Accepted => "The store accepted your order",
        Stage::Cooking => "Your order is being cooked",
        Stage::Cooked => "Your order is cooked",
        Stage::Picked => "Your order is on its way",
        Stage::Delivered => "Your order is delivered",
        Stage::Rejected => "The store rejected your order",
        Stage::Canceled => "Your order is canceled",
    }
}
