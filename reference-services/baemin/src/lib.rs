//! Food delivery by one team. An order is paid before it stands, delivered, and shown to its
//! customer whatever is down.
//!
//! Four services and a gateway. Order calls payment before an order stands; all else goes by the
//! events of one topic: what is paid is delivered, a cancelled order loses its payment and then its
//! delivery, and the detail view is told of it all.

pub mod delivery;
pub mod gateway;
pub mod order;
pub mod orderdetail;
pub mod payment;
pub mod proto;

use brunt_kit::system::{Entry, Plan, System};

/// The topic of all events.
pub const TOPIC: &str = "team";

/// The system.
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
