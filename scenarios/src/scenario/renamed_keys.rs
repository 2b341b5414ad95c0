//! Keys that have got a better name: the old one is still read, with a warning.

use super::{ExpectationSpec, Scenario};
use crate::source::{Diagnostic, Source, Span};

impl Scenario {
    /// A warning for each key that is written by its old name; several uses of one name get one.
    pub fn renamed_keys(&self, source: &Source) -> Vec<Diagnostic> {
        let called_off = self.expect.iter().find_map(|expectation| match expectation {
            ExpectationSpec::Saga(saga) => saga.called_off.as_ref().map(|old| old.span),
            _ => None,
        });
        let warning = |(old, new, span): (&str, &str, Option<Span>)| {
            let place = span?;
            let what = format!("`{old}` is now called `{new}`; the old name will go");
            Some(source.wrong(Some(place), what))
        };
        [("calledOff", "canceled", called_off)].into_iter().filter_map(warning).collect()
    }
}
