//! Projects events to a customer's view. Pure. A reservation only moves forward, so of two states
//! the later one is shown, in whatever order their events arrive.

use brunt_kit::config::Guard;
use serde::{Deserialize, Serialize};

/// What a customer sees of a reservation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DashBoardView {
    pub id: i64,
    /// The reservation it shows.
    pub request_id: i64,
    /// The price, in won.
    pub price: Option<i64>,
    pub customer_name: Option<String>,
    pub status: Option<Status>,
}

/// The status of a reservation. A later status is greater than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is what the events say")]
pub enum Status {
    ReservationApply,
    PaymentCompleted,
    CleaningCompleted,
    ReservationCancel,
    PaymentCancelCompleted,
}

/// What an event reports of a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    pub status: Status,
    /// The price, in won; none if the event does not say it.
    pub price: Option<i64>,
    /// The customer's name; none if the event does not say it.
    pub customer_name: Option<String>,
}

impl DashBoardView {
    #[must_use]
    pub fn new(id: i64, request_id: i64) -> Self {
        Self { id, request_id, ..Self::default() }
    }

    #[must_use]
    pub fn after(self, update: Update, version_gate: Guard) -> Self {
        let status = match version_gate {
            // States are ordered by how late they can be, so that no versions are needed
            // across three publishers.
            Guard::On => self.status.max(Some(update.status)),
            Guard::Off => Some(update.status),
        };
        let (price, customer_name) =
            (update.price.or(self.price), update.customer_name.or(self.customer_name));
        Self { price, customer_name, status, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story() -> Vec<Update> {
        let update = |status| Update { status, price: None, customer_name: None };
        let requested = Update {
            price: Some(9),
            customer_name: Some("배트맨".into()),
            ..update(Status::ReservationApply)
        };
        vec![
            update(Status::PaymentCompleted),
            requested,
            update(Status::ReservationCancel),
            update(Status::PaymentCancelCompleted),
        ]
    }

    fn fold(updates: impl IntoIterator<Item = Update>, version_gate: Guard) -> DashBoardView {
        updates
            .into_iter()
            .fold(DashBoardView::new(1, 7), |view, update| view.after(update, version_gate))
    }

    #[test]
    fn a_view_shows_the_latest_state_in_whatever_order_events_arrive() {
        for length in 1..=story().len() {
            let part = &story()[..length];
            let view = fold(part.to_vec(), Guard::On);
            let mut reversed = part.to_vec();
            reversed.reverse();
            assert_eq!(fold(reversed.clone(), Guard::On), view);
            assert_eq!(fold(part.iter().cloned().chain(reversed), Guard::On), view);
        }
    }

    #[test]
    fn without_the_version_gate_a_view_goes_backwards() {
        assert_eq!(fold(story(), Guard::On).status, Some(Status::PaymentCancelCompleted));
        assert_eq!(
            fold(story().into_iter().rev(), Guard::Off).status,
            Some(Status::PaymentCompleted)
        );
    }
}
