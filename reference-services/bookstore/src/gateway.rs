//! The one address for all: routes by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

/// Who serves what. A coupon is issued by a POST that names no path.
pub static TARGETS: &[Target] = &[
    Target { service: "order", port: 8081, paths: &[Path::new("/orders")] },
    Target { service: "delivery", port: 8082, paths: &[Path::new("/deliveries")] },
    Target { service: "customer", port: 8083, paths: &[Path::new("/customers"), Path::new("/myPages")] },
    Target {
        service: "bookInventory",
        port: 8084,
        paths: &[Path::new("/books"), Path::new("/deliverables"), Path::new("/stockInputs")],
    },
    Target {
        service: "coupon",
        port: 8085,
        paths: &[Path::new("/coupons"), Path::alias("/", "/coupons").only("POST")],
    },
    Target { service: "myCoupon", port: 8086, paths: &[Path::new("/mycoupons"), Path::new("/myCoupons")] },
];
