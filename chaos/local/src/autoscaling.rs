//! How many replicas an autoscaler wants, by the rules of Kubernetes' HorizontalPodAutoscaler.
//! Pure: usage and time are arguments.

use std::collections::VecDeque;
use std::time::Duration;

use brunt_scenarios::system::Autoscaler;

/// The share by which usage may differ from the target without a change; Kubernetes' default.
const TOLERANCE: f64 = 0.1;

/// An autoscaler's settings and history.
#[derive(Debug)]
pub(crate) struct Autoscaling {
    pub(crate) settings: Autoscaler,
    /// How many replicas it would have wanted, and when, over the stabilization window: it scales
    /// down to the highest of them.
    wanted: VecDeque<(Duration, u32)>,
}

impl Autoscaling {
    pub(crate) fn new(settings: Autoscaler) -> Self {
        Self { settings, wanted: VecDeque::new() }
    }

    /// How many replicas there should be from now on. `now` counts from any fixed moment. `current`
    /// replicas are wanted up to now, and those of them that are ready used `used` processors
    /// together: one that is not ready counts as using nothing.
    pub(crate) fn decide(&mut self, now: Duration, current: u32, used: f64) -> u32 {
        let Autoscaler { min_replicas, max_replicas, stabilization_window, .. } = self.settings;
        let target = self.settings.cpu_request.cores()
            * f64::from(self.settings.average_utilization)
            / 100.0;
        let ratio = used / target / f64::from(current.max(1));
        let desired = match (ratio - 1.0).abs() <= TOLERANCE {
            true => current,
            false => (used / target).ceil() as u32,
        };
        self.wanted.retain(|(at, _)| now.saturating_sub(*at) <= stabilization_window.0);
        self.wanted.push_back((now, desired));
        // Kubernetes' default policies for scaling up: double, or four more, whichever is more.
        let most = (2 * current).max(current + 4);
        let lately = self.wanted.iter().map(|(_, wanted)| *wanted).max().unwrap_or(desired);
        let next = if desired > current { desired.min(most) } else { lately.min(current) };
        // A fault may have set a minimum above the maximum, which clamp would not survive.
        next.clamp(min_replicas, max_replicas.max(min_replicas))
    }
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::units::{Cpu, Period};

    use super::*;

    /// One to ten replicas, at half of 200m.
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

    /// The decisions at looks that are 15 s apart, when this many processors are used.
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
    fn the_autoscaler_wants_as_many_replicas_as_bring_the_utilization_to_the_target() {
        assert_eq!(decides(&[0.1]), [1]);
        assert_eq!(decides(&[0.15]), [2]);
        assert_eq!(decides(&[0.35, 0.35]), [4, 4]);
    }

    #[test]
    fn within_the_tolerance_it_changes_nothing() {
        assert_eq!(decides(&[0.109]), [1]);
        assert_eq!(decides(&[0.111]), [2]);
        assert_eq!(decides(&[0.35, 0.43, 0.45]), [4, 4, 5]);
    }

    #[test]
    fn the_autoscaler_adds_four_or_doubles_and_keeps_within_its_limits() {
        assert_eq!(decides(&[5.0, 5.0, 5.0]), [5, 10, 10]);
        let mut many = autoscaling();
        many.settings.max_replicas = 100;
        assert_eq!(
            [1, 5, 10, 20].map(|there| many.decide(Duration::ZERO, there, 50.0)),
            [5, 10, 20, 40]
        );
    }

    #[test]
    fn the_autoscaler_scales_down_to_the_most_that_was_wanted_in_the_stabilization_window() {
        assert_eq!(decides(&[0.5, 0.1, 0.1, 0.1, 0.1, 0.1]), [5, 5, 5, 5, 5, 1]);
        assert_eq!(decides(&[0.5, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.1]), [5, 5, 5, 5, 5, 3, 3, 3]);
    }

    #[test]
    fn changed_limits_apply_from_the_next_look_on() {
        let mut autoscaling = autoscaling();
        autoscaling.settings.max_replicas = 2;
        assert_eq!(autoscaling.decide(Duration::ZERO, 5, 0.5), 2);
        autoscaling.settings.min_replicas = 3;
        assert_eq!(autoscaling.decide(Duration::from_secs(15), 2, 0.5), 3);
    }
}
