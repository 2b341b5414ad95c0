//! The JSON bodies of requests and responses about coupons.

use brunt_kit::hal::Resource;
use brunt_kit::rest::{Problem, integer};
use serde::{Deserialize, Serialize};

use crate::coupon::domain::{Coupon, Status};

/// A coupon as REST shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponResource {
    coupon_id: i64,
    customer_id: i64,
    coupon_status: Status,
    order_id: Option<i64>,
}

impl From<&Coupon> for CouponResource {
    fn from(coupon: &Coupon) -> Self {
        let Coupon { coupon_id, customer_id, coupon_status, order_id, .. } = *coupon;
        Self { coupon_id, customer_id, coupon_status, order_id }
    }
}

impl Resource for CouponResource {
    const COLLECTION: &'static str = "coupons";
    const ITEM: &'static str = "coupon";

    fn id(&self) -> i64 {
        self.coupon_id
    }
}

/// A new coupon. Its status can only be that of a new one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssueCoupon {
    #[serde(default, deserialize_with = "integer")]
    customer_id: Option<i64>,
    #[serde(default)]
    coupon_status: Option<String>,
}

impl IssueCoupon {
    pub fn into_customer_id(self) -> Result<i64, Problem> {
        match self.coupon_status.as_deref() {
            None | Some("Registered") => {
                self.customer_id.ok_or_else(|| Problem::malformed("customerId is missing"))
            }
            Some(other) => {
                Err(Problem::malformed(format!("a new coupon is \"Registered\", not {other:?}")))
            }
        }
    }
}
