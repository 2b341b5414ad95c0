//! Coupons in their store. Looking whether one is free and taking it is one transaction, and so are
//! state and events.

use brunt_kit::config::Guard;
use brunt_kit::event::Cause;
use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::coupon::domain::{Command, Coupon, Event, Taken, decide};
use crate::coupon::events;

impl Document for Coupon {
    const COLLECTION: &'static str = "coupons";

    fn id(&self) -> i64 {
        self.coupon_id
    }
}

/// An order's claim to a coupon was decided: each order gets one answer, and an order whose
/// cancellation arrived first gets no coupon.
#[derive(Serialize, Deserialize)]
struct Claim {
    order_id: i64,
}

impl Document for Claim {
    const COLLECTION: &'static str = "claims";

    fn id(&self) -> i64 {
        self.order_id
    }
}

/// An order that names a coupon.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub order_id: i64,
    pub coupon_id: i64,
}

pub fn issue(tx: &mut Tx<'_>, customer_id: i64, cause: &Cause) -> Result<Coupon, StoreError> {
    let coupon = Coupon::issued(tx.next_id::<Coupon>()?, customer_id);
    tx.put(&coupon)?;
    tx.publish(events::coupon_created(&coupon, cause)?)?;
    Ok(coupon)
}

/// Gives a coupon to an order if it is free, and otherwise publishes that it is refused.
pub fn claim(
    tx: &mut Tx<'_>,
    wish: Wish,
    conditional: Guard,
    cause: &Cause,
) -> Result<(), StoreError> {
    let Wish { order_id, coupon_id } = wish;
    // One answer for each order: a second claim of the same order (with the inbox off) must not
    // take the coupon twice.
    if tx.get::<Claim>(order_id)?.is_some() {
        return Ok(());
    }
    // Before anything else, so that a claim that arrives after the cancellation finds it.
    tx.put(&Claim { order_id })?;
    let Some(coupon) = tx.get::<Coupon>(coupon_id)? else {
        return refuse(tx, wish, cause);
    };
    match decide(&coupon, Command::Use { order_id }) {
        Ok(Some(event)) => save(tx, coupon, event, cause),
        Ok(None) => Ok(()),
        // The planted defect: the check and the use are no longer one.
        Err(Taken) if conditional == Guard::Off => {
            save(tx, coupon, Event::CouponUsed { order_id }, cause)
        }
        Err(Taken) => refuse(tx, wish, cause),
    }
}

/// Takes a coupon back from an order that was canceled.
pub fn refund(
    tx: &mut Tx<'_>,
    wish: Wish,
    compensation: Guard,
    cause: &Cause,
) -> Result<(), StoreError> {
    let Wish { order_id, coupon_id } = wish;
    tx.put(&Claim { order_id })?;
    let Some(coupon) = tx.get::<Coupon>(coupon_id)?.filter(|_| compensation == Guard::On) else {
        return Ok(());
    };
    match decide(&coupon, Command::Refund { order_id }) {
        Ok(Some(event)) => save(tx, coupon, event, cause),
        Ok(None) | Err(Taken) => Ok(()),
    }
}

fn save(tx: &mut Tx<'_>, coupon: Coupon, event: Event, cause: &Cause) -> Result<(), StoreError> {
    let coupon = coupon.after(event);
    tx.put(&coupon)?;
    tx.publish(match event {
        Event::CouponUsed { .. } => events::coupon_used(&coupon, cause)?,
        Event::CouponRefund => events::coupon_refund(&coupon, cause)?,
    })
}

fn refuse(tx: &mut Tx<'_>, wish: Wish, cause: &Cause) -> Result<(), StoreError> {
    tx.publish(events::coupon_refused(wish.coupon_id, wish.order_id, cause)?)
}
