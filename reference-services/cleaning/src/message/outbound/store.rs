//! Messages in the store.

use brunt_kit::store::{Document, StoreError, Tx};
use serde::{Deserialize, Serialize};

/// A message to the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: i64,
    pub request_id: i64,
    /// The reservation's status as its event reports it.
    pub status: String,
}

impl Document for Message {
    const COLLECTION: &'static str = "messages";

    fn id(&self) -> i64 {
        self.id
    }
}

/// Stores a message to the customer about a reservation's status.
pub fn notify(tx: &mut Tx<'_>, request_id: i64, status: String) -> Result<(), StoreError> {
    let id = tx.next_id::<Message>()?;
    tx.put(&Message { id, request_id, status })
}
