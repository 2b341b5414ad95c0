//! Tables of what to do, and whole rollouts played through.

use super::*;

fn rolling(max_surge: u32, max_unavailable: u32) -> Rollout {
    Rollout { kind: StrategyKind::RollingUpdate, max_surge, max_unavailable }
}

const RECREATE: Rollout =
    Rollout { kind: StrategyKind::Recreate, max_surge: 0, max_unavailable: 0 };

/// Replicas numbered from 1: `o`, `O` old, `n`, `N` new, capital when ready; `x` old and leaving.
fn view(wanted: usize, rollout: Rollout, replicas: &str) -> View {
    let seen = |(number, letter): (u32, char)| Seen {
        number,
        revision: if "oOx".contains(letter) { 1 } else { 2 },
        stage: match letter {
            'x' => Stage::Leaving,
            letter if letter.is_uppercase() => Stage::Ready,
            _ => Stage::NotReady,
        },
    };
    View { wanted, revision: 2, rollout, replicas: (1..).zip(replicas.chars()).map(seen).collect() }
}

fn steps(wanted: usize, rollout: Rollout, replicas: &str) -> (usize, Vec<u32>) {
    let Steps { start, end } = view(wanted, rollout, replicas).steps();
    (start, end)
}

#[test]
fn missing_ones_are_started_and_leaving_ones_do_not_count() {
    assert_eq!(steps(2, rolling(1, 0), ""), (2, vec![]));
    assert_eq!(steps(2, rolling(1, 0), "Nx"), (1, vec![]));
    assert_eq!(steps(2, rolling(1, 0), "NN"), (0, vec![]));
}

#[test]
fn too_many_go_the_unready_first_then_the_youngest() {
    assert_eq!(steps(1, rolling(1, 0), "NnN"), (0, vec![2, 3]));
    assert_eq!(steps(0, rolling(1, 0), "NN"), (0, vec![2, 1]));
}

#[test]
fn with_surge_a_new_one_is_ready_before_an_old_one_goes() {
    let surge = rolling(1, 0);
    assert_eq!(steps(2, surge, "OO"), (1, vec![]));
    assert_eq!(steps(2, surge, "OOn"), (0, vec![]));
    assert_eq!(steps(2, surge, "OON"), (0, vec![1]));
    assert_eq!(steps(2, surge, "xON"), (1, vec![]));
    assert_eq!(steps(2, surge, "xONN"), (0, vec![2]));
}

#[test]
fn with_unavailable_an_old_one_goes_first() {
    let unavailable = rolling(0, 1);
    assert_eq!(steps(2, unavailable, "OO"), (0, vec![1]));
    assert_eq!(steps(2, unavailable, "xO"), (1, vec![]));
    assert_eq!(steps(2, unavailable, "xOn"), (0, vec![]));
    assert_eq!(steps(2, unavailable, "xON"), (0, vec![2]));
}

#[test]
fn old_ones_that_are_not_ready_go_at_once() {
    assert_eq!(steps(2, rolling(1, 0), "Oo"), (1, vec![]));
    assert_eq!(steps(2, rolling(1, 1), "Oo"), (1, vec![2]));
}

#[test]
fn recreate_waits_until_everything_old_has_gone() {
    assert_eq!(steps(1, RECREATE, "O"), (0, vec![1]));
    assert_eq!(steps(1, RECREATE, "x"), (0, vec![]));
    assert_eq!(steps(1, RECREATE, ""), (1, vec![]));
}

/// Plays a rollout in which each new replica turns ready at once, and each leaving one goes at
/// once; returns the lowest number of ready ones and the highest of all.
fn play(wanted: usize, rollout: Rollout) -> (usize, usize) {
    let mut view = view(wanted, rollout, &"O".repeat(wanted));
    let (mut fewest_ready, mut most) = (wanted, wanted);
    for _ in 0..100 {
        if view.is_rolled_out() {
            return (fewest_ready, most);
        }
        let steps = view.steps();
        view.replicas.retain(|seen| !steps.end.contains(&seen.number));
        let last = view.replicas.iter().map(|seen| seen.number).max().unwrap_or(100);
        for seen in &mut view.replicas {
            seen.stage = Stage::Ready;
        }
        view.replicas.extend((1..).take(steps.start).map(|n| Seen {
            number: last + n,
            revision: 2,
            stage: Stage::NotReady,
        }));
        let ready = view.replicas.iter().filter(|seen| seen.stage == Stage::Ready);
        fewest_ready = fewest_ready.min(ready.count());
        most = most.max(view.replicas.len());
    }
    panic!("{wanted} with {rollout:?} never ends: {view:?}");
}

#[test]
fn rollouts_end_and_keep_their_limits() {
    for wanted in 1..8 {
        for (surge, unavailable) in [(1, 0), (0, 1), (1, 1), (3, 0), (2, 2)] {
            let (fewest_ready, most) = play(wanted, rolling(surge, unavailable));
            assert!(fewest_ready + unavailable as usize >= wanted);
            assert!(most <= wanted + surge as usize);
        }
    }
    assert_eq!(play(1, RECREATE), (0, 1));
}
