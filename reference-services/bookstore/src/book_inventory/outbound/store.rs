//! Books, what arrives and what is set aside, in their store. State and events change in one
//! transaction, so that no two orders are given the same book.

mod books;
mod deliverables;
mod waiting;

use brunt_kit::store::StoreError;

use crate::book_inventory::domain::book::Rejection;

pub use books::{Arrival, change, create, take_in};
pub use deliverables::{cancel, demand};

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("this Idempotency-Key was used for another stock input")]
    KeyReused,
    #[error(transparent)]
    Store(#[from] StoreError),
}
