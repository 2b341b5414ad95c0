//! Stocks: their commands and events. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// How much there is of one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stock {
    pub id: i64,
    /// Of what; no two stocks have the same name.
    pub product_name: String,
    /// The quantity, never below 0.
    pub qty: i64,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// Some amount of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supply {
    pub product_name: String,
    pub qty: i64,
}

/// The commands that change a stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Adds a product.
    Create(Supply),
    /// Sets the quantity, such as after a count.
    SetQty(i64),
    /// Takes this quantity.
    Reduce(i64),
}

/// The events that commands lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A stock was created. Not published.
    Created(Supply),
    /// A quantity was set. Not published.
    QtySet(i64),
    /// This quantity was taken.
    StockReduced(i64),
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("productName is missing")]
    NoProductName,
    /// A quantity below 0.
    #[error("qty must be at least 0")]
    Negative,
    /// A quantity below 1.
    #[error("qty must be at least 1")]
    NothingTaken,
    /// There is a stock of this product already.
    #[error("there is a stock of this product already")]
    Known,
    /// There is no stock of this product.
    #[error("there is no such stock")]
    Unknown,
    /// There is less than is wanted.
    #[error("there is not enough of it")]
    Lacking,
}

/// The event that a command leads to.
///
/// # Errors
/// When the command is refused.
pub fn decide(stock: Option<&Stock>, command: Command) -> Result<Event, Rejection> {
    match command {
        Command::Create(supply) if supply.product_name.trim().is_empty() => {
            Err(Rejection::NoProductName)
        }
        Command::Create(Supply { qty, .. }) | Command::SetQty(qty) if qty < 0 => {
            Err(Rejection::Negative)
        }
        Command::Create(_) if stock.is_some() => Err(Rejection::Known),
        Command::Create(supply) => Ok(Event::Created(supply)),
        Command::SetQty(qty) => stock.map(|_| Event::QtySet(qty)).ok_or(Rejection::Unknown),
        Command::Reduce(qty) if qty < 1 => Err(Rejection::NothingTaken),
        Command::Reduce(qty) => match stock {
            Some(stock) if stock.qty >= qty => Ok(Event::StockReduced(qty)),
            Some(_) => Err(Rejection::Lacking),
            None => Err(Rejection::Unknown),
        },
    }
}

impl Stock {
    /// The stock that a creation makes.
    #[must_use]
    pub fn created(id: i64, supply: Supply) -> Self {
        Self { id, product_name: supply.product_name, qty: supply.qty, version: 1 }
    }

    #[must_use]
    pub fn after(self, event: &Event) -> Self {
        let qty = match event {
            Event::Created(supply) => return Self::created(self.id, supply.clone()),
            Event::QtySet(qty) => *qty,
            Event::StockReduced(taken) => self.qty - taken,
        };
        Self { qty, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latte(qty: i64) -> Stock {
        Stock::created(1, Supply { product_name: "Latte".into(), qty })
    }

    #[test]
    fn never_more_is_taken_than_there_is() {
        let taken = decide(Some(&latte(3)), Command::Reduce(3)).unwrap();
        let left = latte(3).after(&taken);
        assert_eq!((left.qty, left.version), (0, 2));
        assert_eq!(decide(Some(&left), Command::Reduce(1)), Err(Rejection::Lacking));
        assert_eq!(decide(None, Command::Reduce(1)), Err(Rejection::Unknown));
        assert_eq!(decide(Some(&latte(3)), Command::Reduce(0)), Err(Rejection::NothingTaken));
        assert_eq!(decide(Some(&latte(3)), Command::Reduce(-1)), Err(Rejection::NothingTaken));
    }

    #[test]
    fn a_stock_needs_a_name_that_no_other_stock_has() {
        let supply = Supply { product_name: "Latte".into(), qty: 1 };
        assert_eq!(decide(Some(&latte(3)), Command::Create(supply.clone())), Err(Rejection::Known));
        assert_eq!(
            decide(None, Command::Create(supply.clone())),
            Ok(Event::Created(supply.clone()))
        );
        let nameless = Supply { product_name: " ".into(), ..supply.clone() };
        assert_eq!(decide(None, Command::Create(nameless)), Err(Rejection::NoProductName));
        assert_eq!(
            decide(None, Command::Create(Supply { qty: -1, ..supply })),
            Err(Rejection::Negative)
        );
    }

    #[test]
    fn a_count_replaces_the_quantity() {
        let set = decide(Some(&latte(3)), Command::SetQty(9)).unwrap();
        assert_eq!(latte(3).after(&set).qty, 9);
        assert_eq!(decide(Some(&latte(3)), Command::SetQty(-1)), Err(Rejection::Negative));
        assert_eq!(decide(None, Command::SetQty(1)), Err(Rejection::Unknown));
    }
}
