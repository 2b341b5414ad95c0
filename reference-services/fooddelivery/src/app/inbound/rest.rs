//! `/orders` and `/reviews`.

mod api;
mod orders;
mod payload;
mod reviews;

use axum::Router;
use axum::routing::{get, put};
use brunt_kit::rest::Problem;

use crate::app::commands::App;
use crate::app::domain::Rejection;
use crate::app::outbound::store::Refusal;

pub use api::api;
pub(super) use payload::delivery_type;

pub fn routes(app: App) -> Router {
    let order = get(orders::one).patch(orders::change).put(orders::change);
    Router::new()
        .route("/orders", get(orders::list).post(orders::place))
        .route("/orders/{id}", order)
        .route("/orders/{id}/cancel", put(orders::cancel))
        .route("/reviews", get(reviews::list).post(reviews::write))
        .route("/reviews/{id}", get(reviews::one))
        .with_state(app)
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let message = rejection.to_string();
        match rejection {
            Rejection::NoSuchOrder => Self::not_found(message),
            Rejection::TooLate(_) | Rejection::NotDelivered(_) | Rejection::Reviewed => {
                Self::conflict(message)
            }
            Rejection::NoMenu
            | Rejection::QtyTooSmall
            | Rejection::NegativePrice
            | Rejection::NoRating => Self::malformed(message),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => rejection.into(),
            Refusal::Store(error) => error.into(),
        }
    }
}
