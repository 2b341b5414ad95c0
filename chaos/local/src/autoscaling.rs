//! How many replicas an autoscaler wants, by Kubernetes' rules. Pure: it is told what is used and
//! when.

use std::collections::VecDeque;
use std::time::Duration;

use brunt_scenarios::system::Autoscaler;

/// So near to the aim nothing is done.
const TOLERANCE: f64 = 0.1;

/// An autoscaler and what it remembers.
#[derive(Debug)]
pub(crate) struct Autoscaling {
    pub(crate) settings: Autoscaler,
    /// What it would have wanted, and when, over the stabilization window.
    wanted: VecDeque<(Duration, u32)>,
}

impl Autoscaling {
    pub(crate) fn new(settings: Autoscaler) -> Self {
        Self { settings, wanted: VecDeque::new() }
    }

    /// How many there should be from now on. `now` counts from any fixed moment; `there` are wanted
    /// up to now, and those of them that are ready used so many processors together: one that is
    /// not ready counts as using nothing.
    pub(crate) fn decide(&mut self, now: Duration, there: u32, used: f64) -> u32 {
        let Autoscaler { min_replicas, max_replicas, stabilization_window, .. } = self.settings;
        let aim = self.settings.cpu_request.cores() * f64::from(self.settings.average_utilization)
            / 100.0;
        let ratio = used / aim / f64::from(there.max(1));
        let desired = match (ratio - 1.0).abs() <= TOLERANCE {
            true => there,
            false => (used / aim).ceil() as u32,
        };
        self.wanted.retain(|(at, _)| now.saturating_sub(*at) <= stabilization_window.0);
        self.wanted.push_back((now, desired));
        let most = (2 * there).max(there + 4);
        let lately = self.wanted.iter().map(|(_, wanted)| *wanted).max().unwrap_or(desired);
        let next = if desired > there { desired.min(most) } else { lately.min(there) };
        next.clamp(min_replicas, max_replicas.max(min_replicas))
    }
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::units::{Cpu, Period};

    use super::*;

    /// The README's: one to ten replicas, half of 200m.
    fn autoscaling() -> Autoscaling {
        Autoscaling::new(Autoscaler {
            min_replicas: 1,
            max_replicas: 10,
            average_utilization: 50,
            cpu_request: Cpu::millis(200),
            sync_period: Period(Duration::from_secs(15)),
            stabilization_window: Period(Duration::from_secs(60)),
        })
    }

    /// What it decides at each look, 15 s apart, if so much is used.
    fn decides(used: &[f64]) -> Vec<u32> {
        let mut autoscaling = autoscaling();
        let mut there = 1;
        let looks = used.iter().zip(0..);
        let decide = |(used, look): (&f64, u64)| {
            there = autoscaling.decide(Duration::from_secs(15 * look), there, *used);
            there
        };
        looks.map(decide).collect()
    }

    #[test]
    fn it_wants_what_brings_the_utilization_to_the_aim() {
        assert_eq!(decides(&[0.1]), [1]);
        assert_eq!(decides(&[0.15]), [2]);
        assert_eq!(decides(&[0.35, 0.35]), [4, 4]);
    }

    #[test]
    fn near_the_aim_it_does_nothing() {
        assert_eq!(decides(&[0.109]), [1]);
        assert_eq!(decides(&[0.111]), [2]);
        assert_eq!(decides(&[0.35, 0.43, 0.45]), [4, 4, 5]);
    }

    #[test]
    fn it_adds_four_or_doubles_and_stays_within_its_limits() {
        assert_eq!(decides(&[5.0, 5.0, 5.0]), [5, 10, 10]);
        let mut many = autoscaling();
        many.settings.max_replicas = 100;
        assert_eq!(
            [1, 5, 10, 20].map(|there| many.decide(Duration::ZERO, there, 50.0)),
            [5, 10, 20, 40]
        );
    }

    #[test]
    fn fewer_must_have_been_enough_for_a_while() {
        assert_eq!(decides(&[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]), [5, 5, 5, 5, 5, 1]);
        assert_eq!(decides(&[0.5, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.1]), [5, 5, 5, 5, 5, 3, 3, 3]);
    }

    #[test]
    fn limits_that_change_hold_from_the_next_look_on() {
        let mut autoscaling = autoscaling();
        autoscaling.settings.max_replicas = 2;
        assert_eq!(autoscaling.decide(Duration::ZERO, 5, 0.5), 2);
        autoscaling.settings.min_replicas = 3;
        assert_eq!(autoscaling.decide(Duration::from_secs(15), 2, 0.5), 3);
    }
}
