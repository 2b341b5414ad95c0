//! The cleaning service. A cleaning is paid when it is reserved; messages follow.
//!
//! Five services, a web page and a gateway. Reservation calls payment before it accepts a
//! reservation; all else follows from the events of one topic: cleaning publishes that it is done,
//! message informs the customer, and mypage shows it all.

pub mod cleaning;
pub mod gateway;
pub mod html;
pub mod message;
pub mod mypage;
pub mod payment;
pub mod proto;
pub mod reservation;
mod topic;

use brunt_kit::system::{Entry, Plan, System};

pub use topic::TOPIC;

/// The system's services, in the order in which they are best started.
pub static SYSTEM: System = System {
    name: "cleaning",
    file: include_str!("../system.yaml"),
    services: &[
        Entry {
            name: "payment",
            port: 8083,
            plan: |c| Plan::read(c, payment::Settings::read, payment::build),
        },
        Entry {
            name: "reservation",
            port: 8081,
            plan: |c| Plan::read(c, reservation::Settings::read, reservation::build),
        },
        Entry { name: "cleaning", port: 8082, plan: |c| Ok(Plan::plain(c, cleaning::build)) },
        Entry { name: "message", port: 8085, plan: |c| Ok(Plan::plain(c, message::build)) },
        Entry {
            name: "mypage",
            port: 8084,
            plan: |c| Plan::read(c, mypage::Settings::read, mypage::build),
        },
        Entry { name: "html", port: 8086, plan: |c| Ok(Plan::plain(c, html::build)) },
        Entry {
            name: "gateway",
            port: 8088,
            plan: |c| brunt_kit::gateway::plan(c, gateway::TARGETS),
        },
    ],
};
