//! What faults do to a target, and that they undo it. The target here only records its calls.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod platform;
mod recorded;

use std::time::Duration;

use brunt_faults::{
    Effect, FaultError, InjectedFault, Limits, TargetError, inject, inject_where, with_causes,
};
use brunt_scenarios::plan::{EdgeFault, FaultKind, Pick, ReplicaFilter};
use brunt_scenarios::units::Percent;
use recorded::Recorded;

fn limits(share: &str) -> Limits {
    Limits { max_unavailable: share.parse().unwrap() }
}

const ALL: Limits = Limits { max_unavailable: Percent::ALL };

async fn applied(
    kind: &FaultKind,
    target: &Recorded,
    limits: Limits,
) -> Result<InjectedFault, FaultError> {
    inject(kind, target, &limits, &mut fastrand::Rng::with_seed(7)).await
}

fn kill(services: &[&str], pick: Pick) -> FaultKind {
    FaultKind::Kill {
        services: services.iter().map(|name| (*name).to_owned()).collect(),
        pick,
        grace: Duration::ZERO,
    }
}

fn scale(replicas: u32) -> FaultKind {
    FaultKind::Scale { service: "shop".to_owned(), replicas }
}

fn effect(hits: u64, services: &[&str]) -> Effect {
    let services = services.iter().map(|name| (*name).to_owned()).collect();
    Effect { hits, services }
}

#[tokio::test]
async fn a_kill_hits_one_or_all_replicas_and_has_nothing_to_undo() {
    let target = Recorded::of(3, 3);
    let one = applied(&kill(&["shop"], Pick::One), &target, ALL).await.unwrap();
    assert_eq!(one.recover(&target).await.unwrap(), effect(1, &["shop"]));
    let all = applied(&kill(&["shop"], Pick::All), &target, ALL).await.unwrap();
    assert_eq!(all.keep(), effect(3, &["shop"]));
    let calls = target.calls();
    assert_eq!(calls[1..], ["kill shop [1, 2, 3] 0ns"]);
    assert!(["[1]", "[2]", "[3]"].iter().any(|one| calls[0] == format!("kill shop {one} 0ns")));
}

#[tokio::test]
async fn a_kill_of_one_among_several_services_draws_the_service_each_time() {
    let target = Recorded::of(1, 1);
    let mut rng = fastrand::Rng::with_seed(1);
    let mut hit = std::collections::BTreeSet::new();
    for _ in 0..40 {
        let kind = kill(&["shop", "stock", "empty"], Pick::One);
        hit.extend(inject(&kind, &target, &ALL, &mut rng).await.unwrap().keep().services);
    }
    assert_eq!(hit.into_iter().collect::<Vec<_>>(), ["shop", "stock"]);
}

#[tokio::test]
async fn replicas_are_picked_among_the_selected_and_limits_count_all_of_them() {
    let target = Recorded::of(4, 4);
    let zone =
        |name: &str| ReplicaFilter { zone: Some(name.to_owned()), ..ReplicaFilter::default() };
    let hit = async |only: &ReplicaFilter, pick, limits: &Limits| {
        let kind = kill(&["shop"], pick);
        inject_where(&kind, only, &target, limits, &mut fastrand::Rng::with_seed(7))
            .await
            .map(InjectedFault::keep)
    };
    assert_eq!(hit(&zone("zone-1"), Pick::All, &limits("25%")).await.unwrap().hits, 1);
    assert_eq!(hit(&zone("zone-2"), Pick::Number(2), &ALL).await.unwrap().hits, 2);
    let calls = target.calls();
    assert_eq!(calls[0], "kill shop [1] 0ns");
    assert!(!calls[1].contains('1'), "{calls:?}");
    let refused = hit(&zone("zone-2"), Pick::All, &limits("50%")).await.unwrap_err();
    assert!(matches!(refused, FaultError::ExceedsLimit { takes: 3, wanted: 4, .. }), "{refused}");
    let nobody = hit(&zone("zone-9"), Pick::All, &ALL).await.unwrap_err();
    assert!(matches!(nobody, FaultError::NothingToHit { .. }), "{nobody}");
}

#[tokio::test]
async fn a_stopped_service_is_started_and_a_paused_one_resumed() {
    let target = Recorded::of(2, 2);
    let service = "shop".to_owned();
    let grace = Some(Duration::from_secs(1));
    let stop = FaultKind::Stop { service: service.clone(), grace };
    let stop = applied(&stop, &target, ALL).await.unwrap();
    assert_eq!(stop.effect(), &effect(2, &["shop"]));
    stop.until_in_force(&target).await.unwrap();
    stop.recover(&target).await.unwrap();
    let pause = FaultKind::Pause { service, pick: Pick::All };
    applied(&pause, &target, ALL).await.unwrap().recover(&target).await.unwrap();
    let wanted = [
        "stop shop Some(1s)",
        "until stopped shop Some(1s)",
        "start shop",
        "pause shop [1, 2]",
        "resume shop [1, 2]",
    ];
    assert_eq!(target.calls(), wanted);
}

