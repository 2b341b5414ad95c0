//! Projects events to a page. Pure. Each aggregate's version is a gate: an event that is older
//! than what the page shows changes nothing, so that the view never goes backwards, in whatever
//! order events arrive.

use brunt_kit::config::Guard;
use serde::{Deserialize, Serialize};

/// What a customer sees of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MyPage {
    pub id: i64,
    pub order_id: i64,
    /// What was ordered, once that is known.
    #[serde(flatten)]
    pub placement: Option<Placement>,
    /// How far the order is, from all that is known.
    pub order_status: Option<String>,
    /// The delivery that brings it, once there is one.
    pub delivery_id: Option<i64>,
    pub delivery_status: Option<String>,
    /// The status that order's own events reported last; none before the first.
    pub said: Option<String>,
    /// The version of the order in that event; 0 before the first.
    pub order_version: u64,
    /// Whether stock was taken for it.
    pub prepared: bool,
    /// The version of the delivery that is shown; 0 if none is.
    pub delivery_version: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    pub customer_id: i64,
    pub book_id: i64,
    pub quantity: i64,
    pub delivery_address: String,
    /// The coupon that was used for it, if one was.
    pub coupon_id: Option<i64>,
}

/// The part of an event that differs by publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// From order: it was placed, or ended.
    Order { placement: Placement, status: String },
    /// From bookInventory: stock was taken.
    Prepared,
    /// From delivery: its status has changed.
    Delivery { id: i64, status: String },
}

/// What an event reports for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The order whose page shows it.
    pub order_id: i64,
    /// The version of the aggregate that published the event.
    pub version: u64,
    pub change: Change,
}

const ORDERED: &str = "Ordered";

impl MyPage {
    #[must_use]
    pub fn new(id: i64, order_id: i64) -> Self {
        Self { id, order_id, ..Self::default() }
    }

    /// The page after an event. An event that is older than what it shows changes nothing, unless
    /// the gate is off.
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

    /// Order, bookInventory and delivery all publish about one order. The order's own end counts
    /// first; otherwise the delivery has the latest status.
    fn status(&self) -> Option<String> {
        // The order's own end counts first, whatever delivery still reports.
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
