//! The system's one address: routes requests by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

use crate::{app, customer, pay, rider, store};

/// The services behind the gateway, with their paths.
pub static TARGETS: &[Target] = &[
    Target {
        service: "app",
        port: 8081,
        api: app::api,
        paths: &[Path::new("/orders"), Path::new("/reviews")],
    },
    Target { service: "pay", port: 8082, api: pay::api, paths: &[Path::new("/payments")] },
    Target { service: "store", port: 8083, api: store::api, paths: &[Path::new("/storeOrders")] },
    Target { service: "rider", port: 8084, api: rider::api, paths: &[Path::new("/deliveries")] },
    Target {
        service: "customer",
        port: 8085,
        api: customer::api,
        paths: &[Path::new("/notifications"), Path::new("/myPages")],
    },
];
