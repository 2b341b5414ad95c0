//! Food delivery by one team. An order is paid before it is accepted, then delivered, and shown to
//! its customer whichever service is down.
//!
//! Four services and a gateway. Order calls payment before it accepts an order; all else follows
//! from the events of one topic: a payment starts a delivery, the cancellation of an order refunds
//! its payment and then cancels its delivery, and the detail view shows it all.

pub mod delivery;
pub mod gateway;
pub mod order;
pub mod orderdetail;
pub mod payment;
pub mod proto;
mod topic;

use brunt_kit::system::{Entry, Plan, System};

pub use topic::TOPIC;

/// The system's services, in the order in which they are best started.
pub static SYSTEM: System = System {
    name: "baemin",
    file: include_str!("../system.yaml"),
    services: &[
        Entry {
            name: "payment",
            port: 8083,
            plan: |c| Plan::read(c, payment::Settings::read, payment::build),
        },
        Entry {
            name: "order",
            port: 8082,
            plan: |c| Plan::read(c, order::Settings::read, order::build),
        },
        Entry { name: "delivery", port: 8081, plan: |c| Ok(Plan::plain(c, delivery::build)) },
        Entry {
            name: "orderDetail",
            port: 8084,
            plan: |c| Plan::read(c, orderdetail::Settings::read, orderdetail::build),
        },
        Entry {
            name: "gateway",
            port: 8088,
            plan: |c| brunt_kit::gateway::plan(c, gateway::TARGETS),
        },
    ],
};
