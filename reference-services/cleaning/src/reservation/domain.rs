//! What a reservation is and what may happen to it. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// A reserved cleaning. It is paid: there is none that is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// From 1; what the other services call `requestId`.
    pub id: i64,
    /// What was reserved, by whom and for how much.
    #[serde(flatten)]
    pub placement: Placement,
    /// How far it is.
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What a customer reserves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// When to clean.
    pub request_date: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// For how much, in won.
    pub price: i64,
    /// For whom.
    pub customer_name: Option<String>,
}

/// How far a reservation is. A cancelled one does not stand any more: its status is in
/// its last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It stands.
    ReservationApply,
    /// It is cleaned.
    CleaningCompleted,
    /// Called off by the customer.
    ReservationCancel,
}

/// What is wanted of a reservation that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The customer calls it off.
    Cancel,
    /// It is cleaned.
    Complete,
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was called off.
    CleaningRequestCanceled,
    /// It was cleaned. Not published: cleaning's own event says it.
    Completed,
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Not a price.
    #[error("price must be at least 0")]
    NegativePrice,
    /// There is no such reservation.
    #[error("there is no such reservation")]
    NoSuchReservation,
    /// It is too late.
    #[error("the reservation cannot be canceled any more: it is cleaned")]
    Cleaned,
}

impl Placement {
    /// Whether it can be reserved at all.
    ///
    /// # Errors
    /// When its price is below zero.
    pub fn check(&self) -> Result<(), Rejection> {
        if self.price < 0 { Err(Rejection::NegativePrice) } else { Ok(()) }
    }
}

/// What a command leads to; nothing, if it has had its effect before.
///
/// # Errors
/// When the command is refused.
pub fn decide(reservation: &Reservation, command: Command) -> Result<Option<Event>, Rejection> {
    match (command, reservation.status) {
        (Command::Cancel, Status::ReservationApply) => Ok(Some(Event::CleaningRequestCanceled)),
        (Command::Complete, Status::ReservationApply) => Ok(Some(Event::Completed)),
        (Command::Cancel, Status::CleaningCompleted) => Err(Rejection::Cleaned),
        (Command::Cancel, Status::ReservationCancel) | (Command::Complete, _) => Ok(None),
    }
}

impl Reservation {
    /// The reservation that a paid placement makes.
    #[must_use]
    pub fn applied(id: i64, placement: Placement) -> Self {
        Self { id, placement, status: Status::ReservationApply, version: 1 }
    }

    /// The reservation after an event.
    #[must_use]
    pub fn after(self, event: Event) -> Self {
        let status = match event {
            Event::CleaningRequestCanceled => Status::ReservationCancel,
            Event::Completed => Status::CleaningCompleted,
        };
        Self { status, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_in_every_state() {
        let decide = |status, command| {
            let reservation =
                Reservation { status, ..Reservation::applied(7, Placement::default()) };
            let event = decide(&reservation, command)?;
            Ok(event.map(|event| reservation.after(event).status))
        };
        use Status::{CleaningCompleted, ReservationApply, ReservationCancel};
        assert_eq!(decide(ReservationApply, Command::Cancel), Ok(Some(ReservationCancel)));
        assert_eq!(decide(ReservationApply, Command::Complete), Ok(Some(CleaningCompleted)));
        assert_eq!(decide(CleaningCompleted, Command::Cancel), Err(Rejection::Cleaned));
        assert_eq!(decide(CleaningCompleted, Command::Complete), Ok(None));
        assert_eq!(decide(ReservationCancel, Command::Cancel), Ok(None));
        assert_eq!(decide(ReservationCancel, Command::Complete), Ok(None));
    }

    #[test]
    fn a_price_is_one() {
        assert_eq!(Placement::default().check(), Ok(()));
        assert_eq!(
            Placement { price: -1, ..Placement::default() }.check(),
            Err(Rejection::NegativePrice)
        );
    }
}