#[tokio::test]
async fn scaling_is_undone_unless_another_party_has_scaled_meanwhile() {
    let target = Recorded::of(2, 2);
    let up = applied(&scale(5), &target, ALL).await.unwrap();
    assert_eq!(up.recover(&target).await.unwrap(), effect(3, &["shop"]));
    let down = applied(&scale(1), &target, ALL).await.unwrap();
    target.want(4);
    let drift = down.recover(&target).await.unwrap_err();
    assert!(matches!(drift, FaultError::Drift { set: 1, found: 4, .. }), "{drift}");
    assert_eq!(target.calls(), ["scale shop 5", "scale shop 2", "scale shop 1"]);
}

#[tokio::test]
async fn an_edge_fault_that_is_recovered_counts_the_requests_that_met_it() {
    let target = Recorded::of(1, 1);
    let kind =
        FaultKind::Edge { from: "shop".to_owned(), to: "stock".to_owned(), fault: EdgeFault::Cut };
    let cut = applied(&kind, &target, ALL).await.unwrap();
    assert_eq!(cut.effect().hits, 0);
    assert_eq!(cut.recover(&target).await.unwrap(), effect(42, &["shop", "stock"]));
    assert_eq!(target.calls(), ["fault shop stock cut", "recover shop stock 9"]);
}

#[tokio::test]
async fn a_fault_beyond_the_limit_is_refused_before_anything_is_touched() {
    let half = limits("50%");
    let both_up = Recorded::of(2, 2);
    let service = || "shop".to_owned();
    let refused = [
        kill(&["shop"], Pick::All),
        FaultKind::Stop { service: service(), grace: None },
        FaultKind::Pause { service: service(), pick: Pick::All },
        scale(0),
    ];
    for kind in refused {
        let error = applied(&kind, &both_up, half).await.unwrap_err();
        assert!(
            matches!(error, FaultError::ExceedsLimit { takes: 2, wanted: 2, away: 0, .. }),
            "{kind}: {error}"
        );
    }
    assert_eq!(both_up.calls(), [""; 0]);
    applied(&kill(&["shop"], Pick::One), &both_up, half).await.unwrap().keep();
    applied(&scale(1), &both_up, half).await.unwrap().keep();
}

#[tokio::test]
async fn replicas_that_are_away_already_count_towards_the_limit() {
    let one_away = Recorded::of(2, 1);
    let stop = FaultKind::Stop { service: "shop".to_owned(), grace: None };
    let error = applied(&stop, &one_away, limits("50%")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "it would take away 1 of the 2 replicas of shop while 1 are away already; maxUnavailable \
         is 50%"
    );
    applied(&stop, &one_away, ALL).await.unwrap().keep();
}

#[tokio::test]
async fn a_limit_of_a_third_allows_one_replica_of_three() {
    let target = Recorded::of(3, 3);
    applied(&kill(&["shop"], Pick::One), &target, limits("33.333333333333%")).await.unwrap().keep();
}

#[tokio::test]
async fn a_fault_of_a_service_without_replicas_has_nothing_to_hit() {
    let target = Recorded::of(0, 0);
    let error = applied(&kill(&["shop", "empty"], Pick::One), &target, ALL).await.unwrap_err();
    assert_eq!(error.to_string(), "no replica of shop, empty runs, so there is nothing to hit");
    let error = applied(&FaultKind::Rollout { service: "shop".to_owned() }, &target, ALL)
        .await
        .unwrap_err();
    assert!(matches!(error, FaultError::NothingToHit { .. }), "{error}");
}

#[tokio::test]
async fn make_zombie_fails_when_the_replica_refuses_the_request() {
    let target = Recorded::of(1, 1);
    let zombie =
        |path: &str| FaultKind::MakeZombie { service: "shop".to_owned(), path: path.to_owned() };
    let made = applied(&zombie("/makeZombie"), &target, ALL).await.unwrap();
    assert_eq!(made.keep(), effect(1, &["shop"]));
    let error = applied(&zombie("/nowhere"), &target, ALL).await.unwrap_err();
    assert!(matches!(error, FaultError::Target(TargetError::Unanswered { .. })));
    let message = "replica 1 of shop: GET /nowhere was answered with 404";
    assert_eq!(with_causes(&error), message);
}

#[tokio::test]
async fn a_rollout_with_recreate_takes_all_replicas_away() {
    let target = Recorded::of(1, 1).recreating();
    let rollout = FaultKind::Rollout { service: "shop".to_owned() };
    let error = applied(&rollout, &target, limits("50%")).await.unwrap_err();
    assert!(matches!(error, FaultError::ExceedsLimit { takes: 1, .. }), "{error}");
    assert_eq!(applied(&rollout, &target, ALL).await.unwrap().keep(), effect(1, &["shop"]));
}
