//! The JSON bodies of requests and responses about payments.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};

use crate::payment::domain::{Charge, Payment, Status};

/// A payment as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentResource {
    id: i64,
    request_id: i64,
    price: i64,
    status: Status,
}

impl From<&Payment> for PaymentResource {
    fn from(payment: &Payment) -> Self {
        let Payment { id, charge: Charge { request_id, price }, status, .. } = *payment;
        Self { id, request_id, price, status }
    }
}

impl Resource for PaymentResource {
    const COLLECTION: &'static str = "payments";
    const ITEM: &'static str = "payment";

    fn id(&self) -> i64 {
        self.id
    }
}

/// A request to pay.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pay {
    #[serde(default, deserialize_with = "integer")]
    request_id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    price: Option<i64>,
    #[serde(default)]
    status: Option<String>,
}

impl Pay {
    pub fn into_charge(self) -> Result<Charge, Problem> {
        if self.status.is_some_and(|status| status != "PaymentApproved") {
            return Err(Problem::malformed("status can only be \"PaymentApproved\""));
        }
        let missing = |field: &str| Problem::malformed(format!("{field} is missing"));
        Ok(Charge {
            request_id: self.request_id.ok_or_else(|| missing("requestId"))?,
            price: self.price.ok_or_else(|| missing("price"))?,
        })
    }
}
