//! Places an order: it is accepted only after its payment.

use brunt_kit::calls::CallError;
use brunt_kit::reserve_confirm::{Answer, Attempt, Duplicates, ReservedCommand};
use brunt_kit::store::{StoreError, Tx};

use super::domain::{Order, Placement, Rejection};
use super::outbound::calls::PayClient;
use super::outbound::store;

/// The command to place an order, which pay confirms.
#[derive(Clone)]
pub(super) struct Checkout {
    pub(super) pay: PayClient,
}

impl ReservedCommand for Checkout {
    type Request = Placement;
    type Outcome = Order;
    type Rejection = Rejection;

    const CALLEE: &'static str = "pay";
    const NOUN: &'static str = "order";
    const NOT_DONE: &'static str = "nothing was ordered";
    // A customer in a hurry who sends the same order twice gets one order, and no error.
    const DUPLICATES: Duplicates = Duplicates::Join;

    fn check(placement: &Placement) -> Result<(), Rejection> {
        placement.check()
    }

    fn callee_key(id: i64) -> String {
        format!("order-{id}")
    }

    fn repeats(placement: &Placement, order: &Order) -> bool {
        *placement == order.placement
    }

    async fn ask(&self, attempt: &Attempt<Placement>) -> Result<Answer, CallError> {
        self.pay.pay(attempt).await
    }

    fn confirm(tx: &mut Tx<'_>, attempt: Attempt<Placement>) -> Result<Order, StoreError> {
        store::place(tx, attempt)
    }

    fn cancel(tx: &mut Tx<'_>, attempt: Attempt<Placement>) -> Result<(), StoreError> {
        store::cancel_attempt(tx, &attempt)
    }
}
