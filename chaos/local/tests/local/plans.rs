//! Systems of the test server.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use brunt_local::{Options, Ports};
use brunt_scenarios::plan::{
    Placement, Probe, ProbeAction, Program, Rollout, Service, ServiceOnKubernetes, StrategyKind,
    System,
};
use brunt_scenarios::system::{HelperPods, HttpGet};

/// A service of one replica with a readiness probe.
pub fn service() -> Service {
    Service {
        program: Program::Command { program: "brunt".to_owned(), args: vec![], dir: None },
        on_kubernetes: ServiceOnKubernetes::default(),
        port: None,
        ports: [].into(),
        env: BTreeMap::new(),
        altered: BTreeMap::new(),
        protocol: None,
        files: BTreeMap::new(),
        calls: BTreeMap::new(),
        replicas: 1,
        autoscaler: None,
        rollout: Rollout { kind: StrategyKind::RollingUpdate, max_surge: 1, max_unavailable: 0 },
        readiness: Some(probe("/ready")),
        liveness: None,
        startup: None,
        grace: Duration::from_secs(5),
        depends_on: vec![],
        starts_within: Duration::from_secs(10),
        states_start: false,
        placement: Placement::default(),
        guards: BTreeMap::new(),
    }
}

pub fn behaving(mut service: Service, behaviour: &str) -> Service {
    service.env.insert("BEHAVIOUR".to_owned(), behaviour.to_owned());
    service
}

pub fn probe(path: &str) -> Probe {
    Probe {
        action: ProbeAction::HttpGet(HttpGet { path: path.to_owned(), ..HttpGet::default() }),
        initial_delay_seconds: 0,
        period_seconds: 1,
        timeout_seconds: 1,
        success_threshold: 1,
        failure_threshold: 2,
    }
}

pub fn system<const N: usize>(services: [(&str, Service); N]) -> System {
    let services = services.into_iter().map(|(name, service)| (name.to_owned(), service));
    System {
        name: "test".to_owned(),
        about: None,
        entry: None,
        namespace: None,
        helpers: HelperPods::default(),
        services: services.collect(),
    }
}

pub fn options(server: &Path, folder: &Path) -> Options {
    Options {
        fresh: false,
        data: folder.join("data"),
        logs: folder.join("logs"),
        base: folder.to_owned(),
        ports: Ports::Free,
        this_program: server.to_owned(),
        reaper: None,
    }
}
