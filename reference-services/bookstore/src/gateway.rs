//! The system's one address: routes requests by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

use crate::{book_inventory, coupon, customer, delivery, my_coupon, order};

/// The services behind the gateway, with their paths. A POST to `/` issues a coupon.
pub static TARGETS: &[Target] = &[
    Target { service: "order", port: 8081, api: order::api, paths: &[Path::new("/orders")] },
    Target {
        service: "delivery",
        port: 8082,
        api: delivery::api,
        paths: &[Path::new("/deliveries")],
    },
    Target {
        service: "customer",
        port: 8083,
        api: customer::api,
        paths: &[Path::new("/customers"), Path::new("/myPages")],
    },
    Target {
        service: "bookInventory",
        port: 8084,
        api: book_inventory::api,
        paths: &[Path::new("/books"), Path::new("/deliverables"), Path::new("/stockInputs")],
    },
    Target {
        service: "coupon",
        port: 8085,
        api: coupon::api,
        paths: &[Path::new("/coupons"), Path::alias("/", "/coupons").only("POST")],
    },
    Target {
        service: "myCoupon",
        port: 8086,
        api: my_coupon::api,
        paths: &[Path::new("/mycoupons"), Path::new("/myCoupons")],
    },
];
