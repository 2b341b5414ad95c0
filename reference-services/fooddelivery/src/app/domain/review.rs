//! Reviews: one for each order, after its delivery.

use serde::{Deserialize, Serialize};

use super::{Order, Rejection, Status};

/// A customer's review of a delivered order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    pub id: i64,
    pub order_id: i64,
    /// The rating, from 1 to 5.
    pub rating: i64,
    pub text: String,
}

/// A review before it is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    pub order_id: i64,
    /// The rating, from 1 to 5.
    pub rating: i64,
    pub text: String,
}

impl Review {
    /// The review that an opinion makes.
    ///
    /// # Errors
    /// When the order is not delivered or has a review, or the rating is none.
    pub fn write(
        id: i64,
        opinion: Opinion,
        order: &Order,
        before: Option<&Self>,
    ) -> Result<Self, Rejection> {
        let Opinion { order_id, rating, text } = opinion;
        match (order.status, before) {
            _ if !(1..=5).contains(&rating) => Err(Rejection::NoRating),
            (Status::Delivered, None) => Ok(Self { id, order_id, rating, text }),
            (Status::Delivered, Some(_)) => Err(Rejection::Reviewed),
            (status, _) => Err(Rejection::NotDelivered(status)),
        }
    }
}
