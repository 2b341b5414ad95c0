//! From a scenario as it is written to a plan that can run.
//!
//! The data flows one way: [`Scenario`] and [`System`] are what the files say, [`Plan`] is what
//! they mean (if one exists, it can run), [`timeline::Timeline`] is what happened, all on one
//! clock. Everything here is pure: no file, network or clock is touched.

pub mod bounds;
mod expectations;
pub mod form;
pub mod grpc;
pub mod guard;
pub mod openslo;
pub mod plain_text;
pub mod plan;
pub mod scenario;
pub mod schema;
pub mod source;
pub mod system;
pub mod template;
pub mod timeline;
pub mod units;
pub mod url_text;
pub mod yaml;

pub use plan::Plan;
pub use scenario::Scenario;
pub use source::{Diagnostic, Source};
pub use system::SystemSpec;
