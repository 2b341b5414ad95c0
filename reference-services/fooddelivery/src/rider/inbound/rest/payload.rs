//! The JSON bodies of requests and responses about deliveries.

use brunt_kit::hal::Resource;
use brunt_kit::rest::Problem;
use serde::{Deserialize, Serialize};

use crate::DeliveryType;
use crate::rider::domain::{Delivery, Status};

/// A delivery as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryResource {
    id: i64,
    order_id: i64,
    delivery_type: DeliveryType,
    status: Status,
}

impl From<&Delivery> for DeliveryResource {
    fn from(delivery: &Delivery) -> Self {
        let Delivery { id, order_id, delivery_type, status, .. } = *delivery;
        Self { id, order_id, delivery_type, status }
    }
}

impl Resource for DeliveryResource {
    const COLLECTION: &'static str = "deliveries";
    const ITEM: &'static str = "delivery";

    fn id(&self) -> i64 {
        self.id
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rider {
    #[serde(default)]
    delivery_type: Option<String>,
}

/// The rider's delivery type. A rider who sends none delivers as ordered.
pub fn picked_by(body: &[u8]) -> Result<Option<DeliveryType>, Problem> {
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let rider: Rider =
        serde_json::from_slice(body).map_err(|error| Problem::malformed(error.to_string()))?;
    let Some(text) = rider.delivery_type else {
        return Ok(None);
    };
    let accepts = DeliveryType::ACCEPTS;
    let by = DeliveryType::parse(&text).ok_or_else(|| {
        Problem::malformed(format!("deliveryType must be {accepts}, not {text:?}"))
    })?;
    Ok(Some(by))
}
