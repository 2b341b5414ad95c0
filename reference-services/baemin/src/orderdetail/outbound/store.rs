//! Detail views in the store.

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

/// Updates the view of an order by an event; the first event about an order creates it.
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
