//! An order that is being paid for.

use std::time::Duration;

use brunt_kit::event::Cause;
use brunt_kit::pending::{Pending, due_in};
use brunt_kit::store::Document;
use serde::{Deserialize, Serialize};

use crate::order::domain::{Delivery, Placement};

/// An order that does not stand yet: payment is being asked. It is in the store while it is, so
/// that a kill loses nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// The order's id, should it stand.
    pub id: i64,
    /// What is ordered.
    pub placement: Placement,
    /// Under which payment is asked, however often.
    pub payment_key: String,
    /// Under which the client asks, however often.
    pub client_key: Option<String>,
    /// When nobody waits for payment any more, in milliseconds since 1970.
    pub due: i64,
    /// What it follows from.
    pub cause: Cause,
    /// What delivery has said already: it may be faster than payment's answer.
    pub delivery: Option<Delivery>,
}

impl Attempt {
    /// One that is given up after `patience`. Its id is to be reserved.
    pub fn new(
        placement: Placement,
        client_key: Option<String>,
        patience: Duration,
        cause: Cause,
    ) -> Self {
        let payment_key = format!("order-{:032x}", fastrand::u128(..));
        Self {
            id: 0,
            placement,
            payment_key,
            client_key,
            due: due_in(patience),
            cause,
            delivery: None,
        }
    }
}

impl Document for Attempt {
    const COLLECTION: &'static str = "attempts";

    fn id(&self) -> i64 {
        self.id
    }

    fn correlation(&self) -> Option<String> {
        self.client_key.clone()
    }
}

impl Pending for Attempt {
    fn due(&self) -> i64 {
        self.due
    }
}
