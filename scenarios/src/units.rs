//! Quantities as people write them: `30s`, `0s..1s`, `99.9%`, `200/s`, `200m`.

mod cpu;
mod percent;
mod period;
mod positive;
mod rate;
mod spread;

pub use cpu::Cpu;
pub use percent::Percent;
pub use period::Period;
pub use positive::{MayBeZero, Positive};
pub use rate::Rate;
pub use spread::Spread;

/// Reads a quantity from the text it is written as, and tells editors what that text looks like.
macro_rules! written_as_text {
    ($type:ty, $pattern:expr, $example:expr) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "pattern": $pattern, "examples": [$example]})
            }
        }
    };
}
use written_as_text;

/// A quantity that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: write it like {example}")]
pub struct InvalidQuantity {
    text: String,
    what: &'static str,
    example: &'static str,
}

impl InvalidQuantity {
    fn new(text: &str, what: &'static str, example: &'static str) -> Self {
        Self { text: text.to_owned(), what, example }
    }
}
