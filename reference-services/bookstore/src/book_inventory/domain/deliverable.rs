//! What is to be set aside for an order.

use serde::{Deserialize, Serialize};

/// Books for one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deliverable {
    pub deliverable_id: i64,
    #[serde(flatten)]
    pub demand: Demand,
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What an order needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Demand {
    pub order_id: i64,
    pub book_id: i64,
    pub quantity: i64,
}

/// The status of a deliverable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// There are not enough; it waits until there are.
    #[serde(rename = "Stock_Lacked")]
    StockLacked,
    #[serde(rename = "Delivery_Prepared")]
    DeliveryPrepared,
    /// The order was canceled. An order whose cancellation arrives before the order itself gets
    /// such a row too.
    OrderCanceled,
}

/// The commands that change a deliverable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Stock was taken for it.
    Prepare,
    /// The order was canceled.
    Cancel,
}

/// The events that commands lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its books are set aside.
    DeliveryPrepared,
    /// It was canceled. Not published, as the order's own event reports it.
    Canceled {
        /// How many books go back to the shelf.
        returned: i64,
    },
}

/// The event that a command leads to; none if it has had its effect before, or comes too
/// late for one.
#[must_use]
pub fn decide(deliverable: &Deliverable, command: Command) -> Option<Event> {
    match (command, deliverable.status) {
        (Command::Prepare, Status::StockLacked) => Some(Event::DeliveryPrepared),
        (Command::Cancel, Status::StockLacked) => Some(Event::Canceled { returned: 0 }),
        (Command::Cancel, Status::DeliveryPrepared) => {
            Some(Event::Canceled { returned: deliverable.demand.quantity })
        }
        (Command::Prepare, Status::DeliveryPrepared | Status::OrderCanceled)
        | (Command::Cancel, Status::OrderCanceled) => None,
    }
}

impl Deliverable {
    /// A deliverable for a demand that has just arrived: it waits for stock.
    #[must_use]
    pub fn new(deliverable_id: i64, demand: Demand) -> Self {
        Self { deliverable_id, demand, status: Status::StockLacked, version: 1 }
    }

    #[must_use]
    pub fn after(self, event: Event) -> Self {
        let status = match event {
            Event::DeliveryPrepared => Status::DeliveryPrepared,
            Event::Canceled { .. } => Status::OrderCanceled,
        };
        Self { status, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deliverable(status: Status) -> Deliverable {
        let demand = Demand { order_id: 7, book_id: 1, quantity: 10 };
        Deliverable { status, ..Deliverable::new(1, demand) }
    }

    #[test]
    fn cancel_in_every_state_returns_what_was_set_aside() {
        let cancel = |status| decide(&deliverable(status), Command::Cancel);
        assert_eq!(cancel(Status::StockLacked), Some(Event::Canceled { returned: 0 }));
        assert_eq!(cancel(Status::DeliveryPrepared), Some(Event::Canceled { returned: 10 }));
        assert_eq!(cancel(Status::OrderCanceled), None);
    }

    #[test]
    fn only_what_waits_is_prepared() {
        let prepare = |status| decide(&deliverable(status), Command::Prepare);
        assert_eq!(prepare(Status::StockLacked), Some(Event::DeliveryPrepared));
        assert_eq!(prepare(Status::DeliveryPrepared), None);
        assert_eq!(prepare(Status::OrderCanceled), None);
        let prepared = deliverable(Status::StockLacked).after(Event::DeliveryPrepared);
        assert_eq!((prepared.status, prepared.version), (Status::DeliveryPrepared, 2));
    }
}
