//! The JSON bodies of requests and responses about payments.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::payment::domain::{Charge, Payment, Recipient, Status};

/// A payment as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentResource {
    id: i64,
    order_id: i64,
    pay_status: Status,
    pay_amount: i64,
}

impl From<&Payment> for PaymentResource {
    fn from(payment: &Payment) -> Self {
        let Charge { order_id, pay_amount, .. } = payment.charge;
        Self { id: payment.id, order_id, pay_status: payment.pay_status, pay_amount }
    }
}

impl Resource for PaymentResource {
    const COLLECTION: &'static str = "payments";
    const ITEM: &'static str = "payment";

    fn id(&self) -> i64 {
        self.id
    }
}

/// The body of a POST. `payStatus` is accepted and ignored: a client cannot approve
/// its own payment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pay {
    #[serde(default, deserialize_with = "integer")]
    order_id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    pay_amount: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    customer_id: Option<i64>,
    #[serde(default)]
    customer_addr: Option<String>,
    #[serde(default)]
    customer_tel: Option<String>,
    #[serde(default, rename = "payStatus")]
    _pay_status: Option<Value>,
}

impl Pay {
    pub fn into_charge(self) -> Result<Charge, Problem> {
        let Self { order_id, pay_amount, customer_id, customer_addr, customer_tel, .. } = self;
        Ok(Charge {
            order_id: order_id.ok_or_else(|| Problem::malformed("orderId is missing"))?,
            pay_amount: pay_amount.unwrap_or(0),
            recipient: Recipient { customer_id, customer_addr, customer_tel },
        })
    }
}
