//! Results of probes in a row. Pure.

use brunt_scenarios::plan::Probe;

/// What a probe has found up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProbeState {
    Succeeding,
    Failing,
}

/// Counts results in a row: as many successes or failures as the threshold says change the state.
#[derive(Debug)]
pub(crate) struct Streak {
    state: ProbeState,
    against: u32,
    success_threshold: u32,
    failure_threshold: u32,
}

impl Streak {
    /// Begins in this state.
    pub(crate) fn new(probe: &Probe, state: ProbeState) -> Self {
        Self {
            state,
            against: 0,
            success_threshold: probe.success_threshold,
            failure_threshold: probe.failure_threshold,
        }
    }

    /// Returns the new state if this result changes it.
    pub(crate) fn add(&mut self, success: bool) -> Option<ProbeState> {
        let (found, threshold) = match success {
            true => (ProbeState::Succeeding, self.success_threshold),
            false => (ProbeState::Failing, self.failure_threshold),
        };
        if found == self.state {
            self.against = 0;
            return None;
        }
        self.against += 1;
        if self.against < threshold {
            return None;
        }
        self.state = found;
        self.against = 0;
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brunt_scenarios::plan::ProbeAction;
    use brunt_scenarios::system::TcpSocket;

    fn probe(success_threshold: u32, failure_threshold: u32) -> Probe {
        Probe {
            action: ProbeAction::TcpSocket(TcpSocket::default()),
            initial_delay_seconds: 0,
            period_seconds: 1,
            timeout_seconds: 1,
            success_threshold,
            failure_threshold,
        }
    }

    fn turns(streak: &mut Streak, results: &str) -> Vec<(usize, ProbeState)> {
        results
            .chars()
            .enumerate()
            .filter_map(|(at, result)| Some((at, streak.add(result == '+')?)))
            .collect()
    }

    #[test]
    fn a_probe_fails_after_as_many_failures_in_a_row_as_its_threshold() {
        let mut streak = Streak::new(&probe(1, 3), ProbeState::Succeeding);
        assert_eq!(turns(&mut streak, "--+--+---"), [(8, ProbeState::Failing)]);
        assert_eq!(turns(&mut streak, "--+"), [(2, ProbeState::Succeeding)]);
    }

    #[test]
    fn a_probe_succeeds_after_as_many_successes_in_a_row_as_its_threshold() {
        let mut streak = Streak::new(&probe(2, 1), ProbeState::Failing);
        let wanted = [(4, ProbeState::Succeeding), (5, ProbeState::Failing)];
        assert_eq!(turns(&mut streak, "-+-++-"), wanted);
    }
}
