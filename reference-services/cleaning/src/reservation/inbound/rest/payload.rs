//! The JSON bodies of requests and responses about reservations.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::reservation::domain::{Placement, Reservation, Status};

/// A reservation as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReservationResource {
    id: i64,
    request_date: Option<String>,
    place: Option<String>,
    status: Status,
    price: i64,
    customer_name: Option<String>,
}

impl From<&Reservation> for ReservationResource {
    fn from(reservation: &Reservation) -> Self {
        let Reservation { id, placement, status, version: _ } = reservation.clone();
        let Placement { request_date, place, price, customer_name } = placement;
        Self { id, request_date, place, status, price, customer_name }
    }
}

impl Resource for ReservationResource {
    const COLLECTION: &'static str = "cleaningReservations";
    const ITEM: &'static str = "cleaningReservation";

    fn id(&self) -> i64 {
        self.id
    }
}

/// The body of a POST. `status` is accepted and ignored: a client cannot set it. `/bookings`
/// sends a booking: its guest is the customer, its address the place, and the fields about a
/// room are ignored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reserve {
    #[serde(default, alias = "usedate")]
    request_date: Option<String>,
    #[serde(default, alias = "address")]
    place: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    price: Option<i64>,
    #[serde(default, alias = "guest")]
    customer_name: Option<String>,
    #[serde(default, rename = "status")]
    _status: Option<Value>,
    #[serde(default, rename = "roomId")]
    _room_id: Option<Value>,
    #[serde(default, rename = "name")]
    _name: Option<Value>,
    #[serde(default, rename = "host")]
    _host: Option<Value>,
}

impl Reserve {
    pub fn into_placement(self) -> Result<Placement, Problem> {
        let Self { request_date, place, price, customer_name, .. } = self;
        let price = price.ok_or_else(|| Problem::malformed("price is missing"))?;
        Ok(Placement { request_date, place, price, customer_name })
    }
}
