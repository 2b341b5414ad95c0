//! `/orders` and `/reviews`.

mod api;
mod orders;
mod payload;
mod reviews;

use axum::Router;
use axum::routing::{get, put};
use brunt_kit::rest::Problem;
use http::StatusCode;

use crate::app::App;
use crate::app::domain::Rejection;
use crate::app::outbound::store::Refusal;

pub use api::api;
pub(super) use payload::delivery_type;
pub use payload::{OrderResource, ReviewResource};

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

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::NoSuchOrder) => Self::not_found(message),
            Refusal::Rejected(
                Rejection::TooLate(_) | Rejection::NotDelivered(_) | Rejection::Reviewed,
            ) => Self::conflict(message),
            Refusal::Rejected(_) => Self::malformed(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::GivenUp => Self::unavailable(message),
            Refusal::Store(error) => error.into(),
        }
    }
}
