//! Coupon histories in the store.

use brunt_kit::store::{Document, StoreError, Tx};

use crate::my_coupon::projection::{Change, MyCoupon};

impl Document for MyCoupon {
    const COLLECTION: &'static str = "mycoupons";

    fn id(&self) -> i64 {
        self.coupon_id
    }
}

/// Inserts a change into its coupon's history; the first change creates it.
pub fn record(
    tx: &mut Tx<'_>,
    coupon_id: i64,
    customer_id: i64,
    change: Change,
) -> Result<(), StoreError> {
    let known =
        tx.get::<MyCoupon>(coupon_id)?.unwrap_or_else(|| MyCoupon::new(coupon_id, customer_id));
    tx.put(&known.after(change))
}
