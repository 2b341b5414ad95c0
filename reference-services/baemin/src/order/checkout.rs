//! Places an order: it is accepted only after its payment.

use brunt_kit::calls::CallError;
use brunt_kit::reserve_confirm::{Answer, Attempt, Duplicates, ReservedCommand};
use brunt_kit::store::{StoreError, Tx};

use super::domain::{Order, Placement, Rejection};
use super::open_order::OpenOrder;
use super::outbound::calls::PaymentClient;
use super::outbound::store;

/// The command to place an order, which payment confirms.
#[derive(Clone)]
pub(super) struct Checkout {
    pub(super) payment: PaymentClient,
}

impl ReservedCommand for Checkout {
    type Request = OpenOrder;
    type Outcome = Order;
    type Rejection = Rejection;

    const CALLEE: &'static str = "payment";
    const NOUN: &'static str = "order";
    const NOT_DONE: &'static str = "nothing was ordered";
    const DUPLICATES: Duplicates = Duplicates::Refuse;

    // Random rather than made of the id: the id of a released attempt is used again, and payment
    // remembers its answer for each key.
    fn callee_key(_id: i64) -> String {
        format!("order-{:032x}", fastrand::u128(..))
    }

    fn repeats(request: &OpenOrder, order: &Order) -> bool {
        // A client that sends no date gets that of its request, which differs when it repeats it.
        let undated =
            |placement: &Placement| Placement { order_date: String::new(), ..placement.clone() };
        undated(&request.placement) == undated(&order.placement)
    }

    async fn ask(&self, attempt: &Attempt<OpenOrder>) -> Result<Answer, CallError> {
        self.payment.pay(attempt).await
    }

    fn confirm(tx: &mut Tx<'_>, attempt: Attempt<OpenOrder>) -> Result<Order, StoreError> {
        store::place(tx, attempt)
    }

    fn cancel(tx: &mut Tx<'_>, attempt: Attempt<OpenOrder>) -> Result<(), StoreError> {
        store::cancel_attempt(tx, attempt)
    }
}
