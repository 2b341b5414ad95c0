//! Projects events to a page. Pure. Each aggregate's version is a gate: an event that is older
//! than what the page shows changes nothing, so that the view never goes backwards, in whatever
//! order events arrive.

use serde::{Deserialize, Serialize};

/// What a customer sees of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MyPage {
    pub id: i64,
    pub order_id: i64,
    pub order_status: Option<String>,
    /// The product that is made for it.
    pub product_id: Option<i64>,
    pub product_status: Option<String>,
    pub product_name: Option<String>,
    pub qty: Option<i64>,
    /// The version of the order that is shown; 0 if none is.
    pub order_version: u64,
    /// The version of the product that is shown; 0 if none is.
    pub product_version: u64,
}

/// The part of an event that differs by publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// From order: it was placed or cancelled.
    Order { status: String },
    /// From product: it was made, canceled, or out of stock.
    Product { id: i64, status: String },
}

/// What an event reports for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The order whose page shows it.
    pub order_id: i64,
    /// The version of the aggregate that published the event.
    pub version: u64,
    pub product_name: String,
    pub qty: i64,
    pub change: Change,
}

const REQUESTED: &str = "Requested";
const CANCELED: &str = "Canceled";

impl MyPage {
    #[must_use]
    pub fn new(id: i64, order_id: i64) -> Self {
        Self { id, order_id, ..Self::default() }
    }

    /// The page after an event. An event that is older than what it shows changes nothing.
    #[must_use]
    pub fn after(mut self, update: Update) -> Self {
        self.product_name.get_or_insert(update.product_name);
        self.qty.get_or_insert(update.qty);
        match update.change {
            Change::Order { status } if update.version > self.order_version => {
                self.order_version = update.version;
                self.show_order(status);
            }
            Change::Product { id, status } if update.version > self.product_version => {
                self.product_version = update.version;
                self.product_id = Some(id);
                // Order publishes no event for a product that was made or is out of stock.
                if status != CANCELED {
                    self.show_order(status.clone());
                }
                self.product_status = Some(status);
            }
            Change::Order { .. } | Change::Product { .. } => {}
        }
        self
    }

    /// Both order and product publish the order's status: its first status never replaces a final
    /// one, and a cancellation stays.
    fn show_order(&mut self, status: String) {
        let shown = self.order_status.as_deref();
        if shown.is_none() || (status != REQUESTED && shown != Some(CANCELED)) {
            self.order_status = Some(status);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(version: u64, status: &str) -> Update {
        let change = Change::Order { status: status.into() };
        Update { order_id: 7, version, product_name: "Latte".into(), qty: 2, change }
    }

    fn product(version: u64, status: &str) -> Update {
        let change = Change::Product { id: 3, status: status.into() };
        Update { change, ..order(version, "") }
    }

    fn fold(update: &[Update]) -> MyPage {
        update.iter().cloned().fold(MyPage::new(1, 7), MyPage::after)
    }

    #[test]
    fn a_page_is_the_same_in_whatever_order_events_arrive() {
        let stories = [
            vec![order(1, "Requested"), product(3, "Completed")],
            vec![order(1, "Requested"), product(3, "Out of stock")],
            vec![order(1, "Requested"), product(2, "Canceled"), order(2, "Canceled")],
        ];
        for mut story in stories {
            let told = fold(&story);
            story.reverse();
            assert_eq!(fold(&story), told);
            story.extend(story.clone());
            assert_eq!(fold(&story), told, "events that come twice change nothing");
        }
    }

    #[test]
    fn a_page_shows_how_an_order_ended() {
        let completed = fold(&[order(1, "Requested"), product(3, "Completed")]);
        assert_eq!(completed.order_status.as_deref(), Some("Completed"));
        let canceled = fold(&[order(1, "Requested"), product(2, "Canceled"), order(2, "Canceled")]);
        assert_eq!(canceled.order_status.as_deref(), Some("Canceled"));
        assert_eq!(canceled.product_status.as_deref(), Some("Canceled"));
        insta::assert_json_snapshot!(canceled);
    }
}
