//! Deliveries: their states and commands. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

/// The delivery of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub id: i64,
    /// What is delivered, and to whom.
    #[serde(flatten)]
    pub parcel: Parcel,
    pub order_status: Status,
    /// Counts its changes, from 1.
    pub version: u64,
}

/// What is delivered, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parcel {
    pub order_id: i64,
    pub customer_addr: Option<String>,
    pub customer_tel: Option<String>,
    pub customer_id: Option<i64>,
}

/// The status of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It is on its way to the customer.
    DeliveryStarted,
    /// Canceled. An order whose refund arrives before its payment gets such a row too, and
    /// does not start.
    DeliveryCanceled,
}

impl Delivery {
    /// A paid order goes on its way.
    #[must_use]
    pub fn started(id: i64, parcel: Parcel) -> Self {
        Self { id, parcel, order_status: Status::DeliveryStarted, version: 1 }
    }

    /// A delivery that never starts, as its refund arrived before its payment.
    #[must_use]
    pub fn never(id: i64, parcel: Parcel) -> Self {
        Self { order_status: Status::DeliveryCanceled, ..Self::started(id, parcel) }
    }

    /// The canceled delivery; none if it was canceled before.
    #[must_use]
    pub fn canceled(self) -> Option<Self> {
        (self.order_status == Status::DeliveryStarted).then(|| Self {
            order_status: Status::DeliveryCanceled,
            version: self.version + 1,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_canceled_once() {
        let parcel =
            Parcel { order_id: 7, customer_addr: None, customer_tel: None, customer_id: None };
        let canceled = Delivery::started(1, parcel.clone()).canceled().unwrap();
        assert_eq!((canceled.order_status, canceled.version), (Status::DeliveryCanceled, 2));
        assert_eq!(canceled.canceled(), None);
        assert_eq!(Delivery::never(1, parcel).canceled(), None);
    }
}
