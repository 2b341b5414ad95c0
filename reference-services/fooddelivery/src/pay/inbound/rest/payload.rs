//! The JSON bodies of requests and responses about payments.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};

use crate::pay::domain::{Charge, Payment, Status};

/// A payment as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentResource {
    id: i64,
    order_id: i64,
    price: i64,
    status: Status,
}

impl From<&Payment> for PaymentResource {
    fn from(payment: &Payment) -> Self {
        let Payment { id, order_id, price, status, .. } = *payment;
        Self { id, order_id, price, status }
    }
}

impl Resource for PaymentResource {
    const COLLECTION: &'static str = "payments";
    const ITEM: &'static str = "payment";

    fn id(&self) -> i64 {
        self.id
    }
}

/// The body of a POST.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pay {
    #[serde(default, deserialize_with = "integer")]
    order_id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    price: Option<i64>,
}

impl Pay {
    pub fn into_charge(self) -> Result<Charge, Problem> {
        Ok(Charge {
            order_id: self.order_id.ok_or_else(|| Problem::malformed("orderId is missing"))?,
            price: self.price.ok_or_else(|| Problem::malformed("price is missing"))?,
        })
    }
}
