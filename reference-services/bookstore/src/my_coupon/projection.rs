//! Projects events to a coupon's history. Pure. Each event has its place by the coupon's version,
//! so the history is the same in whatever order, and however many times, events arrive.

use serde::{Deserialize, Serialize};

/// What has become of a coupon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MyCoupon {
    /// The coupon, whose id is also that of its view.
    pub coupon_id: i64,
    /// The customer for whom it was issued.
    pub customer_id: i64,
    /// Whether it can be used.
    pub coupon_status: String,
    /// The order that uses it, or used it last.
    pub order_id: Option<i64>,
    /// Each issue, use and refund, by version.
    pub history: Vec<Change>,
}

/// A coupon was issued, used or given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The coupon's version after it, from 1.
    pub version: u64,
    /// The status of the coupon after the event.
    pub coupon_status: String,
    /// The order it was for.
    pub order_id: Option<i64>,
    /// When, in UTC, as `yyyyMMddHHmmss`.
    pub timestamp: String,
}

impl MyCoupon {
    /// A coupon of which nothing is known yet.
    #[must_use]
    pub fn new(coupon_id: i64, customer_id: i64) -> Self {
        Self { coupon_id, customer_id, ..Self::default() }
    }

    /// The history with a change in its place. What is shown is always the latest.
    #[must_use]
    pub fn after(mut self, change: Change) -> Self {
        if let Err(place) =
            // By version, so that an event that is delivered again finds its place taken.
            self.history.binary_search_by_key(&change.version, |known| known.version)
        {
            self.history.insert(place, change);
        }
        if let Some(Change { coupon_status, order_id, .. }) = self.history.last() {
            self.coupon_status.clone_from(coupon_status);
            self.order_id = *order_id;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(version: u64, status: &str, order_id: Option<i64>) -> Change {
        Change {
            version,
            coupon_status: status.into(),
            order_id,
            timestamp: format!("2020090902142{version}"),
        }
    }

    fn fold(changes: &[Change]) -> MyCoupon {
        changes.iter().cloned().fold(MyCoupon::new(1, 1), MyCoupon::after)
    }

    #[test]
    fn a_history_is_the_same_in_any_order_of_its_events() {
        let (issued, used, refunded) = (
            change(1, "Registered", None),
            change(2, "Used(Not Available)", Some(7)),
            change(3, "Refund(Available)", Some(7)),
        );
        let told = fold(&[issued.clone(), used.clone(), refunded.clone()]);
        assert_eq!((told.coupon_status.as_str(), told.history.len()), ("Refund(Available)", 3));
        assert_eq!(fold(&[refunded.clone(), used.clone(), issued.clone()]), told);
        assert_eq!(fold(&[used.clone(), refunded.clone(), issued, used.clone(), refunded]), told);
        assert_eq!(fold(&[used]).coupon_status, "Used(Not Available)");
    }
}
