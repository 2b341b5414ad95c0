//! Which of several replicas or nodes a fault hits.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::units::Percent;

/// Which of a service's replicas.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Pick {
    /// One, drawn at random; with several services, one replica of one of them.
    #[default]
    One,
    /// So many, drawn at random; all if there are not more, as on a cluster or while some are gone.
    Number(u32),
    /// Such a share of those that run, rounded up, drawn at random.
    Share(Percent),
    /// All of them.
    All,
}

impl Pick {
    /// How many of so many are meant.
    #[must_use]
    pub fn of(self, there: usize) -> usize {
        match self {
            Self::All => there,
            Self::One => there.min(1),
            Self::Number(number) => there.min(number as usize),
            // A share of a share of binary fractions must not become one replica more.
            Self::Share(share) => (share.fraction() * there as f64 - 1e-9).ceil() as usize,
        }
    }
}

/// A text that chooses no replicas.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a choice of replicas: write one, all, 2 or 50%")]
pub struct InvalidPick(String);

impl FromStr for Pick {
    type Err = InvalidPick;

    fn from_str(text: &str) -> Result<Self, InvalidPick> {
        match text {
            "one" => Ok(Self::One),
            "all" => Ok(Self::All),
            _ => match (text.parse(), text.parse::<Percent>()) {
                (Ok(number), _) if number > 0 => Ok(Self::Number(number)),
                (_, Ok(share)) if share.fraction() > 0.0 => Ok(Self::Share(share)),
                _ => Err(InvalidPick(text.to_owned())),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Pick {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Pick {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pick".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Which of a service's replicas.",
            "oneOf": [
                {"type": "string", "pattern": "^(one|all|[1-9][0-9]*|[0-9.]+ ?%)$", "examples": ["one", "all", "50%"]},
                {"type": "integer", "minimum": 1}
            ]
        })
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One => out.write_str("one of"),
            Self::Number(number) => write!(out, "{number} of"),
            Self::Share(share) => write!(out, "{share} of"),
            Self::All => out.write_str("all of"),
        }
    }
}
