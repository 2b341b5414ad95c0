//! The bookstore. A customer orders a book, stock may arrive later, a coupon is used once, and My
//! Page shows it all.
//!
//! Six services and a gateway. Each owns its store; they share the events of one topic, and order
//! makes two calls before it accepts: whether there is such a book, and such a coupon.

pub mod book_inventory;
pub mod coupon;
pub mod customer;
pub mod delivery;
pub mod gateway;
pub mod my_coupon;
pub mod order;
pub mod proto;
mod topic;

use brunt_kit::system::{Entry, Plan, System};

pub use topic::TOPIC;

/// The system's services, in the order in which they are best started.
pub static SYSTEM: System = System {
    name: "bookstore",
    file: include_str!("../system.yaml"),
    services: &[
        Entry {
            name: "bookInventory",
            port: 8084,
            plan: |c| Plan::read(c, book_inventory::Settings::read, book_inventory::build),
        },
        Entry {
            name: "coupon",
            port: 8085,
            plan: |c| Plan::read(c, coupon::Settings::read, coupon::build),
        },
        Entry {
            name: "order",
            port: 8081,
            plan: |c| Plan::read(c, order::Settings::read, order::build),
        },
        Entry { name: "delivery", port: 8082, plan: |c| Ok(Plan::plain(c, delivery::build)) },
        Entry {
            name: "customer",
            port: 8083,
            plan: |c| Plan::read(c, customer::Settings::read, customer::build),
        },
        Entry { name: "myCoupon", port: 8086, plan: |c| Ok(Plan::plain(c, my_coupon::build)) },
        Entry {
            name: "gateway",
            port: 8080,
            plan: |c| brunt_kit::gateway::plan(c, gateway::TARGETS),
        },
    ],
};
