//! Checks of a system.

use std::collections::BTreeMap;
use std::time::Duration;

use super::checker::Checker;
use crate::plan::{Placement, Program, Rollout, Service, ServiceOnKubernetes, System};
use crate::source::{Located, Span, nearest};
use crate::system::{self, Autoscaler, StrategyKind};

/// What is filled in when a service starts.
const FILLED_IN: [&str; 2] = ["port", "data"];

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
                    let service = self.part(place, |part| part.service(name, one, &names));
                    (name.clone(), service)
                })
                .collect(),
        }
    }

    fn ports(&mut self, written: &crate::SystemSpec) {
        let ports: Vec<(&String, &Located<u16>)> = written
            .services
            .iter()
            .filter_map(|(name, one)| one.port.as_ref().map(|port| (name, port)))
            .collect();
        for (index, (name, port)) in ports.iter().enumerate() {
            if let Some((other, _)) =
                ports[..index].iter().find(|(_, earlier)| earlier.value == port.value)
            {
                self.wrong(port.span, format!("`{name}` and `{other}` have the same port {port}"));
            }
        }
    }

    fn service(&mut self, name: &str, written: &system::ServiceSpec, names: &[&str]) -> Service {
        for callee in written.calls.keys().filter(|callee| !names.contains(&callee.as_str())) {
            let what = format!("`{name}` calls `{callee}`, which is no service here");
            let diagnostic = self.source.wrong(self.place_of(callee), what);
            self.problems.push(diagnostic.help_choose(callee, names));
        }
        self.callee_addresses(name, written);
        self.filled_in(name, written);
        Service {
            program: self.program(name, written),
            on_kubernetes: self.on_kubernetes(name, written),
            port: written.port.as_ref().map(|port| port.value),
            env: written.env.clone(),
            altered: BTreeMap::new(),
            calls: written
                .calls
                .iter()
                .map(|(callee, call)| (callee.clone(), call.env.clone()))
                .collect(),
            depends_on: self.depends_on(name, written, names),
            replicas: written.replicas.as_ref().map_or(1, |replicas| replicas.value),
            autoscaler: self.autoscaler(name, written),
            rollout: self.rollout(name, written),
            readiness: written.readiness_probe.clone(),
            liveness: written.liveness_probe.clone(),
            grace: written.termination_grace_period.map_or(GRACE, |period| period.0),
            protocol: written.protocol,
            starts_within: written.starts_within.map_or(STARTS_WITHIN, |period| period.0),
            states_start: written.starts_within.is_some(),
            placement: Placement::default(),
            guards: written.guards.clone(),
        }
    }

    /// A process on this machine learns where its callees are by its environment alone.
    fn callee_addresses(&mut self, name: &str, written: &system::ServiceSpec) {
        if written.command.is_none() {
            return;
        }
        for (callee, _) in written.calls.iter().filter(|(_, call)| call.env.is_none()) {
            let place = self.place_of(callee);
            self.wrong(place, format!("`{name}` does not learn where `{callee}` is")).help =
                Some(format!("name the variable for its URL: `{callee}: {{env: VARIABLE}}`"));
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
                let first = service.depends_on[0].span;
                self.wrong(first, format!("`{name}` depends on itself and would never start"))
                    .help = Some("take one of the services out of the circle".to_owned());
            }
        }
    }

    /// A program may have placeholders of its own, so only what is nearly one of brunt's is wrong.
    fn filled_in(&mut self, name: &str, written: &system::ServiceSpec) {
        let command = written.command.iter().flat_map(|command| &command.value);
        for text in command.chain(written.env.values()) {
            self.no_secret(name, text);
            for (unknown, _) in text.split("${").skip(1).filter_map(|rest| rest.split_once('}')) {
                let near = nearest(unknown, &FILLED_IN).filter(|near| *near != unknown);
                let Some(near) = near else { continue };
                let place = self.place_of(&format!("${{{unknown}}}"));
                self.wrong(place, format!("`{name}`: nothing is filled in for ${{{unknown}}}"))
                    .help = Some(format!("did you mean `${{{near}}}`?"));
            }
        }
    }

    fn program(&mut self, name: &str, written: &system::ServiceSpec) -> Program {
        match (&written.command, &written.url) {
            (Some(command), None) => {
                let Some((program, args)) = command.value.split_first() else {
                    self.wrong(command.span, format!("the command of `{name}` is empty"));
                    return Program::Running { url: String::new() };
                };
                Program::Command {
                    program: program.clone(),
                    args: args.to_vec(),
                    dir: written.dir.clone(),
                }
            }
            (None, Some(url)) => {
                if !url.starts_with("http://") {
                    self.wrong(url.span, format!("`{url}` is not a URL that starts with http://"));
                }
                Program::Running { url: url.value.trim_end_matches('/').to_owned() }
            }
            (Some(command), Some(_)) => {
                self.wrong(command.span, format!("`{name}` has a command and a url")).help = Some(
                    "a command starts it, a url says that it runs already: give one".to_owned(),
                );
                Program::Running { url: String::new() }
            }
            (None, None) => Program::Deployed,
        }
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
            && rollout.max_surge + rollout.max_unavailable == 0
        {
            self.wrong(None, format!("a rollout of `{name}` could never move")).help =
                Some("maxSurge and maxUnavailable cannot both be 0".to_owned());
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
