//! Coupons: their commands and events. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coupon {
    pub coupon_id: i64,
    /// The customer for whom it was issued.
    pub customer_id: i64,
    /// Whether it can be used.
    pub coupon_status: Status,
    /// The order that uses it, or used it last.
    pub order_id: Option<i64>,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// Whether a coupon can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It was never used.
    Registered,
    /// It is given to an order.
    #[serde(rename = "Used(Not Available)")]
    Used,
    /// It was given to an order that was canceled, and can be used again.
    #[serde(rename = "Refund(Available)")]
    Refund,
}

/// The commands that change a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// An order uses it.
    Use { order_id: i64 },
    /// An order that used it was canceled.
    Refund { order_id: i64 },
}

/// The events that commands lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was given to an order.
    CouponUsed { order_id: i64 },
    /// It can be used again.
    CouponRefund,
}

/// Why a coupon is not given to an order: another order has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken;

/// The event that a command leads to; none if the command has had its effect before.
///
/// # Errors
/// When an order wants what is another's.
pub fn decide(coupon: &Coupon, command: Command) -> Result<Option<Event>, Taken> {
    let used_by = coupon.order_id.filter(|_| coupon.coupon_status == Status::Used);
    match command {
        Command::Use { order_id } => match used_by {
            None => Ok(Some(Event::CouponUsed { order_id })),
            Some(user) if user == order_id => Ok(None),
            Some(_) => Err(Taken),
        },
        Command::Refund { order_id } => {
            Ok((used_by == Some(order_id)).then_some(Event::CouponRefund))
        }
    }
}

impl Coupon {
    /// A coupon that was just issued and can be used.
    #[must_use]
    pub fn issued(coupon_id: i64, customer_id: i64) -> Self {
        Self {
            coupon_id,
            customer_id,
            coupon_status: Status::Registered,
            order_id: None,
            version: 1,
        }
    }

    /// The coupon after an event.
    #[must_use]
    pub fn after(self, event: Event) -> Self {
        let (coupon_status, order_id) = match event {
            Event::CouponUsed { order_id } => (Status::Used, Some(order_id)),
            Event::CouponRefund => (Status::Refund, self.order_id),
        };
        Self { coupon_status, order_id, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn use_by(order_id: i64) -> Command {
        Command::Use { order_id }
    }

    #[test]
    fn a_coupon_is_one_orders_at_a_time() {
        let coupon = Coupon::issued(1, 1);
        let event = decide(&coupon, use_by(7)).unwrap().unwrap();
        let used = coupon.after(event);
        assert_eq!((used.coupon_status, used.order_id, used.version), (Status::Used, Some(7), 2));
        assert_eq!(decide(&used, use_by(7)), Ok(None));
        assert_eq!(decide(&used, use_by(8)), Err(Taken));
        let refunded = used.after(Event::CouponRefund);
        assert_eq!((refunded.coupon_status, refunded.order_id), (Status::Refund, Some(7)));
        assert_eq!(decide(&refunded, use_by(8)), Ok(Some(Event::CouponUsed { order_id: 8 })));
    }

    #[test]
    fn only_the_order_that_uses_it_gives_it_back() {
        let refund = |coupon: &Coupon, order_id| decide(coupon, Command::Refund { order_id });
        let coupon = Coupon::issued(1, 1);
        assert_eq!(refund(&coupon, 7), Ok(None));
        let used = coupon.after(Event::CouponUsed { order_id: 7 });
        assert_eq!(refund(&used, 8), Ok(None));
        assert_eq!(refund(&used, 7), Ok(Some(Event::CouponRefund)));
        assert_eq!(refund(&used.after(Event::CouponRefund), 7), Ok(None));
    }
}
