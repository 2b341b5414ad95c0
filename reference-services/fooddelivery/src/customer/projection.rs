//! Projects events to a page. Pure. Several services publish about one order, so their events
//! arrive in any order; a status that is older than what the page shows changes nothing, so that
//! the view never goes backwards.

use brunt_kit::config::Guard;
use serde::{Deserialize, Serialize};

/// What a customer sees of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MyPage {
    pub id: i64,
    pub order_id: i64,
    /// What was ordered; none until the order's own event arrives.
    #[serde(flatten)]
    pub order: Option<Placement>,
    pub order_status: Option<OrderStatus>,
    /// The status of the payment.
    pub pay_status: Option<PayStatus>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    pub menu: String,
    pub qty: i64,
    pub price: i64,
    pub delivery_type: String,
    pub address: Option<String>,
    pub customer: Option<String>,
}

/// The status of an order. A later status is greater than an earlier one, whichever
/// service reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OrderStatus {
    Placed,
    /// The store accepted it.
    Accepted,
    Cooking,
    Cooked,
    /// It is on its way to the customer.
    Picked,
    Delivered,
    /// The store rejected it.
    Rejected,
    /// The customer canceled it.
    Canceled,
}

/// The status of the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PayStatus {
    Paid,
    Canceled,
}

/// What an event reports for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// An order was placed.
    Placed(Placement),
    /// Its status has advanced.
    Reached(OrderStatus),
    /// Its payment was taken or refunded.
    Payment(PayStatus),
}

impl Placement {
    /// The customer who is notified of every change.
    #[must_use]
    pub fn addressee(&self) -> Option<&str> {
        self.customer.as_deref().or(self.address.as_deref())
    }
}

impl Update {
    /// The order's status by this event; none for a payment.
    #[must_use]
    pub fn status(&self) -> Option<OrderStatus> {
        match self {
            Self::Placed(_) => Some(OrderStatus::Placed),
            Self::Reached(status) => Some(*status),
            Self::Payment(_) => None,
        }
    }
}

impl MyPage {
    #[must_use]
    pub fn new(id: i64, order_id: i64) -> Self {
        Self { id, order_id, ..Self::default() }
    }

    /// The page after an event. A status that is older than what it shows changes nothing, unless
    /// the gate is off.
    #[must_use]
    pub fn after(mut self, update: Update, gate: Guard) -> Self {
        let open = gate == Guard::Off;
        if let Some(status) =
            update.status().filter(|status| open || self.order_status < Some(*status))
        {
            self.order_status = Some(status);
        }
        match update {
            Update::Placed(placement) => self.order = Some(placement),
            Update::Payment(money) if open || self.pay_status < Some(money) => {
                self.pay_status = Some(money);
            }
            Update::Payment(_) | Update::Reached(_) => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed() -> Update {
        Update::Placed(Placement {
            menu: "피자".into(),
            qty: 2,
            price: 100,
            delivery_type: "walk".into(),
            address: Some("서울".into()),
            customer: None,
        })
    }

    fn fold(update: &[Update], gate: Guard) -> MyPage {
        update.iter().cloned().fold(MyPage::new(1, 7), |page, update| page.after(update, gate))
    }

    fn stories() -> [Vec<Update>; 3] {
        use OrderStatus::{Accepted, Canceled, Cooked, Cooking, Delivered, Picked, Rejected};
        let delivered = [Accepted, Cooking, Cooked, Picked, Delivered].map(Update::Reached);
        let [paid, back] = [PayStatus::Paid, PayStatus::Canceled].map(Update::Payment);
        [
            [vec![paid.clone(), placed()], delivered.into()].concat(),
            vec![paid.clone(), placed(), Update::Reached(Rejected), back.clone()],
            vec![paid, placed(), Update::Reached(Accepted), Update::Reached(Canceled), back],
        ]
    }

    #[test]
    fn a_page_is_the_same_in_whatever_order_events_arrive() {
        for mut story in stories() {
            let told = fold(&story, Guard::On);
            story.reverse();
            assert_eq!(fold(&story, Guard::On), told);
            story.extend(story.clone());
            assert_eq!(fold(&story, Guard::On), told, "events that come twice change nothing");
        }
    }

    #[test]
    fn without_the_version_gate_a_page_goes_backwards() {
        for mut story in stories() {
            let told = fold(&story, Guard::Off);
            story.reverse();
            assert_ne!(fold(&story, Guard::Off), told);
        }
    }

    #[test]
    fn a_page_shows_how_an_order_ended() {
        let ends = stories().map(|story| fold(&story, Guard::On));
        let statuses = ends.map(|page| (page.order_status.unwrap(), page.pay_status.unwrap()));
        let expected = [
            (OrderStatus::Delivered, PayStatus::Paid),
            (OrderStatus::Rejected, PayStatus::Canceled),
            (OrderStatus::Canceled, PayStatus::Canceled),
        ];
        assert_eq!(statuses, expected);
    }

    #[test]
    fn a_page_is_stored_and_read_as_it_is() {
        for page in [fold(&[placed()], Guard::On), MyPage::new(1, 7)] {
            let text = serde_json::to_string(&page).unwrap();
            assert_eq!(serde_json::from_str::<MyPage>(&text).unwrap(), page);
        }
    }
}
