//! The one address for all: routes by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

/// Who serves what.
pub static TARGETS: &[Target] = &[
    Target { service: "order", port: 8082, paths: &[Path::new("/orders")] },
    Target { service: "payment", port: 8083, paths: &[Path::new("/payments")] },
    Target { service: "delivery", port: 8081, paths: &[Path::new("/deliveries")] },
    Target { service: "orderDetail", port: 8084, paths: &[Path::new("/orderDetails")] },
];
