use brunt_kit::config::Guard;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::customer::projection::{MyPage, Update};

impl Document for MyPage {
    const COLLECTION: &'static str = "myPages";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.order_id.to_string())
    }
}

/// Updates the page of an order by an event; the first event about an order creates it.
pub fn show(tx: &mut Tx<'_>, update: Update, gate: Guard) -> Result<(), StoreError> {
    let known = tx.find::<MyPage>(&update.order_id.to_string())?.into_iter().next();
    let page = match known {
        Some(page) => page,
        None => MyPage::new(tx.next_id::<MyPage>()?, update.order_id),
    };
    tx.put(&page.after(update, gate))
}
