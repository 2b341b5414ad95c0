//! A book and how many there are of it.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    pub book_id: i64,
    pub book_name: String,
    /// How many are in stock and not set aside.
    pub stock: i64,
}

/// Copies of a book that arrived and were added to its stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockInput {
    pub id: i64,
    pub book_id: i64,
    pub quantity: i64,
    /// Who took them in.
    pub in_charger: Option<String>,
}

/// The commands that change a book or its stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Create {
        book_name: String,
        stock: i64,
    },
    Change {
        book_name: Option<String>,
        stock: Option<i64>,
    },
    /// Adds to stock: they have arrived, or come back.
    Add(i64),
    Take(i64),
}

/// The events that commands lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    book_name: String,
    stock: i64,
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("bookName is missing")]
    NoName,
    /// Not a stock that there can be.
    #[error("stock must be from 0 to {MAX_STOCK}")]
    Stock,
    #[error("quantity must be from 1 to {MAX_STOCK}")]
    Quantity,
    /// There would be more than there can be.
    #[error("there is no room for so many: a stock is at most {MAX_STOCK}")]
    Full,
    #[error("there is no such book")]
    Unknown,
    /// There is less than is wanted.
    #[error("there is not enough of it")]
    Lacking,
}

/// The most that there can be of a book.
pub const MAX_STOCK: i64 = 1_000_000_000_000;

/// The event that a command leads to.
///
/// # Errors
/// When the command is refused.
pub fn decide(book: Option<&Book>, command: Command) -> Result<Event, Rejection> {
    let (book_name, stock) = match command {
        Command::Create { book_name, stock } => (book_name, stock),
        Command::Change { book_name, stock } => {
            let book = book.ok_or(Rejection::Unknown)?;
            (book_name.unwrap_or_else(|| book.book_name.clone()), stock.unwrap_or(book.stock))
        }
        Command::Add(quantity) | Command::Take(quantity)
            if !(1..=MAX_STOCK).contains(&quantity) =>
        {
            return Err(Rejection::Quantity);
        }
        Command::Add(quantity) => {
            let book = book.ok_or(Rejection::Unknown)?;
            if book.stock + quantity > MAX_STOCK {
                return Err(Rejection::Full);
            }
            (book.book_name.clone(), book.stock + quantity)
        }
        Command::Take(quantity) => {
            let book = book.ok_or(Rejection::Unknown)?;
            if book.stock < quantity {
                return Err(Rejection::Lacking);
            }
            (book.book_name.clone(), book.stock - quantity)
        }
    };
    if book_name.trim().is_empty() {
        return Err(Rejection::NoName);
    }
    if !(0..=MAX_STOCK).contains(&stock) {
        return Err(Rejection::Stock);
    }
    Ok(Event { book_name, stock })
}

impl Book {
    /// The book that an event makes, or makes of another.
    #[must_use]
    pub fn after(book_id: i64, event: Event) -> Self {
        let Event { book_name, stock } = event;
        Self { book_id, book_name, stock }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn london(stock: i64) -> Book {
        Book { book_id: 1, book_name: "LondonTour".into(), stock }
    }

    fn stock_after(stock: i64, command: Command) -> Result<i64, Rejection> {
        decide(Some(&london(stock)), command).map(|event| Book::after(1, event).stock)
    }

    #[test]
    fn never_more_is_set_aside_than_there_is() {
        assert_eq!(stock_after(3, Command::Take(3)), Ok(0));
        assert_eq!(stock_after(3, Command::Take(4)), Err(Rejection::Lacking));
        for quantity in [0, -1, i64::MAX] {
            assert_eq!(stock_after(3, Command::Take(quantity)), Err(Rejection::Quantity));
            assert_eq!(stock_after(3, Command::Add(quantity)), Err(Rejection::Quantity));
        }
        assert_eq!(decide(None, Command::Take(1)), Err(Rejection::Unknown));
    }

    #[test]
    fn a_stock_has_a_limit_that_many_inputs_do_not_pass() {
        assert_eq!(stock_after(1, Command::Add(MAX_STOCK - 1)), Ok(MAX_STOCK));
        assert_eq!(stock_after(1, Command::Add(MAX_STOCK)), Err(Rejection::Full));
    }

    #[test]
    fn a_book_has_a_title_and_is_corrected_in_parts() {
        let create =
            |name: &str, stock| decide(None, Command::Create { book_name: name.into(), stock });
        assert_eq!(create(" ", 1), Err(Rejection::NoName));
        assert_eq!(create("Tea", -1), Err(Rejection::Stock));
        let change = |book_name: Option<&str>, stock| Command::Change {
            book_name: book_name.map(str::to_owned),
            stock,
        };
        let event = decide(Some(&london(3)), change(Some("ParisTour"), None)).unwrap();
        assert_eq!(Book::after(1, event), Book { book_name: "ParisTour".into(), ..london(3) });
        assert_eq!(stock_after(3, change(None, Some(9))), Ok(9));
        assert_eq!(decide(None, change(None, Some(9))), Err(Rejection::Unknown));
    }
}
