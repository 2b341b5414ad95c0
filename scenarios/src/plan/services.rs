//! The system, checked: every service can be started or reached, every call goes to a service that
//! exists.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use indexmap::IndexMap;

use super::probe::Probe;
use super::service_url::ServiceUrl;
use crate::system::{
    Autoscaler, Guard, HelperPods, NamedPort, Protocol, StrategyKind, WorkloadKind,
};

/// A system that can be started.
#[derive(Debug, Clone)]
pub struct System {
    /// The system's name, which folders and namespaces are called by.
    pub name: String,
    /// What it is, for people.
    pub about: Option<String>,
    /// The service by which its users come in, if it says so.
    pub entry: Option<String>,
    /// Its namespace on a cluster, if the system file names one.
    pub namespace: Option<String>,
    /// What the pods that brunt itself adds to a cluster get there.
    pub helpers: HelperPods,
    /// Its services, in the order in which they start.
    pub services: IndexMap<String, Service>,
}

/// A service that can be started, or that runs already.
#[derive(Debug, Clone)]
pub struct Service {
    /// How it comes to run.
    pub program: Program,
    /// What it is on a cluster, as far as the system file says it.
    pub on_kubernetes: ServiceOnKubernetes,
    /// The port on which `brunt up` offers it; any free one unless given.
    pub port: Option<u16>,
    /// Its further ports, by name.
    pub ports: IndexMap<String, NamedPort>,
    /// What its callers speak with it; `None` when it is found out for each connection.
    pub protocol: Option<Protocol>,
    /// Environment variables, still to be filled in ([`super::fill_in`]).
    pub env: BTreeMap<String, String>,
    /// Those of them that the scenario or a proof sets: on a cluster, where the others are the
    /// manifest's, these alone are set.
    pub altered: BTreeMap<String, String>,
    /// Files for the system's data folder, path → text, both still to be filled in.
    pub files: BTreeMap<String, String>,
    /// Callee → environment variables with its address, still to be filled in; none where only a
    /// cluster's manifests say where calls go.
    pub calls: BTreeMap<String, BTreeMap<String, String>>,
    /// The services that must be ready before it is started for the first time.
    pub depends_on: Vec<String>,
    /// How many replicas.
    pub replicas: u32,
    /// What decides how many there are once they run.
    pub autoscaler: Option<Autoscaler>,
    /// How a new version replaces the old one.
    pub rollout: Rollout,
    /// When a replica may be sent requests.
    pub readiness: Option<Probe>,
    /// When a replica must be restarted.
    pub liveness: Option<Probe>,
    /// When a replica has started, and the other probes begin.
    pub startup: Option<Probe>,
    /// From SIGTERM to SIGKILL.
    pub grace: Duration,
    /// From a replica's start until it listens, at most.
    pub starts_within: Duration,
    /// Whether the system file says so; a common value is taken otherwise.
    pub states_start: bool,
    /// What protects its replicas from what happens to nodes.
    pub placement: Placement,
    /// What can be taken away.
    pub guards: BTreeMap<String, Guard>,
}

impl System {
    /// The services' names, each after those that it depends on, and otherwise in the
    /// order of the file.
    pub fn start_order(&self) -> Vec<&str> {
        let mut order = Vec::new();
        for name in self.services.keys() {
            self.add_in_order(name, &mut order, &mut Vec::new());
        }
        order
    }

    /// Whether a request to a service may lead to another one, by what each says that it calls;
    /// each leads to itself.
    pub fn reaches(&self, from: &str, to: &str) -> bool {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(one) = next.pop() {
            if seen.insert(one) {
                let calls = self.services.get(one).map(|service| service.calls.keys());
                next.extend(calls.into_iter().flatten().map(String::as_str));
            }
        }
        seen.contains(to)
    }

    /// The first of its services that cannot be started on this machine: it has no command.
    pub fn only_deployed(&self) -> Option<&str> {
        let is = |service: &Service| service.program == Program::Deployed;
        self.services.iter().find(|(_, service)| is(service)).map(|(name, _)| name.as_str())
    }

    /// `above` are the services that led here: a circle ends there.
    fn add_in_order<'s>(&'s self, name: &str, order: &mut Vec<&'s str>, above: &mut Vec<&'s str>) {
        let Some((name, service)) = self.services.get_key_value(name) else { return };
        if order.contains(&name.as_str()) || above.contains(&name.as_str()) {
            return;
        }
        above.push(name);
        for other in &service.depends_on {
            self.add_in_order(other, order, above);
        }
        above.pop();
        order.push(name);
    }
}

/// What protects a service's replicas from what happens to nodes. Taken for granted until a cluster
/// says otherwise; processes on one machine have none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// They are spread over nodes.
    pub spread: bool,
    /// A disruption budget says how many may be evicted at a time.
    pub budget: bool,
}

impl Default for Placement {
    fn default() -> Self {
        Self { spread: true, budget: true }
    }
}

/// How a service comes to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// Started as a process.
    Command {
        /// The program; `brunt` means this very one.
        program: String,
        /// Its arguments, still to be filled in.
        args: Vec<String>,
        /// The folder to start in, relative to the system file.
        dir: Option<String>,
    },
    /// Deployed on a cluster, and nothing that could be started on this machine.
    Deployed,
    /// Runs already, at this URL. Calls to it can be broken, and nothing else of it.
    Running {
        /// Its base URL.
        url: ServiceUrl,
    },
}

/// What a service is on a cluster. What is `None` or empty is found by the service's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceOnKubernetes {
    /// The namespace that it is in; `None` for the system's.
    pub namespace: Option<String>,
    /// The kind of its workload.
    pub kind: Option<WorkloadKind>,
    /// The name of its workload.
    pub name: Option<String>,
    /// Labels that the pods of its workload have.
    pub selector: BTreeMap<String, String>,
    /// The container of its pods that is the service.
    pub container: Option<String>,
    /// The Service by which it is called.
    pub service: Option<String>,
    /// The port of that Service, or without a Service of the container: its name or number.
    pub port: Option<String>,
}

/// How a new version replaces the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollout {
    /// Which of Kubernetes' update strategies applies.
    pub kind: StrategyKind,
    /// How many replicas there may be beyond the wanted number.
    pub max_surge: u32,
    /// How many replicas may be missing.
    pub max_unavailable: u32,
}

impl Service {
    /// Sets environment variables over those of the system file.
    pub(crate) fn alter(&mut self, variables: &BTreeMap<String, String>) {
        self.env.extend(variables.clone());
        self.altered.extend(variables.clone());
    }

    /// Whether brunt may break it: it starts it, or finds it on the cluster.
    pub fn is_ours(&self) -> bool {
        !matches!(self.program, Program::Running { .. })
    }
}
