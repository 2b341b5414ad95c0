//! The system's one address: routes requests by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

use crate::{customercenter, order, product, stock};

/// The services behind the gateway, with their paths.
pub static TARGETS: &[Target] = &[
    Target { service: "order", port: 8081, api: order::api, paths: &[Path::new("/orders")] },
    Target { service: "product", port: 8082, api: product::api, paths: &[Path::new("/products")] },
    Target { service: "stock", port: 8083, api: stock::api, paths: &[Path::new("/stocks")] },
    Target {
        service: "customercenter",
        port: 8084,
        api: customercenter::api,
        paths: &[Path::new("/mypages")],
    },
];
