//! Customers and pages in their store. State and events change in one transaction.

mod customers;
mod my_pages;

pub use customers::{Refusal, change, register};
pub use my_pages::show;
