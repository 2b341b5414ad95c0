//! Books and what arrives of them.

use brunt_kit::event::Cause;
use brunt_kit::store::{Document, Tx};

use super::Refusal;
use super::waiting::prepare_waiting;
use crate::book_inventory::domain::book::{Book, Command, Rejection, StockInput, decide};

impl Document for Book {
    const COLLECTION: &'static str = "books";

    fn id(&self) -> i64 {
        self.book_id
    }
}

impl Document for StockInput {
    const COLLECTION: &'static str = "stockInputs";

    fn id(&self) -> i64 {
        self.id
    }
}

/// A stock input before it has an id.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub book_id: i64,
    pub quantity: i64,
    pub in_charger: Option<String>,
}

pub fn create(tx: &mut Tx<'_>, book_name: String, stock: i64) -> Result<Book, Refusal> {
    let event = decide(None, Command::Create { book_name, stock })?;
    let book = Book::after(tx.next_id::<Book>()?, event);
    tx.put(&book)?;
    Ok(book)
}

/// Applies a command to a book, and prepares the deliverables that wait for it; gives the
/// book after both.
pub fn change(tx: &mut Tx<'_>, id: i64, command: Command, cause: &Cause) -> Result<Book, Refusal> {
    let book = tx.get::<Book>(id)?;
    let book = Book::after(id, decide(book.as_ref(), command)?);
    tx.put(&book)?;
    // In the same transaction: what arrives must not be sold to a newcomer before those who wait.
    prepare_waiting(tx, id, cause)?;
    Ok(tx.get::<Book>(id)?.ok_or(Rejection::Unknown)?)
}

/// Adds books to stock, and sets them aside for waiting deliverables; with a key that was used
/// before, adds nothing again.
pub fn take_in(
    tx: &mut Tx<'_>,
    arrival: Arrival,
    key: Option<&str>,
    cause: &Cause,
) -> Result<StockInput, Refusal> {
    let key = key.map(|key| format!("stockInputs/{key}"));
    if let Some(input) =
        key.as_deref().map(|key| tx.answer::<StockInput>(key)).transpose()?.flatten()
    {
        let same = input.book_id == arrival.book_id && input.quantity == arrival.quantity;
        return if same { Ok(input) } else { Err(Refusal::KeyReused) };
    }
    let Arrival { book_id, quantity, in_charger } = arrival;
    change(tx, book_id, Command::Add(quantity), cause)?;
    let input = StockInput { id: tx.next_id::<StockInput>()?, book_id, quantity, in_charger };
    tx.put(&input)?;
    if let Some(key) = key {
        tx.remember(&key, &input)?;
    }
    Ok(input)
}
