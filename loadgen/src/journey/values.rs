//! The values of one journey.

use std::borrow::Cow;

use brunt_scenarios::template::{BuiltinValue, Placeholder};
use serde_json::Value;

use crate::job::JourneyScript;
use crate::template::{Scope, Values};

/// The values that a journey's placeholders stand for.
pub(super) struct JourneyValues<'s> {
    script: &'s JourneyScript,
    /// The index of each feed's row.
    rows: Vec<usize>,
    /// Values that were saved from replies; they hide those of feeds and of the run.
    saved: Values,
    user: u64,
    iteration: u64,
}

impl<'s> JourneyValues<'s> {
    /// Draws a row of each feed, which lasts for the whole journey.
    pub fn new(script: &'s JourneyScript, user: u64, iteration: u64) -> Self {
        Self { script, rows: script.draw(), saved: Values::new(), user, iteration }
    }

    pub fn save(&mut self, name: &str, value: Value) {
        self.saved.insert(name.to_owned(), value);
    }

    fn named(&self, name: &str) -> Option<&Value> {
        self.saved
            .get(name)
            .or_else(|| self.script.fed(&self.rows, name))
            .or_else(|| self.script.given.get(name))
    }

    fn completed(&self, builtin: BuiltinValue) -> Value {
        match builtin {
            BuiltinValue::Uuid => {
                let random = fastrand::u128(..).to_ne_bytes();
                Value::String(uuid::Builder::from_random_bytes(random).into_uuid().to_string())
            }
            BuiltinValue::Random(from, to) => fastrand::i64(from..=to).into(),
            BuiltinValue::Sequence => self.script.sequence().into(),
            BuiltinValue::User => self.user.into(),
            BuiltinValue::Iteration => self.iteration.into(),
        }
    }
}

impl Scope for JourneyValues<'_> {
    fn value(&self, placeholder: &Placeholder) -> Cow<'_, Value> {
        let named = self.named(&placeholder.name).filter(|_| placeholder.arguments.is_none());
        named.map(Cow::Borrowed).unwrap_or_else(|| match BuiltinValue::of(placeholder, &[]) {
            Ok(builtin) => Cow::Owned(self.completed(builtin)),
            // `Plan::check` refuses unknown placeholders, so this is only a fallback.
            Err(_) => Cow::Owned(Value::String(String::new())),
        })
    }
}
