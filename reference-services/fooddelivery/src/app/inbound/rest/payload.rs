//! The JSON bodies of requests and responses about orders and reviews.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::DeliveryType;
use crate::app::domain::{Opinion, Order, Placement, Review, Status};

/// An order as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderResource {
    id: i64,
    menu: String,
    qty: i64,
    price: i64,
    store_id: Option<i64>,
    delivery_type: DeliveryType,
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    status: Status,
}

impl From<&Order> for OrderResource {
    fn from(order: &Order) -> Self {
        let Order { id, placement, status, .. } = order.clone();
        let Placement { menu, qty, price, store_id, delivery_type, address, customer } = placement;
        Self { id, menu, qty, price, store_id, delivery_type, address, customer, status }
    }
}

impl Resource for OrderResource {
    const COLLECTION: &'static str = "orders";
    const ITEM: &'static str = "order";

    fn id(&self) -> i64 {
        self.id
    }
}

/// A review as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewResource {
    id: i64,
    order_id: i64,
    rating: i64,
    text: String,
}

impl From<&Review> for ReviewResource {
    fn from(review: &Review) -> Self {
        let Review { id, order_id, rating, text } = review.clone();
        Self { id, order_id, rating, text }
    }
}

impl Resource for ReviewResource {
    const COLLECTION: &'static str = "reviews";
    const ITEM: &'static str = "review";

    fn id(&self) -> i64 {
        self.id
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceOrder {
    #[serde(default)]
    menu: String,
    #[serde(default, deserialize_with = "integer")]
    qty: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    price: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    store_id: Option<i64>,
    #[serde(default)]
    delivery_type: Option<String>,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    customer: Option<String>,
}

impl PlaceOrder {
    /// Values out of range are refused by the domain.
    pub fn into_placement(self) -> Result<Placement, Problem> {
        Ok(Placement {
            menu: self.menu,
            qty: self.qty.ok_or_else(|| Problem::malformed("qty is missing"))?,
            price: self.price.ok_or_else(|| Problem::malformed("price is missing"))?,
            store_id: self.store_id,
            delivery_type: delivery_type(self.delivery_type.as_deref())?,
            address: self.address,
            customer: self.customer,
        })
    }
}

/// Bike is the default.
pub fn delivery_type(text: Option<&str>) -> Result<DeliveryType, Problem> {
    let Some(text) = text else {
        return Ok(DeliveryType::default());
    };
    let accepts = DeliveryType::ACCEPTS;
    DeliveryType::parse(text)
        .ok_or_else(|| Problem::malformed(format!("deliveryType must be {accepts}, not {text:?}")))
}

/// A change to an order. Only the status can be changed, but a client may send back the whole of
/// what it was sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeOrder {
    #[serde(default)]
    status: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    id: Option<i64>,
    #[serde(default)]
    menu: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    qty: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    price: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    store_id: Option<i64>,
    #[serde(default)]
    delivery_type: Option<String>,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    customer: Option<String>,
    #[serde(default, rename = "_links")]
    _links: Option<Value>,
}

impl ChangeOrder {
    /// Accepts a body that only cancels: every other field must be missing or unchanged.
    pub fn check(self, order: &Order) -> Result<(), Problem> {
        let as_it_is = &order.placement;
        let delivery = delivery_type(self.delivery_type.as_deref())?;
        let same = self.id.is_none_or(|id| id == order.id)
            && self.menu.is_none_or(|menu| menu == as_it_is.menu)
            && self.qty.is_none_or(|qty| qty == as_it_is.qty)
            && self.price.is_none_or(|price| price == as_it_is.price)
            && self.store_id.is_none_or(|store| Some(store) == as_it_is.store_id)
            && (self.delivery_type.is_none() || delivery == as_it_is.delivery_type)
            && self.address.is_none_or(|address| Some(address) == as_it_is.address)
            && self.customer.is_none_or(|customer| Some(customer) == as_it_is.customer);
        if !same {
            return Err(Problem::malformed("only the status of an order can be changed"));
        }
        match self.status.as_deref() {
            Some("Canceled") => Ok(()),
            Some(status) => Err(Problem::malformed(format!(
                "status can be set to \"Canceled\", not to {status:?}"
            ))),
            None => Err(Problem::malformed("status is missing")),
        }
    }
}

/// The body of a POST.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WriteReview {
    #[serde(default, deserialize_with = "integer")]
    order_id: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    rating: Option<i64>,
    #[serde(default)]
    text: String,
}

impl WriteReview {
    pub fn into_opinion(self) -> Result<Opinion, Problem> {
        Ok(Opinion {
            order_id: self.order_id.ok_or_else(|| Problem::malformed("orderId is missing"))?,
            rating: self.rating.ok_or_else(|| Problem::malformed("rating is missing"))?,
            text: self.text,
        })
    }
}
