//! Orders in the store: their commands. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

use crate::DeliveryType;

/// An order as the store has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreOrder {
    pub id: i64,
    pub order_id: i64,
    /// Handed on to the rider.
    pub delivery_type: DeliveryType,
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// The status of an order in the store: `Received` → `Accepted` → `Cooking` → `Cooked`, unless it
/// is rejected or canceled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// The owner has not decided.
    Received,
    /// It is going to be cooked.
    Accepted,
    Rejected,
    Cooking,
    Cooked,
    /// The customer canceled it. An order whose cancellation arrives before the order itself gets
    /// such a row too.
    Canceled,
}

/// The commands that change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Accept,
    Reject,
    Start,
    Finish,
    /// The customer cancels it.
    Cancel,
}

/// Why a command is refused: it does not come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not possible: the order is {status:?} here", self.command.text())]
pub struct Rejection {
    /// What was wanted.
    pub command: Command,
    pub status: Status,
}

impl Command {
    fn text(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Start => "start",
            Self::Finish => "finish",
            Self::Cancel => "cancel",
        }
    }
}

/// Where a command leads; nothing, if it has had its effect before.
///
/// # Errors
/// When the command is refused.
pub fn decide(status: Status, command: Command) -> Result<Option<Status>, Rejection> {
    use Status::{Accepted, Canceled, Cooked, Cooking, Received, Rejected};
    match (command, status) {
        (Command::Accept, Received) => Ok(Some(Accepted)),
        (Command::Reject, Received) => Ok(Some(Rejected)),
        (Command::Start, Accepted) => Ok(Some(Cooking)),
        (Command::Finish, Cooking) => Ok(Some(Cooked)),
        // App refuses to cancel once it knows of cooking. If it has canceled before it knew,
        (Command::Cancel, Received | Accepted | Cooking | Cooked) => Ok(Some(Canceled)),
        (Command::Accept, Accepted)
        | (Command::Reject, Rejected)
        | (Command::Start, Cooking)
        | (Command::Finish, Cooked)
        | (Command::Cancel, Canceled | Rejected) => Ok(None),
        (command, status) => Err(Rejection { command, status }),
    }
}

impl StoreOrder {
    /// An order that has just arrived.
    #[must_use]
    pub fn received(id: i64, order_id: i64, delivery_type: DeliveryType) -> Self {
        Self { id, order_id, delivery_type, status: Status::Received, version: 1 }
    }

    /// The order further on.
    #[must_use]
    pub fn at(self, status: Status) -> Self {
        Self { status, version: self.version + 1, ..self }
    }

    /// Whether the owner wants it.
    #[must_use]
    pub fn accepted(&self) -> bool {
        [Status::Accepted, Status::Cooking, Status::Cooked].contains(&self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [Status; 6] = [
        Status::Received,
        Status::Accepted,
        Status::Rejected,
        Status::Cooking,
        Status::Cooked,
        Status::Canceled,
    ];

    /// One line a state, one letter a command: the state it leads to, `=` if nothing changes, `-`
    /// if it is refused.
    fn line(status: Status) -> String {
        let commands =
            [Command::Accept, Command::Reject, Command::Start, Command::Finish, Command::Cancel];
        let outcomes = commands.map(|command| match decide(status, command) {
            Ok(Some(next)) => format!("{next:?}"),
            Ok(None) => "=".to_owned(),
            Err(_) => "-".to_owned(),
        });
        format!("{status:?}: {}", outcomes.join(" "))
    }

    #[test]
    fn each_command_takes_effect_only_in_the_states_of_a_store_order_that_allow_it() {
        let table = STATES.map(line).join("\n");
        insta::assert_snapshot!(table, @r"
        Received: Accepted Rejected - - Canceled
        Accepted: = - Cooking - Canceled
        Rejected: - = - - =
        Cooking: - - = Cooked Canceled
        Cooked: - - - = Canceled
        Canceled: - - - - =
        ");
    }
}
