//! Checks of service level objectives.

use super::Checker;
use super::expectation::Known;
use crate::openslo;
use crate::plan::Claim;
use crate::scenario;
use crate::units::Period;

/// The window of an objective unless told otherwise: 30 days.
const WINDOW: Period = Period(std::time::Duration::from_secs(30 * 86_400));

impl Checker<'_> {
    /// One claim for each objective.
    pub(super) fn slo(&mut self, written: &scenario::SloSpec, known: &Known<'_>) -> Vec<Claim> {
        let Some(of) = self.known_load(&written.of, known).map(|load| load.name.clone()) else {
            return vec![];
        };
        let claim = |target: f64, window: Period| Claim::Slo {
            of: of.clone(),
            target,
            within: written.within.map(|within| within.0),
            window: window.0,
            spends: written.spends,
        };
        match (&written.target, &written.file) {
            (Some(target), None) => {
                let share = target.value.fraction();
                if share >= 1.0 {
                    self.wrong(target.span, "an objective of 100% has no error budget").help =
                        Some("use `availability: {of, atLeast: 100%}`".to_owned());
                }
                vec![claim(share, written.window.as_ref().map_or(WINDOW, |window| window.value))]
            }
            (None, Some(file)) => {
                if let Some(window) = &written.window {
                    self.wrong(window.span, "the window is the document's own");
                }
                match openslo::objectives(written.text.as_deref().unwrap_or_default()) {
                    Ok(found) => {
                        if written.within.is_none() && found.iter().any(|one| one.is_threshold) {
                            self.wrong(
                                file.span,
                                format!("`{file}` is about how fast replies come"),
                            )
                            .help = Some(
                                "say how fast a good one is, such as `within: 300ms`".to_owned(),
                            );
                        }
                        found.iter().map(|one| claim(one.target, one.window)).collect()
                    }
                    Err(why) => {
                        self.wrong(file.span, format!("`{file}` cannot be used: {why}"));
                        vec![]
                    }
                }
            }
            _ => {
                self.wrong(written.of.span, "an SLO needs a `target` or a `file`, and not both")
                    .help = Some("such as `target: 99.9%`".to_owned());
                vec![]
            }
        }
    }
}
