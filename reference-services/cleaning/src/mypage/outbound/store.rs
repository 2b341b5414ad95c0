//! Customers' views in the store.

use brunt_kit::config::Guard;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::mypage::projection::{DashBoardView, Update};

impl Document for DashBoardView {
    const COLLECTION: &'static str = "dashBoardViews";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.request_id.to_string())
    }
}

/// Updates the view of a reservation by an event; the first event about it creates it.
pub fn show(
    tx: &mut Tx<'_>,
    request_id: i64,
    update: Update,
    version_gate: Guard,
) -> Result<(), StoreError> {
    let known = tx.find::<DashBoardView>(&request_id.to_string())?.into_iter().next();
    let view = match known {
        Some(view) => view,
        None => DashBoardView::new(tx.next_id::<DashBoardView>()?, request_id),
    };
    tx.put(&view.after(update, version_gate))
}
