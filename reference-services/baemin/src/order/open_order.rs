//! What is kept of an order until payment has answered.

use serde::{Deserialize, Serialize};

use super::domain::{Delivery, Placement};

/// An order that is being paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrder {
    pub placement: Placement,
    /// What delivery has reported already: payment's event may reach delivery, and delivery's event
    /// this service, before payment's answer does.
    pub delivery: Option<Delivery>,
}
