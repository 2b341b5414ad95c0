//! Steps for given replicas, and whole rollouts simulated.

use super::*;

fn rolling(max_surge: u32, max_unavailable: u32) -> Rollout {
    Rollout { kind: StrategyKind::RollingUpdate, max_surge, max_unavailable }
}

const RECREATE: Rollout =
    Rollout { kind: StrategyKind::Recreate, max_surge: 0, max_unavailable: 0 };

/// Replicas numbered from 1: `o`, `O` old, `n`, `N` new, capital when ready; `x` old and stopping.
fn view(wanted: usize, rollout: Rollout, replicas: &str) -> ServiceView {
    let replica = |(number, letter): (u32, char)| ReplicaView {
        number,
        revision: if "oOx".contains(letter) { 1 } else { 2 },
        stage: match letter {
            'x' => ReplicaStage::Stopping,
            letter if letter.is_uppercase() => ReplicaStage::Ready,
            _ => ReplicaStage::NotReady,
        },
    };
    ServiceView {
        wanted,
        revision: 2,
        rollout,
        replicas: (1..).zip(replicas.chars()).map(replica).collect(),
    }
}

fn steps(wanted: usize, rollout: Rollout, replicas: &str) -> (usize, Vec<u32>) {
    let ReconcileSteps { start, stop } = view(wanted, rollout, replicas).steps();
    (start, stop)
}

#[test]
fn missing_replicas_are_started_and_stopping_ones_do_not_count() {
    assert_eq!(steps(2, rolling(1, 0), ""), (2, vec![]));
    assert_eq!(steps(2, rolling(1, 0), "Nx"), (1, vec![]));
    assert_eq!(steps(2, rolling(1, 0), "NN"), (0, vec![]));
}

#[test]
fn of_too_many_replicas_those_not_ready_stop_first_and_then_the_youngest() {
    assert_eq!(steps(1, rolling(1, 0), "NnN"), (0, vec![2, 3]));
    assert_eq!(steps(0, rolling(1, 0), "NN"), (0, vec![2, 1]));
}

#[test]
fn with_surge_a_new_replica_is_ready_before_an_old_one_stops() {
    let surge = rolling(1, 0);
    assert_eq!(steps(2, surge, "OO"), (1, vec![]));
    assert_eq!(steps(2, surge, "OOn"), (0, vec![]));
    assert_eq!(steps(2, surge, "OON"), (0, vec![1]));
    assert_eq!(steps(2, surge, "xON"), (1, vec![]));
    assert_eq!(steps(2, surge, "xONN"), (0, vec![2]));
}

#[test]
fn with_max_unavailable_an_old_replica_stops_before_a_new_one_starts() {
    let unavailable = rolling(0, 1);
    assert_eq!(steps(2, unavailable, "OO"), (0, vec![1]));
    assert_eq!(steps(2, unavailable, "xO"), (1, vec![]));
    assert_eq!(steps(2, unavailable, "xOn"), (0, vec![]));
    assert_eq!(steps(2, unavailable, "xON"), (0, vec![2]));
}

#[test]
fn old_replicas_that_are_not_ready_stop_at_once() {
    assert_eq!(steps(2, rolling(1, 0), "Oo"), (1, vec![]));
    assert_eq!(steps(2, rolling(1, 1), "Oo"), (1, vec![2]));
}

#[test]
fn recreate_starts_nothing_until_all_old_replicas_are_gone() {
    assert_eq!(steps(1, RECREATE, "O"), (0, vec![1]));
    assert_eq!(steps(1, RECREATE, "x"), (0, vec![]));
    assert_eq!(steps(1, RECREATE, ""), (1, vec![]));
}

/// Simulates a rollout in which each new replica is ready at once, and each stopping one is gone at
/// once; returns the lowest number of ready replicas and the highest number of all.
fn simulate(wanted: usize, rollout: Rollout) -> (usize, usize) {
    let mut view = view(wanted, rollout, &"O".repeat(wanted));
    let (mut fewest_ready, mut most) = (wanted, wanted);
    for _ in 0..100 {
        if view.is_rolled_out() {
            return (fewest_ready, most);
        }
        let steps = view.steps();
        view.replicas.retain(|replica| !steps.stop.contains(&replica.number));
        let last = view.replicas.iter().map(|replica| replica.number).max().unwrap_or(100);
        for replica in &mut view.replicas {
            replica.stage = ReplicaStage::Ready;
        }
        view.replicas.extend((1..).take(steps.start).map(|n| ReplicaView {
            number: last + n,
            revision: 2,
            stage: ReplicaStage::NotReady,
        }));
        let ready = view.replicas.iter().filter(|replica| replica.stage == ReplicaStage::Ready);
        fewest_ready = fewest_ready.min(ready.count());
        most = most.max(view.replicas.len());
    }
    panic!("{wanted} with {rollout:?} never ends: {view:?}");
}

#[test]
fn every_rollout_ends_and_keeps_within_surge_and_max_unavailable() {
    for wanted in 1..8 {
        for (surge, unavailable) in [(1, 0), (0, 1), (1, 1), (3, 0), (2, 2)] {
            let (fewest_ready, most) = simulate(wanted, rolling(surge, unavailable));
            assert!(fewest_ready + unavailable as usize >= wanted);
            assert!(most <= wanted + surge as usize);
        }
    }
    assert_eq!(simulate(1, RECREATE), (0, 1));
}
