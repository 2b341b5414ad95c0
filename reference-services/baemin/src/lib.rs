//! Food delivery by one team. An order is paid before it stands, delivered, and shown to its customer whatever is down.

use brunt_kit::system::System;

/// The topic of all events.
pub const TOPIC: &str = "team";

/// The system.
pub static SYSTEM: System = System { name: "baemin", file: include_str!("../system.yaml"), services: &[] };
