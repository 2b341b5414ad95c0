//! Deliveries: their states and commands. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

use crate::DeliveryType;

/// The delivery of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub id: i64,
    pub order_id: i64,
    pub delivery_type: DeliveryType,
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// The status of a delivery: `Waiting` → `Ready` → `Picked` → `Delivered`, unless it is canceled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It is not cooked yet.
    Waiting,
    /// It can be picked up.
    Ready,
    /// It is on its way to the customer.
    Picked,
    Delivered,
    /// Canceled. An order whose cancellation arrives before the order itself gets such a row too.
    Canceled,
}

/// The commands that change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Ready,
    /// A rider picks it up; none delivers by the type that was ordered.
    Pick(Option<DeliveryType>),
    Deliver,
    /// The order was canceled.
    Cancel,
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It does not come next.
    #[error("this does not come next: the delivery is {0:?}")]
    NotNow(Status),
    /// It takes another rider.
    #[error("it takes a rider who delivers by {0:?}")]
    OtherType(DeliveryType),
}

/// Where a command leads; nothing, if it has had its effect before.
///
/// # Errors
/// When the command is refused.
pub fn decide(delivery: &Delivery, command: Command) -> Result<Option<Status>, Rejection> {
    use Status::{Canceled, Delivered, Picked, Ready, Waiting};
    match (command, delivery.status) {
        (Command::Pick(Some(by)), Ready) if by != delivery.delivery_type => {
            Err(Rejection::OtherType(delivery.delivery_type))
        }
        (Command::Ready, Waiting) => Ok(Some(Ready)),
        (Command::Pick(_), Ready) => Ok(Some(Picked)),
        (Command::Deliver, Picked) => Ok(Some(Delivered)),
        (Command::Cancel, Waiting | Ready | Picked) => Ok(Some(Canceled)),
        (Command::Ready, Ready | Picked | Delivered)
        | (Command::Pick(_), Picked)
        | (Command::Deliver, Delivered)
        | (Command::Cancel, Canceled) => Ok(None),
        (_, status) => Err(Rejection::NotNow(status)),
    }
}

impl Delivery {
    /// The delivery of an order that is not cooked yet.
    #[must_use]
    pub fn waiting(id: i64, order_id: i64, delivery_type: DeliveryType) -> Self {
        Self { id, order_id, delivery_type, status: Status::Waiting, version: 1 }
    }

    /// The delivery further on.
    #[must_use]
    pub fn at(self, status: Status) -> Self {
        Self { status, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: Status) -> String {
        let delivery = Delivery { status, ..Delivery::waiting(1, 7, DeliveryType::Walk) };
        let commands = [Command::Ready, Command::Pick(None), Command::Deliver, Command::Cancel];
        let outcomes = commands.map(|command| match decide(&delivery, command) {
            Ok(Some(next)) => format!("{next:?}"),
            Ok(None) => "=".to_owned(),
            Err(_) => "-".to_owned(),
        });
        format!("{status:?}: {}", outcomes.join(" "))
    }

    #[test]
    fn each_command_takes_effect_only_in_the_states_of_a_delivery_that_allow_it() {
        let states =
            [Status::Waiting, Status::Ready, Status::Picked, Status::Delivered, Status::Canceled];
        insta::assert_snapshot!(states.map(line).join("\n"), @r"
        Waiting: Ready - - Canceled
        Ready: = Picked - Canceled
        Picked: = = Delivered Canceled
        Delivered: = - = -
        Canceled: - - - =
        ");
    }

    #[test]
    fn a_rider_delivers_by_the_type_that_was_chosen() {
        let ready = Delivery::waiting(1, 7, DeliveryType::Walk).at(Status::Ready);
        let pick = |by| decide(&ready, Command::Pick(Some(by)));
        assert_eq!(pick(DeliveryType::Walk), Ok(Some(Status::Picked)));
        assert_eq!(pick(DeliveryType::Bike), Err(Rejection::OtherType(DeliveryType::Walk)));
    }
}
