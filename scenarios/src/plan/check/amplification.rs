//! Checks of how many calls a request may cost.

use super::Checker;
use super::expectation::Known;
use crate::plan::Claim;
use crate::scenario;

impl Checker<'_> {
    pub(super) fn amplification(
        &mut self,
        written: &scenario::AmplificationSpec,
        known: &Known<'_>,
    ) -> Option<Claim> {
        let load = self.known_load(&written.of, known);
        self.known_edge(&written.from, &written.to, known.system)?;
        let load = load?;
        if !load.warm_up.is_zero() {
            self.wrong(
                written.of.span,
                format!("`{}` has a warm-up, whose calls are counted too", written.of),
            )
            .help = Some("take away its `warmUp`".to_owned());
        }
        let at_most = written.at_most.value;
        if !at_most.is_finite() || at_most < 0.0 {
            self.wrong(written.at_most.span, "there cannot be fewer than no calls").help =
                Some("such as `atMost: 1.2`".to_owned());
        }
        Some(Claim::Amplification {
            of: load.name.clone(),
            from: written.from.value.clone(),
            to: written.to.value.clone(),
            at_most,
        })
    }
}
