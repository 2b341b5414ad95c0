//! Messages in their store.

use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

/// What the customer was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// From 1.
    pub id: i64,
    /// The reservation.
    pub request_id: i64,
    /// What it has come to.
    pub status: String,
}

impl Document for Message {
    const COLLECTION: &'static str = "messages";

    fn id(&self) -> i64 {
        self.id
    }
}

/// Tells the customer what a reservation has come to.
pub fn tell(tx: &mut Tx<'_>, request_id: i64, status: String) -> Result<(), StoreError> {
    let id = tx.next_id::<Message>()?;
    tx.put(&Message { id, request_id, status })
}
