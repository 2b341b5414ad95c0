//! Notifications and pages in the store.

use brunt_kit::config::Guard;
use brunt_kit::store::{Document, StoreError, Tx};

use crate::customer::notification::{Notification, text};
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

impl Document for Notification {
    const COLLECTION: &'static str = "notifications";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        Some(self.order_id.to_string())
    }
}

/// Updates the page of an order by an event; the first event about an order creates it.
pub fn show(
    tx: &mut Tx<'_>,
    order_id: i64,
    update: Update,
    version_gate: Guard,
) -> Result<(), StoreError> {
    let page = match page(tx, order_id)? {
        Some(page) => page,
        None => MyPage::new(tx.next_id::<MyPage>()?, order_id),
    };
    tx.put(&page.after(update, version_gate))
}

/// Stores a notification about a change of status.
pub fn notify(tx: &mut Tx<'_>, order_id: i64, update: &Update) -> Result<(), StoreError> {
    let Some(status) = update.status() else {
        return Ok(());
    };
    // Events of store and rider name no customer: it is that of the page, once the order's own
    // event has made it.
    let customer = match update {
        Update::Placed(placement) => {
            let customer = placement.addressee().map(str::to_owned);
            address(tx, order_id, customer.as_deref())?;
            customer
        }
        _ => page(tx, order_id)?.and_then(|page| Some(page.order?.addressee()?.to_owned())),
    };
    let id = tx.next_id::<Notification>()?;
    tx.put(&Notification { id, order_id, customer, text: text(status).to_owned() })
}

/// Completes the notifications that were stored before the order's own event named its customer.
fn address(tx: &mut Tx<'_>, order_id: i64, customer: Option<&str>) -> Result<(), StoreError> {
    for notification in tx.find::<Notification>(&order_id.to_string())? {
        tx.put(&Notification { customer: customer.map(str::to_owned), ..notification })?;
    }
    Ok(())
}

fn page(tx: &Tx<'_>, order_id: i64) -> Result<Option<MyPage>, StoreError> {
    Ok(tx.find::<MyPage>(&order_id.to_string())?.into_iter().next())
}
