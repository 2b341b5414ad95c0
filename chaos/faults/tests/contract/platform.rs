//! Faults that only a platform can inject, and how a target without one refuses them.

use std::collections::BTreeMap;

use brunt_faults::{FaultError, TargetError};
use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, Pick, PlatformFault};
use brunt_scenarios::scenario::ProbeKind;

use crate::recorded::Recorded;
use crate::{ALL, applied, effect, limits};

fn platform(fault: PlatformFault) -> FaultKind {
    FaultKind::Platform { service: "shop".to_owned(), fault }
}

fn nodes(fault: NodeFault) -> FaultKind {
    FaultKind::Nodes { which: NodePick::Of { service: "shop".to_owned(), pick: Pick::All }, fault }
}

fn env() -> BTreeMap<String, String> {
    BTreeMap::from([("A".to_owned(), "1".to_owned())])
}

#[tokio::test]
async fn faults_of_a_platform_that_last_are_undone_and_instant_ones_are_not() {
    let last = [
        PlatformFault::Remove,
        PlatformFault::SetEnv { env: env(), containers: vec![] },
        PlatformFault::SetConfig { name: "files".to_owned(), data: env() },
        PlatformFault::Probe { which: ProbeKind::Liveness, path: None },
        PlatformFault::Stress { pick: Pick::All, cpu: 1, memory: 8 },
    ];
    let instant = [
        PlatformFault::Evict(Pick::All),
        PlatformFault::KillContainer(Pick::All),
        PlatformFault::RollBack,
    ];
    for (fault, lasts) in
        last.into_iter().map(|fault| (fault, true)).chain(instant.map(|fault| (fault, false)))
    {
        let target = Recorded::of(2, 2);
        let injected = applied(&platform(fault.clone()), &target, ALL).await.unwrap();
        assert_eq!(injected.recover(&target).await.unwrap(), effect(2, &["shop"]), "{fault}");
        let mut wanted = vec![format!("{fault} shop [1, 2]")];
        wanted.extend(lasts.then(|| format!("undo {fault} shop")));
        assert_eq!(target.calls(), wanted);
    }
}

#[tokio::test]
async fn an_autoscaler_gets_its_own_limits_back() {
    let target = Recorded::of(2, 2).without_platform();
    let fault = PlatformFault::Autoscale { min: Some(1), max: Some(4), target: None };
    let injected = applied(&platform(fault), &target, ALL).await.unwrap();
    assert_eq!(injected.recover(&target).await.unwrap(), effect(1, &["shop"]));
    assert_eq!(target.calls(), ["autoscaler shop Some(1) Some(4) None", "restore autoscaler shop"]);
}

#[tokio::test]
async fn nodes_that_a_fault_takes_are_restored() {
    for fault in [NodeFault::Cordon, NodeFault::Drain, NodeFault::Outage] {
        let target = Recorded::of(2, 2);
        let injected = applied(&nodes(fault), &target, ALL).await.unwrap();
        assert_eq!(injected.recover(&target).await.unwrap(), effect(2, &["shop"]));
        let calls = target.calls();
        let names = ["node-1", "node-2"];
        assert!(calls[0].starts_with(&fault.to_string()) && calls[1].starts_with("restore"));
        assert!(calls.iter().all(|call| names.iter().all(|name| call.contains(name))), "{calls:?}");
    }
}

#[tokio::test]
async fn faults_of_a_platform_that_take_away_too_much_are_refused_before_anything_is_touched() {
    let target = Recorded::of(2, 2);
    let half = limits("50%");
    for kind in [
        platform(PlatformFault::Evict(Pick::All)),
        platform(PlatformFault::KillContainer(Pick::All)),
        platform(PlatformFault::Remove),
        nodes(NodeFault::Drain),
        nodes(NodeFault::Outage),
    ] {
        let error = applied(&kind, &target, half).await.unwrap_err();
        assert!(matches!(error, FaultError::ExceedsLimit { takes: 2, .. }), "{kind}: {error}");
    }
    assert_eq!(target.calls(), [""; 0]);
    // A cordon takes nothing away.
    applied(&nodes(NodeFault::Cordon), &target, half).await.unwrap().keep();
}

#[tokio::test]
async fn a_drain_that_is_blocked_is_never_wholly_in_force_and_is_recovered() {
    let target = Recorded::of(2, 2).keeping("the budget of shop lets none go");
    let drained = applied(&nodes(NodeFault::Drain), &target, ALL).await.unwrap();
    let why = drained.until_in_force(&target).await.unwrap_err().to_string();
    assert_eq!(why, "not all of it happened: the budget of shop lets none go");
    let _ = drained.recover(&target).await.unwrap();
    assert!(target.calls().last().unwrap().starts_with("restore"), "{:?}", target.calls());
    let outage = applied(&nodes(NodeFault::Outage), &target, ALL).await.unwrap();
    outage.until_in_force(&target).await.unwrap();
    outage.keep();
}

#[tokio::test]
async fn a_target_without_a_platform_says_where_the_fault_is_possible() {
    let target = Recorded::of(2, 2).without_platform();
    let refusal = async |kind: FaultKind| {
        let error = applied(&kind, &target, ALL).await.unwrap_err();
        assert!(matches!(error, FaultError::Target(TargetError::NotHere { .. })), "{error}");
        error.to_string()
    };
    let instead = "is not possible on this target: run the scenario by --on kubernetes";
    assert_eq!(
        refusal(platform(PlatformFault::Remove)).await,
        format!("`delete the workload of shop` {instead}")
    );
    assert_eq!(
        refusal(nodes(NodeFault::Drain)).await,
        format!("`a fault of all nodes of shop` {instead}")
    );
    assert_eq!(target.calls(), [""; 0]);
}

#[tokio::test]
async fn a_target_whose_processes_cannot_be_frozen_says_what_comes_close() {
    let target = Recorded::of(2, 2).without_processes();
    let pause = FaultKind::Pause { service: "shop".to_owned(), pick: Pick::All };
    let error = applied(&pause, &target, ALL).await.unwrap_err();
    assert!(matches!(error, FaultError::Target(TargetError::NotHere { .. })), "{error}");
    assert!(error.to_string().contains("`stress` slows it down"), "{error}");
    assert_eq!(target.calls(), [""; 0]);
}
