//! The environment as a value, so that tests need not change the process's own.

use std::collections::BTreeMap;
use std::time::Duration;

use super::values::parse_duration;

/// A variable whose value cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name}={value} cannot be used: expected {accepts}")]
pub struct ConfigError {
    /// The name of the variable.
    pub name: String,
    /// Its value as found.
    pub value: String,
    /// What would be accepted.
    pub accepts: String,
}

/// A set of environment variables.
#[derive(Clone, Debug, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The variables of this process. One that is not UTF-8 is read with replacement characters.
    #[must_use]
    pub fn process() -> Self {
        // A variable that no service reads may have any bytes; it must not keep a
        // service from starting.
        let text = |os: std::ffi::OsString| os.to_string_lossy().into_owned();
        Self(std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect())
    }

    /// Exactly these variables.
    #[must_use]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The same variables and one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A variable's text. Empty counts as not set, as in shell scripts.
    #[must_use]
    pub fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty()).unwrap_or(default)
    }

    /// A variable's value as `parse` understands it.
    ///
    /// # Errors
    /// When `parse` gives nothing.
    pub fn parse<T>(
        &self,
        name: &str,
        default: &str,
        accepts: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        // A trailing newline is easily part of a value that comes from a mounted file.
        let value = self.text(name, default).trim();
        parse(value).ok_or_else(|| ConfigError {
            name: name.to_owned(),
            value: value.to_owned(),
            accepts: accepts.to_owned(),
        })
    }

    /// A variable that is a length of time.
    ///
    /// # Errors
    /// When it is not a whole number with a unit.
    pub fn duration(&self, name: &str, default: &str) -> Result<Duration, ConfigError> {
        self.parse(
            name,
            default,
            "a whole number with a unit, such as 0ms, 250ms, 2s or 1m, of at most a year",
            parse_duration,
        )
    }
}
