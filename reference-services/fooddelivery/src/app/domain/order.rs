use serde::{Deserialize, Serialize};

use crate::DeliveryType;

/// An order. It is paid: an unpaid one is an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub id: i64,
    #[serde(flatten)]
    pub placement: Placement,
    pub status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What a customer orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    pub menu: String,
    /// The quantity, at least 1.
    pub qty: i64,
    /// The price, at least 0.
    pub price: i64,
    pub store_id: Option<i64>,
    pub delivery_type: DeliveryType,
    pub address: Option<String>,
    /// The customer who is notified of every change; the address stands for a customer
    /// without a name.
    pub customer: Option<String>,
}

/// The status of an order. It never goes back to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// Paid; the store does not know of it yet, or has not decided.
    Placed,
    /// The store accepted it.
    Accepted,
    /// It is being cooked. It cannot be canceled any more.
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

/// The commands that change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The customer cancels it.
    Cancel,
    /// Store or rider say how far it is.
    Advance(Status),
}

/// The events that commands lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An order was canceled.
    OrderCanceled,
    /// An order's status has advanced. Not published, as the event of store or rider reports it.
    Advanced(Status),
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("menu is missing")]
    NoMenu,
    #[error("qty must be at least 1")]
    QtyTooSmall,
    #[error("price must be at least 0")]
    NegativePrice,
    #[error("there is no such order")]
    NoSuchOrder,
    #[error("the order cannot be canceled any more: it is {0:?}")]
    TooLate(Status),
    #[error("an order can be reviewed once it is Delivered: it is {0:?}")]
    NotDelivered(Status),
    #[error("the order has its review already")]
    Reviewed,
    #[error("rating must be from 1 to 5")]
    NoRating,
}

impl Placement {
    /// Checks a placement before pay is asked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self { menu, .. } if menu.trim().is_empty() => Err(Rejection::NoMenu),
            Self { qty, .. } if *qty < 1 => Err(Rejection::QtyTooSmall),
            Self { price, .. } if *price < 0 => Err(Rejection::NegativePrice),
            _ => Ok(()),
        }
    }
}

/// The event that a command leads to; none if the command has had its effect before.
///
/// # Errors
/// When the command is refused.
pub fn decide(order: &Order, command: Command) -> Result<Option<Event>, Rejection> {
    use Status::{Accepted, Canceled, Delivered, Placed, Rejected};
    match (command, order.status) {
        (Command::Cancel, Placed | Accepted) => Ok(Some(Event::OrderCanceled)),
        (Command::Cancel, Canceled) => Ok(None),
        (Command::Cancel, status) => Err(Rejection::TooLate(status)),
        // A final status stays: a late event of store or rider must not revive an order
        // that was canceled.
        (Command::Advance(_), Delivered | Rejected | Canceled) => Ok(None),
        // Events of store and rider may overtake each other.
        (Command::Advance(to), from) => Ok((to > from).then_some(Event::Advanced(to))),
    }
}

impl Order {
    #[must_use]
    pub fn placed(id: i64, placement: Placement) -> Self {
        Self { id, placement, status: Status::Placed, version: 1 }
    }

    #[must_use]
    pub fn after(self, event: Event) -> Self {
        let status = match event {
            Event::OrderCanceled => Status::Canceled,
            Event::Advanced(status) => status,
        };
        Self { status, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Status; 8] = [
        Status::Placed,
        Status::Accepted,
        Status::Cooking,
        Status::Cooked,
        Status::Picked,
        Status::Delivered,
        Status::Rejected,
        Status::Canceled,
    ];

    fn pizza() -> Placement {
        Placement {
            menu: "Pizza".into(),
            qty: 1,
            price: 100,
            store_id: None,
            delivery_type: DeliveryType::Bike,
            address: None,
            customer: None,
        }
    }

    fn order(status: Status) -> Order {
        Order { status, ..Order::placed(7, pizza()) }
    }

    #[test]
    fn an_order_without_a_menu_a_quantity_or_a_price_is_refused() {
        assert_eq!(pizza().check(), Ok(()));
        assert_eq!(Placement { price: 0, ..pizza() }.check(), Ok(()));
        assert_eq!(Placement { menu: " ".into(), ..pizza() }.check(), Err(Rejection::NoMenu));
        assert_eq!(Placement { qty: 0, ..pizza() }.check(), Err(Rejection::QtyTooSmall));
        assert_eq!(Placement { price: -1, ..pizza() }.check(), Err(Rejection::NegativePrice));
    }

    #[test]
    fn an_order_is_canceled_only_before_it_is_cooked() {
        for status in ALL {
            let expected = match status {
                Status::Placed | Status::Accepted => Ok(Some(Event::OrderCanceled)),
                Status::Canceled => Ok(None),
                later => Err(Rejection::TooLate(later)),
            };
            assert_eq!(decide(&order(status), Command::Cancel), expected, "{status:?}");
        }
    }

    #[test]
    fn an_order_never_goes_back_and_a_final_status_stays() {
        for from in ALL {
            for to in ALL {
                let after = decide(&order(from), Command::Advance(to)).unwrap();
                let ended = [Status::Delivered, Status::Rejected, Status::Canceled].contains(&from);
                assert_eq!(
                    after,
                    (!ended && to > from).then_some(Event::Advanced(to)),
                    "{from:?} {to:?}"
                );
            }
        }
        let after = order(Status::Placed).after(Event::Advanced(Status::Cooking));
        assert_eq!((after.status, after.version), (Status::Cooking, 2));
    }
}
