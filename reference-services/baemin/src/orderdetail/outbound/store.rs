//! Detail views in their store.

use brunt_kit::config::Guard;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::orderdetail::projection::{OrderDetail, Update};

impl Document for OrderDetail {
    const COLLECTION: &'static str = "orderDetails";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.order_id.to_string())
    }
}

/// Shows an event in its order's view, which begins with whichever event comes first.
pub fn show(
    tx: &mut Tx<'_>,
    order_id: i64,
    update: Update,
    version_gate: Guard,
) -> Result<(), StoreError> {
    let known = tx.find::<OrderDetail>(&order_id.to_string())?.into_iter().next();
    let detail = match known {
        Some(detail) => detail,
        None => OrderDetail::new(tx.next_id::<OrderDetail>()?, order_id),
    };
    tx.put(&detail.after(update, version_gate))
}
