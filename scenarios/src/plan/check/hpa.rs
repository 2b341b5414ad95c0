//! Checks of what an autoscaler must do.

use super::Checker;
use super::expectation::Known;
use crate::bounds;
use crate::plan::{Claim, System};
use crate::scenario::{self, TimeLimit};
use crate::source::Located;

impl Checker<'_> {
    pub(super) fn hpa(&mut self, written: &scenario::HpaSpec, known: &Known<'_>) -> Vec<Claim> {
        let out = self.scales_out(written, known.system);
        let back =
            written.returns_after.as_ref().and_then(|load| self.scales_in(written, load, known));
        out.into_iter().chain(back).collect()
    }

    fn scales_in(
        &mut self,
        written: &scenario::HpaSpec,
        load: &Located<String>,
        known: &Known<'_>,
    ) -> Option<Claim> {
        let load = self.known_load(load, known)?;
        let service = known.system.services.get(&written.service.value)?;
        let autoscaler = service.autoscaler?;
        Some(Claim::ScalesIn {
            service: written.service.value.clone(),
            to: autoscaler.min_replicas,
            from: load.lasts,
            within: bounds::scales_in(&autoscaler) + service.grace,
        })
    }

    fn scales_out(&mut self, written: &scenario::HpaSpec, system: &System) -> Option<Claim> {
        if !self.known_service(&written.service, &system.services) {
            return None;
        }
        let service = &system.services[&written.service.value];
        let reaches = written.reaches.value;
        let Some(autoscaler) = service.autoscaler else {
            self.wrong(written.service.span, format!("`{}` has no autoscaler", written.service))
                .help = Some("add `autoscaler` in the system file".to_owned());
            return None;
        };
        let (fewest, most) =
            (autoscaler.min_replicas.max(service.replicas), autoscaler.max_replicas);
        if reaches <= fewest || reaches > most {
            self.wrong(
                written.reaches.span,
                format!(
                    "`{}` has {fewest} replicas from the start and {most} at the most",
                    written.service
                ),
            )
            .help = Some("say a number that only scaling reaches".to_owned());
        }
        let within = match written.within {
            TimeLimit::Period(period) => period.0,
            TimeLimit::Auto => bounds::scales_out(service, &autoscaler, reaches),
        };
        Some(Claim::Hpa { service: written.service.value.clone(), reaches, within })
    }
}
