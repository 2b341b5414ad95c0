//! Checks of faults.

mod byte_fault;
mod kind;
mod pick;
mod platform;

use std::time::Duration;

use super::checker::Checker;
use crate::plan::{Fault, Service, System};
use crate::scenario;

/// More applications of one fault than anybody means.
const MOST: usize = 10_000;

/// Whether a kind of fault has a length.
enum Length {
    /// It must be undone, so it has one.
    Needed,
    /// It happens at once.
    None,
    /// With `for` or without it.
    Optional,
}

impl Checker<'_> {
    /// Counts the replicas that services can have while a scenario lasts.
    pub(super) fn count_replicas(&mut self, written: &scenario::Scenario, system: &System) {
        let most = |(name, service): (&String, &Service)| {
            Some((name.clone(), pick::most_replicas(written, name, service)?))
        };
        self.most_replicas = system.services.iter().filter_map(most).collect();
    }

    pub(super) fn faults(
        &mut self,
        written: &[scenario::FaultSpec],
        system: &System,
        load_ends: Duration,
    ) -> Vec<Fault> {
        let mut faults: Vec<Fault> =
            written.iter().filter_map(|fault| self.fault(fault, system, load_ends)).collect();
        faults.sort_by_key(|fault| fault.at.first().copied());
        faults
    }

    fn fault(
        &mut self,
        written: &scenario::FaultSpec,
        system: &System,
        load_ends: Duration,
    ) -> Option<Fault> {
        let (kind, length) = self.fault_kind(written, system)?;
        match (&length, &written.lasts) {
            (Length::Needed, None) => {
                self.wrong(written.at.span, format!("the fault `{kind}` has no end")).help = Some(
                    "say how long it lasts, such as `for: 10s`; undoing it is implied".to_owned(),
                );
            }
            (Length::None, Some(lasts)) => {
                self.wrong(
                    lasts.span,
                    format!("the fault `{kind}` happens at once and has no `for`"),
                );
            }
            _ => {}
        }
        // Without a load there is no end that a fault could miss: steps alone are enough.
        if written.at.value.0 >= load_ends && !load_ends.is_zero() {
            let ends = crate::units::Period(load_ends);
            self.wrong(
                written.at.span,
                format!("the fault `{kind}` comes after the load's end at {ends}"),
            )
            .help = Some(
                "a fault without load hits nothing: move it, or let the load last longer"
                    .to_owned(),
            );
        }
        let at = self.times(written, load_ends);
        let only = written.only.clone().unwrap_or_default();
        if written.only.is_some() && (only.is_any() || !kind.picks()) {
            let objection = match only.is_any() {
                true => "`where` says nothing".to_owned(),
                false => format!("the fault `{kind}` picks no replicas, so there is no `where`"),
            };
            self.wrong(written.at.span, objection).help = Some(
                "such as `where: {zone: zone-1}` beside kill, pause, makeZombie, evict, \
                    killContainer or stress"
                    .to_owned(),
            );
        }
        Some(Fault { kind, at, lasts: written.lasts.as_ref().map(|lasts| lasts.value.0), only })
    }

    fn times(&mut self, written: &scenario::FaultSpec, load_ends: Duration) -> Vec<Duration> {
        let first = written.at.value.0;
        let Some(every) = &written.every else {
            if let Some(until) = &written.until {
                self.wrong(until.span, "`until` needs `every`");
            }
            return vec![first];
        };
        let lasts = written.lasts.as_ref().map_or(Duration::ZERO, |lasts| lasts.value.0);
        if every.value.0 <= lasts {
            self.wrong(every.span, "the fault would begin again before it has ended").help =
                Some("`every` must be longer than `for`, and not zero".to_owned());
            return vec![first];
        }
        if let Some(until) = written.until.as_ref().filter(|until| until.value.0 <= first) {
            self.wrong(until.span, "the fault would end before it begins").help =
                Some("`until` must be later than `at`".to_owned());
        }
        let until = written.until.as_ref().map_or(load_ends, |until| until.value.0);
        let times = std::iter::successors(Some(first), |at| Some(*at + every.value.0));
        // The first time always stays: without a load, `until` is zero unless it is given.
        let times = times.take_while(|at| *at < until || *at == first);
        let times: Vec<Duration> = times.take(MOST + 1).collect();
        if times.len() > MOST {
            self.wrong(every.span, format!("the fault would come more than {MOST} times")).help =
                Some("make `every` longer, or let it end earlier by `until`".to_owned());
        }
        times
    }
}
