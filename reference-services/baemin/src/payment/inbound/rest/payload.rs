//! What goes over the wire about payments.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::payment::domain::{Payment, Recipient, Request, Status};

/// A payment as everyone sees it over HTTP.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentResource {
    id: i64,
    order_id: i64,
    pay_status: Status,
    pay_amount: i64,
}

/// A payment in its events: it says also where the order goes, for who delivers it.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentNews {
    #[serde(flatten)]
    payment: PaymentResource,
    #[serde(flatten)]
    recipient: Recipient,
}

impl From<&Payment> for PaymentResource {
    fn from(payment: &Payment) -> Self {
        let Request { order_id, pay_amount, .. } = payment.request;
        Self { id: payment.id, order_id, pay_status: payment.pay_status, pay_amount }
    }
}

impl From<&Payment> for PaymentNews {
    fn from(payment: &Payment) -> Self {
        Self { payment: payment.into(), recipient: payment.request.recipient.clone() }
    }
}

impl Resource for PaymentResource {
    const COLLECTION: &'static str = "payments";
    const ITEM: &'static str = "payment";

    fn id(&self) -> i64 {
        self.id
    }
}

/// A request to pay. Whether it is approved is not the client's to say.
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
    pub fn into_request(self) -> Result<Request, Problem> {
        let Self { order_id, pay_amount, customer_id, customer_addr, customer_tel, .. } = self;
        Ok(Request {
            order_id: order_id.ok_or_else(|| Problem::malformed("orderId is missing"))?,
            pay_amount: pay_amount.unwrap_or(0),
            recipient: Recipient { customer_id, customer_addr, customer_tel },
        })
    }
}
