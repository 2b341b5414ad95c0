//! Quantities that mean something only above zero: a bound of `0s`, a share of `0%`.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

use super::{InvalidQuantity, Percent, Period};

/// A quantity above zero.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Positive<T> {
    quantity: T,
}

/// A quantity that can be zero.
pub trait MayBeZero: Sized {
    /// Whether it is zero.
    fn is_zero(&self) -> bool;

    /// What a quantity of this kind above zero is called, with an example.
    const ABOVE_ZERO: (&'static str, &'static str);
}

impl MayBeZero for Period {
    fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    const ABOVE_ZERO: (&'static str, &'static str) = ("a duration above 0s", "250ms, 30s or 1m30s");
}

impl MayBeZero for Percent {
    fn is_zero(&self) -> bool {
        self.fraction() <= 0.0
    }

    const ABOVE_ZERO: (&'static str, &'static str) = ("a percentage above 0%", "99.9%");
}

impl<T> Deref for Positive<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.quantity
    }
}

impl<T: fmt::Display> fmt::Display for Positive<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quantity.fmt(out)
    }
}

impl<T: MayBeZero + FromStr<Err = InvalidQuantity>> FromStr for Positive<T> {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, InvalidQuantity> {
        let quantity: T = text.parse()?;
        let (what, example) = T::ABOVE_ZERO;
        match quantity.is_zero() {
            true => Err(InvalidQuantity::new(text, what, example)),
            false => Ok(Self { quantity }),
        }
    }
}

impl<'de, T: MayBeZero + FromStr<Err = InvalidQuantity>> Deserialize<'de> for Positive<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<T: JsonSchema> JsonSchema for Positive<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Positive{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        // The same text with a digit above zero somewhere.
        if let Some(pattern) = schema.get("pattern").and_then(|pattern| pattern.as_str()) {
            let pattern = format!("^(?=.*[1-9]){}", pattern.trim_start_matches('^'));
            schema.insert("pattern".to_owned(), pattern.into());
        }
        schema
    }
}
