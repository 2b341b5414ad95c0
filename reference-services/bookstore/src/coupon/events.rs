//! The events that coupon publishes. Their fields are a contract with the services that read them,
//! so they have a type of their own: REST can change without them.

use brunt_kit::event::{Cause, Envelope, Subject};
use brunt_kit::store::StoreError;
use serde::Serialize;

use super::domain::{Coupon, Status};

/// The fields of each event about a coupon.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CouponEvent {
    coupon_id: i64,
    customer_id: i64,
    coupon_status: Status,
    order_id: Option<i64>,
}

/// The fields of the event about an order that does not get its coupon.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CouponRefusedEvent {
    coupon_id: i64,
    order_id: i64,
}

impl From<&Coupon> for CouponEvent {
    fn from(coupon: &Coupon) -> Self {
        let Coupon { coupon_id, customer_id, coupon_status, order_id, version: _ } = *coupon;
        Self { coupon_id, customer_id, coupon_status, order_id }
    }
}

/// A coupon was issued to a customer.
pub fn coupon_created(coupon: &Coupon, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("CouponCreated", coupon, cause)
}

/// A coupon was given to an order.
pub fn coupon_used(coupon: &Coupon, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("CouponUsed", coupon, cause)
}

/// A coupon was taken back from an order that ended.
pub fn coupon_refund(coupon: &Coupon, cause: &Cause) -> Result<Envelope, StoreError> {
    envelope("CouponRefund", coupon, cause)
}

/// An order does not get the coupon that it names.
pub fn coupon_refused(
    coupon_id: i64,
    order_id: i64,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    // The coupon itself does not change, and an order is refused once: so the order's id is the
    // aggregate's here, and its version is 1.
    let subject = Subject { event_type: "CouponRefused", aggregate_id: order_id, version: 1 };
    Ok(Envelope::new(subject, cause, &CouponRefusedEvent { coupon_id, order_id })?)
}

fn envelope(
    event_type: &'static str,
    coupon: &Coupon,
    cause: &Cause,
) -> Result<Envelope, StoreError> {
    let subject = Subject { event_type, aggregate_id: coupon.coupon_id, version: coupon.version };
    Ok(Envelope::new(subject, cause, &CouponEvent::from(coupon))?)
}
