//! Food delivery, the second one. An app orders, a store cooks, a rider delivers, and the customer hears of every change.

use brunt_kit::system::System;

/// The topic of all events.
pub const TOPIC: &str = "fooddelivery";

/// The system.
pub static SYSTEM: System =
    System { name: "fooddelivery", file: include_str!("../system.yaml"), services: &[] };
