//! Checks of loads.

use std::time::Duration;

use super::checker::Checker;
use super::load_context::LoadContext;
use crate::plan::{Arrival, Load, Ramp, Threshold};
use crate::scenario::{self, ClosedSpec, OpenSpec};
use crate::source::Located;

/// More users than one machine has memory and ports for.
const MOST_USERS: u32 = 1_000_000;

/// More arrivals in a second than one machine can send; their timetable would fill its memory.
const MOST_ARRIVALS: f64 = 10_000_000.0;

impl Checker<'_> {
    pub(super) fn load_names(&mut self, written: &[scenario::LoadSpec]) {
        for (index, load) in written.iter().enumerate() {
            self.shown_name(&load.name, "a load");
            if written[..index].iter().any(|earlier| earlier.name.value == load.name.value) {
                self.wrong(load.name.span, format!("two loads are named `{}`", load.name));
            }
        }
    }

    pub(super) fn load(
        &mut self,
        written: &scenario::LoadSpec,
        context: &LoadContext<'_>,
    ) -> Option<Load> {
        self.part(written.name.span, |part| part.load_here(written, context))
    }

    fn load_here(
        &mut self,
        written: &scenario::LoadSpec,
        context: &LoadContext<'_>,
    ) -> Option<Load> {
        let feeds = self.feeds(&written.feeds);
        let context = LoadContext { definitions: self.definitions(written), ..context.clone() };
        let work = self.work(written, &context, &feeds);
        let arrival = self.arrival(written);
        let thresholds = self.thresholds(&written.thresholds);
        let (arrival, lasts) = arrival?;
        let warm_up = self.warm_up(written, lasts);
        Some(Load {
            name: written.name.value.clone(),
            arrival,
            lasts,
            warm_up,
            work: work?,
            feeds,
            thresholds,
        })
    }

    pub(super) fn thresholds(&mut self, written: &[Located<String>]) -> Vec<Threshold> {
        let mut thresholds = Vec::new();
        for text in written {
            match text.parse::<Threshold>() {
                Ok(threshold) => thresholds.push(threshold),
                Err(why) => {
                    self.wrong(text.span, why.to_string());
                }
            }
        }
        thresholds
    }

    fn warm_up(&mut self, written: &scenario::LoadSpec, lasts: Duration) -> Duration {
        let Some(warm_up) = &written.warm_up else {
            return Duration::ZERO;
        };
        if warm_up.value.0 >= lasts {
            self.wrong(
                warm_up.span,
                format!("load `{}` is over before it is warm", written.name),
            )
            .help = Some(
                "`warmUp` is the first part of the load's time, and must be shorter".to_owned(),
            );
        }
        warm_up.value.0
    }

    fn arrival(&mut self, written: &scenario::LoadSpec) -> Option<(Arrival, Duration)> {
        match (&written.closed, &written.open) {
            (Some(closed), None) => self.closed(written, closed),
            (None, Some(open)) => self.open(written, open),
            _ => {
                self.wrong(written.name.span, format!("load `{}` needs one model", written.name))
                    .help = Some(
                    "add `closed: {users: 10}` for users who wait, or `open: {rate: 100/s}` for a \
                     schedule"
                        .to_owned(),
                );
                None
            }
        }
    }

    fn closed(
        &mut self,
        written: &scenario::LoadSpec,
        closed: &ClosedSpec,
    ) -> Option<(Arrival, Duration)> {
        if closed.users.value == 0 {
            self.wrong(closed.users.span, "a load needs at least one user");
        }
        if closed.users.value > MOST_USERS {
            let what = format!("{} users are more than one machine can be", closed.users);
            self.wrong(closed.users.span, what).help =
                Some(format!("at most {MOST_USERS}; arrivals need no users: `open: {{rate: …}}`"));
        }
        let think = (closed.think.from.0, closed.think.to.0);
        let lasts = self.end(written)?;
        Some((Arrival::Closed { users: closed.users.value, think }, lasts))
    }

    fn open(
        &mut self,
        written: &scenario::LoadSpec,
        open: &OpenSpec,
    ) -> Option<(Arrival, Duration)> {
        let rate = open.rate.value.per_second();
        let rates = open.stages.iter().map(|stage| stage.to).chain([open.rate.value]);
        if let Some(rate) = rates.into_iter().find(|rate| rate.per_second() > MOST_ARRIVALS) {
            self.wrong(open.rate.span, format!("{rate} is more than any machine sends")).help =
                Some(format!("at most {MOST_ARRIVALS}/s"));
        }
        if open.stages.is_empty() {
            if rate <= 0.0 {
                self.wrong(open.rate.span, "a load needs an arrival rate above zero");
            }
            let lasts = self.end(written)?;
            return Some((
                Arrival::Open { ramps: vec![Ramp { from: rate, to: rate, lasts }] },
                lasts,
            ));
        }
        if written.lasts.is_some() {
            self.wrong(
                written.name.span,
                format!("load `{}` has `for` and stages", written.name),
            )
            .help =
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
        let lasts: Duration = ramps.iter().map(|ramp| ramp.lasts).sum();
        if lasts.is_zero() {
            self.wrong(written.name.span, format!("load `{}` has no end", written.name)).help =
                Some("a stage at least must last, such as `{to: 50/s, for: 30s}`".to_owned());
        } else if ramps.iter().all(|ramp| ramp.from.max(ramp.to) <= 0.0) {
            self.wrong(open.rate.span, "a load needs an arrival rate above zero").help =
                Some("the rate, or that of a stage: `stages: [{to: 50/s, for: 30s}]`".to_owned());
        }
        Some((Arrival::Open { ramps }, lasts))
    }

    fn end(&mut self, written: &scenario::LoadSpec) -> Option<Duration> {
        let end = written.lasts.map(|lasts| lasts.0).filter(|lasts| !lasts.is_zero());
        if end.is_none() {
            self.wrong(written.name.span, format!("load `{}` has no end", written.name)).help =
                Some("say how long it lasts, such as `for: 30s`".to_owned());
        }
        end
    }
}
