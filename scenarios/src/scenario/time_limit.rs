//! A time limit that is given, or computed from the system.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::units::{Period, Positive};

/// A time limit: a duration, or `auto` for the bound computed from probes, grace and start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeLimit {
    /// Computed from the probes, before the run.
    #[default]
    Auto,
    /// As the scenario gives it.
    Period(Period),
}

impl<'de> Deserialize<'de> for TimeLimit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "auto" => Ok(Self::Auto),
            text => text
                .parse::<Positive<Period>>()
                .map(|above_zero| Self::Period(*above_zero))
                .map_err(serde::de::Error::custom),
        }
    }
}

impl JsonSchema for TimeLimit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeLimit".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^(auto|(?=.*[1-9])([0-9.]+(us|ms|s|m|h|d))+)$"})
    }
}
