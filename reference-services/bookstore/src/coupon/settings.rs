//! The guards that this service has.

use brunt_kit::config::{Config, ConfigError, Guard};

/// The settings that only this service has.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Off gives a coupon to every order that claims it, used or not.
    pub(super) conditional_update: Guard,
    /// Off keeps the coupon of a cancelled order used.
    pub(super) compensation: Guard,
}

impl Settings {
    /// Reads `CONDITIONAL_UPDATE` and `COMPENSATION`.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            conditional_update: config.guard("CONDITIONAL_UPDATE")?,
            compensation: config.guard("COMPENSATION")?,
        })
    }
}
