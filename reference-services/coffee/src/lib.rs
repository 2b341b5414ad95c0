//! The coffee chain: a customer orders, the product is made, the stock goes down, and MyPage
//! shows it all.
//!
//! Four services and a gateway. Each owns its store; they share the events of one topic, and two
//! calls: product calls stock, and order calls product before it cancels.

pub mod customercenter;
pub mod gateway;
pub mod order;
pub mod product;
pub mod proto;
pub mod stock;
mod topic;

use brunt_kit::system::{Entry, Plan, System};

pub use topic::TOPIC;

/// The system's services, in the order in which they are best started.
pub static SYSTEM: System = System {
    name: "coffee",
    file: include_str!("../system.yaml"),
    services: &[
        Entry {
            name: "stock",
            port: 8083,
            plan: |c| Plan::read(c, stock::Settings::read, stock::build),
        },
        Entry {
            name: "product",
            port: 8082,
            plan: |c| Plan::read(c, product::Settings::read, product::build),
        },
        Entry {
            name: "order",
            port: 8081,
            plan: |c| Plan::read(c, order::Settings::read, order::build),
        },
        Entry {
            name: "customercenter",
            port: 8084,
            plan: |c| Ok(Plan::plain(c, customercenter::build)),
        },
        Entry {
            name: "gateway",
            port: 8080,
            plan: |c| brunt_kit::gateway::plan(c, gateway::TARGETS),
        },
    ],
};
