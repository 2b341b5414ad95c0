//! Reservations: their commands and events. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// A reservation. It is paid: an unpaid one is an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// Counts from 1. The other services call it `requestId`.
    pub id: i64,
    #[serde(flatten)]
    pub placement: Placement,
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What a customer reserves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    pub request_date: Option<String>,
    pub place: Option<String>,
    /// The price, in won.
    pub price: i64,
    pub customer_name: Option<String>,
}

/// The status of a reservation. A canceled one is deleted: its status is in its last event only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It was paid and accepted.
    ReservationApply,
    CleaningCompleted,
    /// The customer canceled it.
    ReservationCancel,
}

/// The commands that change a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The customer cancels it.
    Cancel,
    Complete,
}

/// The events that commands lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was canceled.
    CleaningRequestCanceled,
    /// It was cleaned. Not published, as cleaning's own event reports it.
    Completed,
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("price must be at least 0")]
    NegativePrice,
    #[error("there is no such reservation")]
    NoSuchReservation,
    #[error("the reservation cannot be canceled any more: it is cleaned")]
    Cleaned,
}

impl Placement {
    /// Checks a placement before payment is asked.
    ///
    /// # Errors
    /// When its price is below zero.
    pub fn check(&self) -> Result<(), Rejection> {
        if self.price < 0 { Err(Rejection::NegativePrice) } else { Ok(()) }
    }
}

/// The event that a command leads to; none if the command has had its effect before.
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
    fn each_command_takes_effect_only_in_the_states_of_a_reservation_that_allow_it() {
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
    fn a_reservation_with_a_negative_price_is_refused() {
        assert_eq!(Placement::default().check(), Ok(()));
        assert_eq!(
            Placement { price: -1, ..Placement::default() }.check(),
            Err(Rejection::NegativePrice)
        );
    }
}
