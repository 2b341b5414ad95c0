//! A second food delivery: a customer orders and pays in the app, a store cooks, a rider delivers,
//! and the customer is notified of every change.
//!
//! Five services and a gateway. Each owns its store; they share the events of one topic, and one
//! call: app calls pay before it accepts an order.

pub mod app;
pub mod customer;
mod delivery_type;
pub mod gateway;
pub mod pay;
pub mod proto;
pub mod rider;
pub mod store;
mod topic;

use brunt_kit::system::{Entry, Plan, System};

pub use delivery_type::DeliveryType;
pub use topic::TOPIC;

/// The system's services, in the order in which they are best started.
pub static SYSTEM: System = System {
    name: "fooddelivery",
    file: include_str!("../system.yaml"),
    services: &[
        Entry { name: "pay", port: 8082, plan: |c| Plan::read(c, pay::Settings::read, pay::build) },
        Entry { name: "app", port: 8081, plan: |c| Plan::read(c, app::Settings::read, app::build) },
        Entry {
            name: "store",
            port: 8083,
            plan: |c| Plan::read(c, store::Settings::read, store::build),
        },
        Entry {
            name: "rider",
            port: 8084,
            plan: |c| Plan::read(c, rider::Settings::read, rider::build),
        },
        Entry {
            name: "customer",
            port: 8085,
            plan: |c| Plan::read(c, customer::Settings::read, customer::build),
        },
        Entry {
            name: "gateway",
            port: 8088,
            plan: |c| brunt_kit::gateway::plan(c, gateway::TARGETS),
        },
    ],
};
