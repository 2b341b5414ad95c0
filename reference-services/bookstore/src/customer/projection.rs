//! How events become a page. Pure. Each aggregate's version is a gate: what is older than what the
//! page shows changes nothing, so that the view never goes backwards, in whatever order events
//! come.

use brunt_kit::config::Guard;
use serde::{Deserialize, Serialize};

/// What a customer sees of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MyPage {
    /// From 1.
    pub id: i64,
    /// The order it shows.
    pub order_id: i64,
    /// What was ordered, once that is known.
    #[serde(flatten)]
    pub placement: Option<Placement>,
    /// How far the order is, from all that is known.
    pub order_status: Option<String>,
    /// What brings it.
    pub delivery_id: Option<i64>,
    /// How far that is.
    pub delivery_status: Option<String>,
    /// What the order itself said last, and the version in which it did; 0 if it said nothing.
    pub said: Option<String>,
    /// See `said`.
    pub order_version: u64,
    /// Whether stock was taken for it.
    pub prepared: bool,
    /// The version of the delivery that is shown; 0 if none is.
    pub delivery_version: u64,
}

/// What was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// By whom.
    pub customer_id: i64,
    /// The book.
    pub book_id: i64,
    /// How many.
    pub quantity: i64,
    /// Where they go.
    pub delivery_address: String,
    /// With which coupon.
    pub coupon_id: Option<i64>,
}

/// What the events say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// From order: it was placed, or came to nothing.
    Order {
        /// What was ordered.
        placement: Placement,
        /// How far it is.
        status: String,
    },
    /// From bookInventory: stock was taken.
    Prepared,
    /// From delivery: its status has changed.
    Delivery {
        /// The delivery.
        id: i64,
        /// How far it is.
        status: String,
    },
}

/// An event, as far as a page is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Whose page it belongs on.
    pub order_id: i64,
    /// The version of the aggregate that speaks.
    pub version: u64,
    /// What is new.
    pub change: Change,
}

const ORDERED: &str = "Ordered";

impl MyPage {
    /// An empty page.
    #[must_use]
    pub fn new(id: i64, order_id: i64) -> Self {
        Self { id, order_id, ..Self::default() }
    }

    /// The page after an event, which is the same page if it knew better; without the gate it
    /// believes whoever spoke last.
    #[must_use]
    pub fn after(mut self, update: Update, gate: Guard) -> Self {
        let newer = |shown: u64| gate == Guard::Off || update.version > shown;
        match update.change {
            Change::Order { placement, status } if newer(self.order_version) => {
                self.order_version = update.version;
                self.placement = Some(placement);
                self.said = Some(status);
            }
            Change::Prepared => self.prepared = true,
            Change::Delivery { id, status } if newer(self.delivery_version) => {
                self.delivery_version = update.version;
                self.delivery_id = Some(id);
                self.delivery_status = Some(status);
            }
            Change::Order { .. } | Change::Delivery { .. } => {}
        }
        self.order_status = self.status();
        self
    }

    /// Three aggregates speak about one order. Its own end is the last word; else the
    /// delivery knows best.
    fn status(&self) -> Option<String> {
        let ended = self.said.as_deref().filter(|said| *said != ORDERED);
        let carried = self.delivery_status.as_deref().map(|status| match status {
            "CancelDelivery" => "DeliveryCanceled",
            other => other,
        });
        let prepared = self.prepared.then_some("Delivery_Prepared");
        ended.or(carried).or(prepared).or(self.said.as_deref()).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests;
