//! The one address for all: routes by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

/// Who serves what.
pub static TARGETS: &[Target] = &[
    Target { service: "app", port: 8081, paths: &[Path::new("/orders"), Path::new("/reviews")] },
    Target { service: "pay", port: 8082, paths: &[Path::new("/payments")] },
    Target { service: "store", port: 8083, paths: &[Path::new("/storeOrders")] },
    Target { service: "rider", port: 8084, paths: &[Path::new("/deliveries")] },
    Target { service: "customer", port: 8085, paths: &[Path::new("/notifications"), Path::new("/myPages")] },
];
