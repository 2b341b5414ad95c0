//! Calls to bookInventory and coupon.

use brunt_kit::calls::{CallError, Callee, Context, Protection, Upstreams};
use brunt_kit::metrics::Metrics;
use http::StatusCode;
use serde::Deserialize;

/// The bookInventory service, as order sees it.
#[derive(Clone)]
pub struct BookClient(Callee);

/// The coupon service, as order sees it.
#[derive(Clone)]
pub struct CouponClient(Callee);

/// A coupon. Whether it is still free is decided where it is claimed, as it may be used
/// at any moment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coupon {
    /// The customer for whom it was issued.
    pub customer_id: i64,
}

impl BookClient {
    pub fn new(upstreams: Upstreams, protection: &Protection, metrics: &Metrics) -> Self {
        Self(Callee::new("bookInventory", upstreams, protection, metrics))
    }

    pub async fn exists(&self, id: i64, traceparent: &str) -> Result<bool, CallError> {
        let reply = self.0.get(&format!("/books/{id}"), Context::new(traceparent)).await?;
        match reply.status {
            StatusCode::OK => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            _ => Err(CallError::Unreadable),
        }
    }
}

impl CouponClient {
    pub fn new(upstreams: Upstreams, protection: &Protection, metrics: &Metrics) -> Self {
        Self(Callee::new("coupon", upstreams, protection, metrics))
    }

    pub async fn find(&self, id: i64, traceparent: &str) -> Result<Option<Coupon>, CallError> {
        let reply = self.0.get(&format!("/coupons/{id}"), Context::new(traceparent)).await?;
        match reply.status {
            StatusCode::OK => {
                serde_json::from_value(reply.body).map(Some).map_err(|_| CallError::Unreadable)
            }
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(CallError::Unreadable),
        }
    }
}
