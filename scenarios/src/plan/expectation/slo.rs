//! What a run spends of a service level objective's error budget.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Evidence, Needs};
use crate::openslo;
use crate::plan::check::{Checkable, Checker, ExpectationContext};
use crate::scenario::SloSpec;
use crate::source::Located;
use crate::units::{Percent, Period, Positive};

/// The window of an objective unless one is given: 30 days.
const WINDOW: Period = Period(Duration::from_secs(30 * 86_400));

/// The run spends no more than this of an objective's error budget.
#[derive(Debug, Clone)]
pub struct Slo {
    /// The load whose replies are counted.
    pub of: String,
    /// The objective, as a share from 0 to below 1.
    pub target: f64,
    /// How fast a good reply comes; `None` when its status alone decides.
    pub within: Option<Duration>,
    /// The window of the objective.
    pub window: Duration,
    /// The share of the window's budget that the run may spend.
    pub spends: Percent,
}

impl Claimed for Slo {
    fn needs(&self) -> Needs<'_> {
        let (of, target) = (self.of.as_str(), self.target);
        let (window, spends) = (self.window, self.spends);
        let evidence = vec![Evidence::ErrorBudget { of, target, window, spends }];
        Needs { schedules: vec![of], evidence, ..Needs::default() }
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, target, within, window, spends } = self;
        let within = within.map_or(String::new(), |within| format!(" within {}", Period(within)));
        let days = window.as_secs_f64() / 86_400.0;
        // Rounded, as a share times 100 may have a last digit that nobody wrote.
        let target = (target * 1e8).round() / 1e6;
        write!(out, "{of}: at most {spends} of the budget of {target}%{within} over {days} days")
    }
}

impl Checkable for SloSpec {
    /// One claim for each objective.
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        let Some(load) = checker.known_load(&self.of, context) else {
            return vec![];
        };
        let objectives = match (&self.target, &self.file) {
            (Some(target), None) => vec![checker.objective(self, target)],
            (None, Some(file)) => checker.objectives_of_file(self, file),
            _ => {
                checker
                    .wrong(self.of.span, "an SLO needs a `target` or a `file`, and not both")
                    .help = Some("such as `target: 99.9%`".to_owned());
                vec![]
            }
        };
        let claim = |(target, window): (f64, Period)| {
            Claim::from(Slo {
                of: load.name.clone(),
                target,
                within: self.within.map(|within| within.0),
                window: window.0,
                spends: self.spends,
            })
        };
        objectives.into_iter().map(claim).collect()
    }
}

impl Checker<'_> {
    /// The objective that the scenario states itself, with its window.
    fn objective(
        &mut self,
        written: &SloSpec,
        target: &Located<Positive<Percent>>,
    ) -> (f64, Period) {
        let share = target.value.fraction();
        if share >= 1.0 {
            self.wrong(target.span, "an objective of 100% has no error budget").help =
                Some("use `availability: {of, atLeast: 100%}`".to_owned());
        }
        (share, written.window.as_ref().map_or(WINDOW, |window| *window.value))
    }

    /// The objectives of an OpenSLO document, each with its window.
    fn objectives_of_file(
        &mut self,
        written: &SloSpec,
        file: &Located<String>,
    ) -> Vec<(f64, Period)> {
        if let Some(window) = &written.window {
            self.wrong(window.span, "the window is the document's own");
        }
        match openslo::objectives(written.text.as_deref().unwrap_or_default()) {
            Ok(found) => {
                if written.within.is_none() && found.iter().any(|one| one.is_threshold) {
                    self.wrong(file.span, format!("`{file}` is about how fast replies come"))
                        .help =
                        Some("say how fast a good one is, such as `within: 300ms`".to_owned());
                }
                found.iter().map(|one| (one.target, one.window)).collect()
            }
            Err(why) => {
                self.wrong(file.span, format!("`{file}` cannot be used: {why}"));
                vec![]
            }
        }
    }
}
