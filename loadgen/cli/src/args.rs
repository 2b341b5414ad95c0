//! Siege's dialect: options as getopt reads them, a settings file, and what both mean together.
//!
//! [`Flags`] and [`Siegerc`] are what was written. [`WrittenOptions`] puts the first before the
//! second, and [`Settings`] gives both a meaning, with defaults.

mod action;
mod describe;
mod display;
mod export_target;
mod exports;
mod flags;
mod headers;
mod load_options;
mod otlp_endpoint;
mod secrets;
mod settings;
mod siege_config;
mod siegerc;
mod table;
mod targets;
mod transport;
mod values;
mod written;

pub(crate) use action::{Action, action, check_beside_load_file, load_file};
pub(crate) use display::{DisplayConfig, SummaryFormat, Verbosity, ViewMode};
pub(crate) use export_target::{ExportDestination, ExportFormat, ExportTarget};
pub(crate) use flags::Flags;
pub(crate) use otlp_endpoint::EnvironmentLookup;
pub(crate) use secrets::secrets_of;
pub(crate) use settings::Settings;
pub(crate) use siege_config::siege_config;
pub(crate) use siegerc::Siegerc;
#[cfg(test)]
pub(crate) use table::Flag;
pub(crate) use written::WrittenOptions;
