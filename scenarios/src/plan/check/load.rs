//! Checks of loads.

use std::time::Duration;

use indexmap::IndexMap;

use super::Checker;
use crate::plan::{Arrival, Load, Ramp, Service};
use crate::scenario::{self, Closed, Open};

impl Checker<'_> {
    pub(super) fn load_names(&mut self, written: &[scenario::Load]) {
        for (place, load) in written.iter().enumerate() {
            if written[..place].iter().any(|earlier| earlier.name.value == load.name.value) {
                self.wrong(load.name.place, format!("two loads are named `{}`", load.name));
            }
        }
    }

    pub(super) fn load(
        &mut self,
        written: &scenario::Load,
        services: &IndexMap<String, Service>,
    ) -> Option<Load> {
        let request = self.request(&written.request(), &format!("load `{}`", written.name), services);
        let arrival = self.arrival(written);
        let key = match &written.key {
            Some(path) => Some(self.json_path(path, path.place)?),
            None => None,
        };
        let (arrival, lasts) = arrival?;
        Some(Load { name: written.name.value.clone(), arrival, lasts, request: request?, key })
    }

    fn arrival(&mut self, written: &scenario::Load) -> Option<(Arrival, Duration)> {
        match (&written.closed, &written.open) {
            (Some(closed), None) => self.closed(written, closed),
            (None, Some(open)) => self.open(written, open),
            _ => {
                self.wrong(
                    written.name.place,
                    format!("load `{}` needs one model", written.name),
                )
                .help = Some(
                    "add `closed: {users: 10}` for users who wait, or `open: {rate: 100/s}` for a schedule"
                        .to_owned(),
                );
                None
            }
        }
    }

    fn closed(&mut self, written: &scenario::Load, closed: &Closed) -> Option<(Arrival, Duration)> {
        if closed.users.value == 0 {
            self.wrong(closed.users.place, "a load needs at least one user");
        }
        let think = (closed.think.from.0, closed.think.to.0);
        let lasts = self.end(written)?;
        Some((Arrival::Closed { users: closed.users.value, think }, lasts))
    }

    fn open(&mut self, written: &scenario::Load, open: &Open) -> Option<(Arrival, Duration)> {
        let rate = open.rate.value.per_second();
        if open.stages.is_empty() {
            if rate <= 0.0 {
                self.wrong(open.rate.place, "a load needs an arrival rate above zero");
            }
            let lasts = self.end(written)?;
            return Some((Arrival::Open { ramps: vec![Ramp { from: rate, to: rate, lasts }] }, lasts));
        }
        if written.lasts.is_some() {
            self.wrong(written.name.place, format!("load `{}` has `for` and stages", written.name)).help =
                Some("with stages, the load lasts as long as they do: leave `for` out".to_owned());
        }
        let mut from = rate;
        let ramps: Vec<Ramp> = open
            .stages
            .iter()
            .map(|stage| {
                let ramp = Ramp { from, to: stage.to.per_second(), lasts: stage.lasts.0 };
                from = ramp.to;
                ramp
            })
            .collect();
        let lasts = ramps.iter().map(|ramp| ramp.lasts).sum();
        Some((Arrival::Open { ramps }, lasts))
    }

    fn end(&mut self, written: &scenario::Load) -> Option<Duration> {
        let end = written.lasts.map(|lasts| lasts.0).filter(|lasts| !lasts.is_zero());
        if end.is_none() {
            self.wrong(written.name.place, format!("load `{}` has no end", written.name)).help =
                Some("say how long it lasts, such as `for: 30s`".to_owned());
        }
        end
    }
}
