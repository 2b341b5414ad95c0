//! Faults of connections and their bytes.

use std::num::NonZeroU64;

use super::super::checker::Checker;
use super::kind::Kind;
use crate::plan::{ByteScope, Delay, EdgeDirection, EdgeFault, Pick, System};
use crate::scenario;
use crate::source::Located;
use crate::units::{Percent, Spread};

impl Checker<'_> {
    pub(super) fn byte_fault_kinds(
        &mut self,
        written: &scenario::FaultSpec,
        system: &System,
    ) -> [Option<Kind>; 6] {
        [
            written.latency.as_ref().map(|one| self.edge_latency(one, system)),
            written.bandwidth.as_ref().map(|one| self.bandwidth(one, system)),
            written.slow_close.as_ref().map(|one| {
                let scope = self.scope(one.direction, one.percent.as_ref());
                self.some_delay(&one.delay);
                let fault = EdgeFault::SlowClose { delay: one.delay.value, scope };
                self.edge(&one.from, &one.to, fault, system)
            }),
            written.limit_data.as_ref().map(|one| {
                let scope = self.scope(one.direction, one.percent.as_ref());
                let fault = EdgeFault::LimitData { bytes: one.bytes, scope };
                self.edge(&one.from, &one.to, fault, system)
            }),
            written.slice.as_ref().map(|one| self.slice(one, system)),
            written.corrupt.as_ref().map(|one| self.corrupt(one, system)),
        ]
    }

    /// A delay that may be longer than nothing.
    pub(super) fn some_delay(&mut self, delay: &Located<Spread>) {
        if delay.to.0.is_zero() {
            self.wrong(delay.span, "a `delay` of 0s changes nothing").help =
                Some("such as `delay: 100ms`".to_owned());
        }
    }

    fn edge_latency(&mut self, one: &scenario::LatencyFaultSpec, system: &System) -> Kind {
        let is_range = one.delay.from != one.delay.to;
        if one.jitter.is_some() && is_range {
            self.wrong(one.delay.span, "a delay is a range, or has a jitter").help =
                Some("such as `delay: 80ms..120ms`, or `delay: 100ms, jitter: 20ms`".to_owned());
        }
        if let Some(distribution) = &one.distribution
            && one.jitter.is_none()
        {
            self.wrong(distribution.span, "a distribution needs a `jitter`").help =
                Some("such as `jitter: 20ms, distribution: normal`".to_owned());
        }
        let callee = std::slice::from_ref(&one.to);
        let pick = self.pick_of(one.pick.as_ref(), callee).unwrap_or(Pick::All);
        if let Some(written) = &one.pick
            && pick != Pick::All
            && one.direction != EdgeDirection::Reply
        {
            self.wrong(written.span, "`pick` goes with the replies of replicas").help =
                Some("leave out `pick` or `direction`".to_owned());
        }
        if one.jitter.is_none() {
            self.some_delay(&one.delay);
        }
        let delay = match one.jitter {
            None => Delay::Between(one.delay.value),
            Some(jitter) => Delay::Around {
                mean: one.delay.from.0,
                jitter: jitter.0,
                distribution: one.distribution.as_ref().map(|one| one.value).unwrap_or_default(),
            },
        };
        let scope = self.scope(one.direction, one.percent.as_ref());
        self.edge(&one.from, &one.to, EdgeFault::Latency { delay, pick, scope }, system)
    }

    fn bandwidth(&mut self, one: &scenario::BandwidthSpec, system: &System) -> Kind {
        let bytes_per_second = self.at_least_one(
            &one.bytes_per_second,
            "a bandwidth of 0 lets nothing through",
            "write at least 1, or use the fault `halfOpen`",
        );
        let scope = self.scope(one.direction, one.percent.as_ref());
        self.edge(&one.from, &one.to, EdgeFault::Bandwidth { bytes_per_second, scope }, system)
    }

    fn slice(&mut self, one: &scenario::SliceSpec, system: &System) -> Kind {
        let what = "a piece of 0 bytes lets nothing through";
        let size = self.at_least_one(&one.size, what, "write at least 1");
        if one.variation >= size.get() {
            let what = format!("pieces of {size} bytes cannot vary by {} bytes", one.variation);
            self.wrong(one.size.span, what).help =
                Some(format!("`variation` is at most {}", size.get() - 1));
        }
        let scope = self.scope(one.direction, one.percent.as_ref());
        let fault = EdgeFault::Slice { size, variation: one.variation, delay: one.delay, scope };
        self.edge(&one.from, &one.to, fault, system)
    }

    fn corrupt(&mut self, one: &scenario::CorruptSpec, system: &System) -> Kind {
        let rate = one.rate.fraction();
        if rate <= 0.0 {
            self.wrong(one.rate.span, "a `rate` of 0% changes nothing").help =
                Some("such as `rate: 0.01%`".to_owned());
        }
        let scope = self.scope(one.direction, one.percent.as_ref());
        self.edge(&one.from, &one.to, EdgeFault::Corrupt { rate, scope }, system)
    }

    fn at_least_one(&mut self, written: &Located<u64>, what: &str, help: &str) -> NonZeroU64 {
        // In place of a wrong number, one that lets the other checks go on.
        NonZeroU64::new(written.value).unwrap_or_else(|| {
            self.wrong(written.span, what).help = Some(help.to_owned());
            NonZeroU64::MIN
        })
    }

    fn scope(&mut self, direction: EdgeDirection, percent: Option<&Located<Percent>>) -> ByteScope {
        ByteScope { direction, share: self.share(percent) }
    }

    /// Which share of requests or connections a fault between services hits.
    pub(super) fn share(&mut self, percent: Option<&Located<Percent>>) -> f64 {
        let share = percent.map_or(1.0, |percent| percent.fraction());
        if let Some(percent) = percent.filter(|_| share == 0.0) {
            self.wrong(percent.span, "a `percent` of 0% hits nothing").help =
                Some("leave it out to hit everything".to_owned());
        }
        share
    }
}
