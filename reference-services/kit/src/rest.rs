//! What every REST interface needs: problems as JSON, bounded bodies, who is calling, and one place
//! where requests are timed.

mod body;
mod caller;
mod deadline;
mod edge;
mod method;
mod number;
mod problem;
mod unread;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;

pub use body::JsonBody;
pub(crate) use caller::check_key;
pub use caller::{Caller, Format};
pub(crate) use deadline::too_slow;
pub use edge::RouteLabel;
pub(crate) use method::label as method_label;
pub use number::integer;
pub use problem::{Problem, parse_id};

use crate::metrics::Metrics;

/// The largest body that is read.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// A service's routes with what surrounds all of them.
pub fn router(routes: Router, metrics: &Metrics) -> Router {
    routes
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(problem::no_such_path)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(metrics.clone(), edge::surround))
}

/// The same around a handler that takes every path.
pub fn surround(routes: Router, metrics: &Metrics) -> Router {
    routes.layer(from_fn_with_state(metrics.clone(), edge::surround))
}
