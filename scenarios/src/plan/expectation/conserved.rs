//! A quantity is neither made nor lost.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Needs, Reading};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::plan::{JsonPath, RequestTarget, System};
use crate::scenario::ConservedSpec;
use crate::units::Period;

/// A quantity is neither made nor lost: its parts add up to what there was.
#[derive(Debug, Clone)]
pub struct Conserved {
    /// What the quantity is, for the report.
    pub what: String,
    /// Where the numbers are that add up to it.
    pub terms: Vec<(RequestTarget, JsonPath)>,
    /// What they add up to: a number, or `${name}` of a saved one.
    pub equals: String,
    /// How long after load and faults it may take to be true.
    pub within: Duration,
}

impl Claimed for Conserved {
    fn needs(&self) -> Needs<'_> {
        Needs {
            reading: Some(Reading::Sum {
                terms: &self.terms,
                equals: &self.equals,
                within: self.within,
            }),
            ..Needs::default()
        }
    }
}

impl fmt::Display for Conserved {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} = {} within {}", self.what, self.equals, Period(self.within))
    }
}

impl Checkable for ConservedSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.conserved(self, context.system))
    }
}

impl Checker<'_> {
    fn conserved(&mut self, written: &ConservedSpec, system: &System) -> Option<Conserved> {
        let mut terms = Vec::new();
        for term in &written.sum {
            let target = self.target(&term.get, &system.services);
            let values = self.json_path(&term.values, term.values.span);
            terms.push((target?, values?));
        }
        if terms.is_empty() {
            self.wrong(written.equals.span, "a sum needs terms").help =
                Some("such as `sum: [{get: service/path, values: $.qty}]`".to_owned());
        }
        let equals = written.equals.value.clone();
        if equals.parse::<f64>().is_err() && !equals.contains("${") {
            self.wrong(written.equals.span, format!("`{equals}` is not a number")).help = Some(
                "give a number, or `${name}` of a value saved by a step of the setup".to_owned(),
            );
        }
        Some(Conserved { what: written.what.clone(), terms, equals, within: written.within.0 })
    }
}
