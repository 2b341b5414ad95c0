//! Checks of what an autoscaler must do.

use super::Checker;
use crate::bounds;
use crate::plan::{Claim, System};
use crate::scenario::{self, Within};

impl Checker<'_> {
    pub(super) fn hpa(&mut self, written: &scenario::Hpa, system: &System) -> Option<Claim> {
        if !self.known_service(&written.service, &system.services) {
            return None;
        }
        let service = &system.services[&written.service.value];
        let reaches = written.reaches.value;
        let Some(autoscaler) = service.autoscaler else {
            self.wrong(written.service.place, format!("`{}` has no autoscaler", written.service)).help =
                Some("add `autoscaler` in the system file".to_owned());
            return None;
        };
        let (fewest, most) = (autoscaler.min_replicas.max(service.replicas), autoscaler.max_replicas);
        if reaches <= fewest || reaches > most {
            self.wrong(
                written.reaches.place,
                format!("`{}` has {fewest} replicas from the start and {most} at the most", written.service),
            )
            .help = Some("say a number that only scaling reaches".to_owned());
        }
        let within = match written.within {
            Within::Period(period) => period.0,
            Within::Auto => bounds::scales_out(service, &autoscaler, reaches),
        };
        Some(Claim::Hpa { service: written.service.value.clone(), reaches, within })
    }
}
