//! The system's one address: routes requests by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

use crate::{delivery, order, orderdetail, payment};

/// The services behind the gateway, with their paths.
pub static TARGETS: &[Target] = &[
    Target { service: "order", port: 8082, api: order::api, paths: &[Path::new("/orders")] },
    Target { service: "payment", port: 8083, api: payment::api, paths: &[Path::new("/payments")] },
    Target {
        service: "delivery",
        port: 8081,
        api: delivery::api,
        paths: &[Path::new("/deliveries")],
    },
    Target {
        service: "orderDetail",
        port: 8084,
        api: orderdetail::api,
        paths: &[Path::new("/orderDetails")],
    },
];
