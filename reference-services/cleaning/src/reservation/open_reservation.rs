//! What is kept of a reservation until payment has answered.

use serde::{Deserialize, Serialize};

use super::domain::Placement;

/// A reservation that is being paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenReservation {
    #[serde(flatten)]
    pub placement: Placement,
    /// Whether cleaning has reported that it is done: cleaning knows a reservation by its id alone,
    /// and its event may arrive before payment's answer does.
    #[serde(default)]
    pub cleaned: bool,
}
