//! The cleaning service. A cleaning is reserved and paid at once; messages may come later.

use brunt_kit::system::System;

/// The topic of all events.
pub const TOPIC: &str = "CleaningServiceYD";

/// The system.
pub static SYSTEM: System = System { name: "cleaning", file: include_str!("../system.yaml"), services: &[] };
