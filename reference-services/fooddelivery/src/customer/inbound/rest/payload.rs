//! The JSON bodies of requests and responses about notifications and pages.

use brunt_kit::hal::Resource;
use serde::Serialize;

use crate::customer::notification::Notification;
use crate::customer::projection::{MyPage, OrderStatus, PayStatus};

/// A notification as REST shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationResource {
    id: i64,
    order_id: i64,
    customer: Option<String>,
    text: String,
}

impl From<Notification> for NotificationResource {
    fn from(notification: Notification) -> Self {
        let Notification { id, order_id, customer, text } = notification;
        Self { id, order_id, customer, text }
    }
}

impl Resource for NotificationResource {
    const COLLECTION: &'static str = "notifications";
    const ITEM: &'static str = "notification";

    fn id(&self) -> i64 {
        self.id
    }
}

/// A page as REST shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MyPageResource {
    id: i64,
    order_id: i64,
    menu: Option<String>,
    qty: Option<i64>,
    price: Option<i64>,
    delivery_type: Option<String>,
    address: Option<String>,
    order_status: Option<OrderStatus>,
    pay_status: Option<PayStatus>,
}

impl From<MyPage> for MyPageResource {
    fn from(page: MyPage) -> Self {
        let MyPage { id, order_id, order, order_status, pay_status } = page;
        Self {
            id,
            order_id,
            menu: order.as_ref().map(|order| order.menu.clone()),
            qty: order.as_ref().map(|order| order.qty),
            price: order.as_ref().map(|order| order.price),
            delivery_type: order.as_ref().map(|order| order.delivery_type.clone()),
            address: order.and_then(|order| order.address),
            order_status,
            pay_status,
        }
    }
}

impl Resource for MyPageResource {
    const COLLECTION: &'static str = "myPages";
    const ITEM: &'static str = "myPage";

    fn id(&self) -> i64 {
        self.id
    }
}
