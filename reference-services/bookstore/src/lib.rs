//! The bookstore. A customer orders a book, stock may arrive later, a coupon is used once, and My Page shows it all.

use brunt_kit::system::System;

/// The topic of all events.
pub const TOPIC: &str = "cnabookstore";

/// The system.
pub static SYSTEM: System = System { name: "bookstore", file: include_str!("../system.yaml"), services: &[] };
