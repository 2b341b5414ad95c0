//! The guards that this service has.

use brunt_kit::config::{Config, ConfigError, Guard};

/// The settings that only this service has.
#[derive(Clone, Copy)]
pub struct Settings {
    pub(super) compensation: Guard,
    pub(super) conditional_update: Guard,
}

impl Settings {
    /// Reads `COMPENSATION` and `CONDITIONAL_UPDATE`.
    ///
    /// # Errors
    /// When one cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        let guard = |name| config.guard(name);
        Ok(Self {
            compensation: guard("COMPENSATION")?,
            conditional_update: guard("CONDITIONAL_UPDATE")?,
        })
    }
}
