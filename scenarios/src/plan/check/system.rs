//! Checks of a system.

use std::collections::BTreeMap;
use std::time::Duration;

use super::checker::{Checker, MOST_REPLICAS, MOST_UTILIZATION};
use super::launch_text::names_of;
use crate::plan::{
    InvalidServiceUrl, Placement, Probe, Program, Protocol, Rollout, Service, ServiceOnKubernetes,
    ServiceUrl, System,
};
use crate::source::{Located, Span};
use crate::system::{self, Autoscaler, StrategyKind};

const GRACE: Duration = Duration::from_secs(10);
const STARTS_WITHIN: Duration = Duration::from_secs(10);

impl Checker<'_> {
    pub(super) fn system(&mut self, written: &crate::SystemSpec) -> System {
        self.version(&written.version);
        self.file_name(written.name.span, "a system", &written.name);
        for name in written.services.keys() {
            self.file_name(None, "a service", name);
        }
        if written.services.is_empty() {
            self.wrong(None, "the system has no services").help =
                Some("add one under `services:`".to_owned());
        }
        let names: Vec<&str> = written.services.keys().map(String::as_str).collect();
        if let Some(entry) =
            written.entry.as_ref().filter(|entry| !names.contains(&entry.value.as_str()))
        {
            self.unknown(entry.span, "service", entry, &names);
        }
        self.ports(written);
        self.shared_files(written);
        self.dependency_circles(written);
        System {
            name: written.name.value.clone(),
            about: written.about.clone(),
            entry: written.entry.as_ref().map(|entry| entry.value.clone()),
            helpers: written.kubernetes.helpers.clone(),
            namespace: written.kubernetes.namespace.as_ref().map(|name| name.value.clone()),
            services: written
                .services
                .iter()
                .map(|(name, one)| {
                    let place = self.source.find_key(Span::START, "services");
                    let place = self.source.find_key(place.unwrap_or(Span::START), name);
                    let service = self.part(place, |part| part.service(name, one, written));
                    (name.clone(), service)
                })
                .collect(),
        }
    }

    fn service(
        &mut self,
        name: &str,
        written: &system::ServiceSpec,
        system: &crate::SystemSpec,
    ) -> Service {
        let names: Vec<&str> = system.services.keys().map(String::as_str).collect();
        let known = names_of(written, &system.services);
        for callee in written.calls.keys().filter(|callee| !names.contains(&callee.as_str())) {
            let what = format!("`{name}` calls `{callee}`, which is no service here");
            let diagnostic = self.source.wrong(self.place_of(callee), what);
            self.problems.push(diagnostic.help_choose(callee, &names));
        }
        self.callee_addresses(name, written);
        self.launch_texts(name, written, &known);
        self.named_ports(name, written);
        self.files(name, written);
        let program = self.program(name, written);
        let probes = self.probes(name, written, &known);
        // A startup probe has a replica restarted that takes longer than it allows.
        let by_probe = probes.startup.as_ref().map(Probe::longest_start);
        let starts_within = written.starts_within.map(|period| period.0).or(by_probe);
        let starts_within = starts_within.unwrap_or(STARTS_WITHIN);
        let spoken = match &program {
            Program::Running { url } => url.protocol(),
            _ => None,
        };
        Service {
            program,
            on_kubernetes: self.on_kubernetes(name, written),
            port: written.port.as_ref().map(|port| port.value),
            ports: written.ports.clone(),
            env: written.env.clone(),
            altered: BTreeMap::new(),
            files: written.files.clone(),
            calls: calls(written),
            depends_on: self.depends_on(name, written, &names),
            replicas: written.replicas.as_ref().map_or(1, |replicas| replicas.value),
            autoscaler: self.autoscaler(name, written),
            rollout: self.rollout(name, written),
            readiness: probes.readiness,
            liveness: probes.liveness,
            grace: written.termination_grace_period.map_or(GRACE, |period| period.0),
            protocol: written.protocol.or(spoken),
            states_start: written.starts_within.is_some() || probes.startup.is_some(),
            starts_within,
            startup: probes.startup,
            placement: Placement::default(),
            guards: written.guards.clone(),
        }
    }

    /// A process on this machine learns where its callees are by what is filled in alone.
    fn callee_addresses(&mut self, name: &str, written: &system::ServiceSpec) {
        let Some(command) = &written.command else { return };
        let texts =
            || command.value.iter().chain(written.env.values()).chain(written.files.values());
        let all = written.calls.values().filter_map(|call| call.env.as_ref());
        let variables: Vec<&String> = all.flat_map(|variables| variables.0.values()).collect();
        for callee in written.calls.iter().filter(|(_, call)| call.env.is_none()).map(|one| one.0) {
            let written = format!("${{calls.{callee}.");
            if texts().chain(variables.iter().copied()).any(|text| text.contains(&written)) {
                continue;
            }
            let place = self.place_of(callee);
            self.wrong(place, format!("`{name}` does not learn where `{callee}` is")).help =
                Some(format!(
                    "name the variable for its URL, `{callee}: {{env: VARIABLE}}`, or use \
                     `${{calls.{callee}.host}}` and `${{calls.{callee}.port}}` in `command`, `env` \
                     or `files`"
                ));
        }
    }

    fn on_kubernetes(&mut self, name: &str, written: &system::ServiceSpec) -> ServiceOnKubernetes {
        let Some(given) = &written.kubernetes else { return ServiceOnKubernetes::default() };
        if written.url.is_some() {
            self.wrong(given.span, format!("`{name}` has a url, so it is nothing on a cluster"))
                .help = Some("leave out `url` or `kubernetes`".to_owned());
        }
        let text = |text: &Option<Located<String>>| text.as_ref().map(|text| text.value.clone());
        let given = &given.value;
        ServiceOnKubernetes {
            namespace: text(&given.namespace),
            kind: given.kind,
            name: text(&given.name),
            selector: given.selector.clone(),
            container: text(&given.container),
            service: text(&given.service),
            port: text(&given.port),
        }
    }

    fn depends_on(
        &mut self,
        name: &str,
        written: &system::ServiceSpec,
        names: &[&str],
    ) -> Vec<String> {
        for other in &written.depends_on {
            if !names.contains(&other.value.as_str()) {
                self.unknown(other.span, "service", other, names);
            } else if written.url.is_some() {
                self.wrong(other.span, format!("`{name}` runs already, so it waits for nothing"));
            }
        }
        written.depends_on.iter().map(|other| other.value.clone()).collect()
    }

    /// A service that waits for itself, if only through others, would never start.
    fn dependency_circles(&mut self, written: &crate::SystemSpec) {
        for (name, service) in &written.services {
            let mut reached: Vec<&str> = Vec::new();
            let mut next: Vec<&Located<String>> = service.depends_on.iter().collect();
            while let Some(other) = next.pop() {
                if !reached.contains(&other.value.as_str()) {
                    reached.push(&other.value);
                    let further = written.services.get(&other.value);
                    next.extend(further.into_iter().flat_map(|further| &further.depends_on));
                }
            }
            if reached.contains(&name.as_str()) {
                // There is one: without any it could not have reached itself.
                let first = service.depends_on[0].span;
                self.wrong(first, format!("`{name}` depends on itself and would never start"))
                    .help = Some("take one of the services out of the circle".to_owned());
            }
        }
    }

    fn program(&mut self, name: &str, written: &system::ServiceSpec) -> Program {
        match (&written.command, &written.url) {
            (Some(command), None) => {
                let Some((program, args)) = command.value.split_first() else {
                    self.wrong(command.span, format!("the command of `{name}` is empty"));
                    return Program::Deployed;
                };
                Program::Command {
                    program: program.clone(),
                    args: args.to_vec(),
                    dir: written.dir.clone(),
                }
            }
            (None, Some(url)) => self.running(name, url, written.protocol),
            (Some(command), Some(_)) => {
                self.wrong(command.span, format!("`{name}` has a command and a url")).help = Some(
                    "a command starts it, a url says that it runs already: give one".to_owned(),
                );
                Program::Deployed
            }
            (None, None) => Program::Deployed,
        }
    }

    fn running(
        &mut self,
        name: &str,
        url: &Located<String>,
        protocol: Option<Protocol>,
    ) -> Program {
        let parsed: ServiceUrl = match url.value.parse() {
            Ok(parsed) => parsed,
            Err(bad) => {
                let bad: InvalidServiceUrl = bad;
                self.wrong(url.span, bad.to_string()).help = Some(bad.help().to_owned());
                return Program::Deployed;
            }
        };
        if let Some(protocol) = protocol.filter(|one| ![Protocol::Tls, Protocol::Tcp].contains(one))
            && parsed.protocol() == Some(Protocol::Tls)
        {
            let what = format!("`{name}` is reached by TLS, inside of which no {protocol} is seen");
            self.wrong(url.span, what).help = Some("leave `protocol` out".to_owned());
        }
        Program::Running { url: parsed }
    }

    fn autoscaler(&mut self, name: &str, written: &system::ServiceSpec) -> Option<Autoscaler> {
        let given = written.autoscaler.as_ref()?;
        let Autoscaler { min_replicas, max_replicas, average_utilization, sync_period, .. } =
            given.value;
        let objection = match () {
            () if written.url.is_some() => "runs already, so brunt cannot scale it",
            () if written.strategy.kind == StrategyKind::Recreate => "can have one replica only",
            () if min_replicas == 0 => "must have at least one replica",
            () if max_replicas < min_replicas => "has a `maxReplicas` below its `minReplicas`",
            () if max_replicas > MOST_REPLICAS => "cannot have more than 1000 replicas",
            () if average_utilization > MOST_UTILIZATION => {
                "cannot aim at more than 10000% of what it requests"
            }
            () if average_utilization == 0 => "cannot aim at a utilization of nothing",
            () if sync_period.0.is_zero() => "cannot be looked at all the time",
            () => return Some(given.value),
        };
        self.wrong(given.span, format!("`{name}` {objection}")).help = Some(
            "such as `autoscaler: {maxReplicas: 10, averageUtilization: 50, cpuRequest: 200m}`"
                .to_owned(),
        );
        None
    }

    fn rollout(&mut self, name: &str, written: &system::ServiceSpec) -> Rollout {
        let strategy = &written.strategy;
        let rollout = Rollout {
            kind: strategy.kind,
            max_surge: strategy.max_surge.unwrap_or(1),
            max_unavailable: strategy.max_unavailable.unwrap_or(0),
        };
        if rollout.kind == StrategyKind::RollingUpdate
            && rollout.max_surge == 0
            && rollout.max_unavailable == 0
        {
            self.wrong(None, format!("a rollout of `{name}` could never move")).help =
                Some("maxSurge and maxUnavailable cannot both be 0".to_owned());
        }
        if let Some(replicas) = &written.replicas {
            self.at_most_replicas(name, replicas);
        }
        if let Some(replicas) = &written.replicas
            && rollout.kind == StrategyKind::Recreate
            && replicas.value > 1
        {
            self.wrong(
                replicas.span,
                format!("`{name}` is replaced by Recreate and can have one replica only"),
            );
        }
        rollout
    }
}

/// Callee → variables with its address.
fn calls(written: &system::ServiceSpec) -> BTreeMap<String, BTreeMap<String, String>> {
    let variables = |call: &system::CalleeAddress| call.env.clone().unwrap_or_default().0;
    written.calls.iter().map(|(callee, call)| (callee.clone(), variables(call))).collect()
}
