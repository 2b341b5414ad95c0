//! What goes over the wire about orders in the store.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::domain::{Command, Status, StoreOrder};

/// An order as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreOrderResource {
    id: i64,
    order_id: i64,
    accept: bool,
    status: Status,
}

impl From<&StoreOrder> for StoreOrderResource {
    fn from(order: &StoreOrder) -> Self {
        Self {
            id: order.id,
            order_id: order.order_id,
            accept: order.accepted(),
            status: order.status,
        }
    }
}

impl Resource for StoreOrderResource {
    const COLLECTION: &'static str = "storeOrders";
    const ITEM: &'static str = "storeOrder";

    fn id(&self) -> i64 {
        self.id
    }
}

/// The owner's decision, alone or in the whole of what was sent before.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeStoreOrder {
    #[serde(default)]
    accept: Option<Flag>,
    #[serde(default, deserialize_with = "integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    order_id: Option<i64>,
    #[serde(default)]
    status: Option<Status>,
    #[serde(default, rename = "_links")]
    _links: Option<Value>,
}

/// True or false as clients send it: httpie's `accept=true` is the text "true".
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Text(Word),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    True,
    False,
}

impl ChangeStoreOrder {
    pub fn wanted(&self, order: &StoreOrder) -> Result<Command, Problem> {
        let same = self.id.is_none_or(|id| id == order.id)
            && self.order_id.is_none_or(|id| id == order.order_id)
            && self.status.is_none_or(|status| status == order.status);
        if !same {
            return Err(Problem::malformed("only accept can be changed here"));
        }
        match self.accept {
            Some(Flag::Bool(true) | Flag::Text(Word::True)) => Ok(Command::Accept),
            Some(Flag::Bool(false) | Flag::Text(Word::False)) => Ok(Command::Reject),
            None => Err(Problem::malformed("accept is missing")),
        }
    }
}
