//! Reserves a cleaning: a reservation is accepted only after its payment.

use brunt_kit::calls::CallError;
use brunt_kit::reserve_confirm::{Answer, Attempt, Duplicates, ReservedCommand};
use brunt_kit::store::{StoreError, Tx};

use super::domain::{Rejection, Reservation};
use super::open_reservation::OpenReservation;
use super::outbound::calls::PaymentClient;
use super::outbound::store;

/// The command to reserve a cleaning, which payment confirms.
#[derive(Clone)]
pub(super) struct Checkout {
    pub(super) payment: PaymentClient,
}

impl ReservedCommand for Checkout {
    type Request = OpenReservation;
    type Outcome = Reservation;
    type Rejection = Rejection;

    const CALLEE: &'static str = "payment";
    const NOUN: &'static str = "reservation";
    const NOT_DONE: &'static str = "nothing was reserved";
    const DUPLICATES: Duplicates = Duplicates::Refuse;

    // Random rather than made of the id: the id of a released attempt is used again, and payment
    // remembers its answer for each key.
    fn callee_key(_id: i64) -> String {
        format!("reservation-{:032x}", fastrand::u128(..))
    }

    fn repeats(request: &OpenReservation, reservation: &Reservation) -> bool {
        request.placement == reservation.placement
    }

    async fn ask(&self, attempt: &Attempt<OpenReservation>) -> Result<Answer, CallError> {
        self.payment.pay(attempt).await
    }

    fn confirm(
        tx: &mut Tx<'_>,
        attempt: Attempt<OpenReservation>,
    ) -> Result<Reservation, StoreError> {
        store::reserve(tx, attempt)
    }

    fn cancel(tx: &mut Tx<'_>, attempt: Attempt<OpenReservation>) -> Result<(), StoreError> {
        store::cancel_attempt(tx, attempt)
    }
}
