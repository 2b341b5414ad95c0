//! Checks of probes.

use super::checker::Checker;
use crate::plan::launch_text::LaunchNames;
use crate::plan::{LaunchScope, Probe, ProbeAction};
use crate::system::{HttpGet, ProbeSpec, ServiceSpec};

/// How probes ask.
const ACTIONS: &str = "such as `httpGet: {path: /ready}`, `tcpSocket: {}`, `exec: {command: […]}` \
                       or `grpc: {}`";

/// The probes of a service.
#[derive(Debug, Default)]
pub(super) struct Probes {
    pub(super) readiness: Option<Probe>,
    pub(super) liveness: Option<Probe>,
    pub(super) startup: Option<Probe>,
}

impl Checker<'_> {
    pub(super) fn probes(
        &mut self,
        name: &str,
        written: &ServiceSpec,
        names: &LaunchNames<'_>,
    ) -> Probes {
        let mut probe = |key: &str, probe: &Option<ProbeSpec>| {
            let probe = probe.as_ref()?;
            let place = self.place_of_key(key);
            self.part(place, |part| {
                if key != "readinessProbe" && probe.success_threshold.value != 1 {
                    let what = format!("`{name}`: the successThreshold of a {key} is always 1");
                    part.wrong(probe.success_threshold.span, what).help =
                        Some("leave it out".to_owned());
                }
                part.probe(name, key, probe, names)
            })
        };
        Probes {
            readiness: probe("readinessProbe", &written.readiness_probe),
            liveness: probe("livenessProbe", &written.liveness_probe),
            startup: probe("startupProbe", &written.startup_probe),
        }
    }

    fn probe(
        &mut self,
        name: &str,
        key: &str,
        written: &ProbeSpec,
        names: &LaunchNames<'_>,
    ) -> Option<Probe> {
        let exec = written.exec.as_ref();
        let actions = [
            written.http_get.clone().map(ProbeAction::HttpGet),
            written.tcp_socket.clone().map(ProbeAction::TcpSocket),
            exec.map(|exec| ProbeAction::Exec(exec.command.value.clone())),
            written.grpc.clone().map(ProbeAction::Grpc),
        ];
        let mut given = actions.into_iter().flatten();
        let (Some(action), None) = (given.next(), given.next()) else {
            self.wrong(None, format!("`{name}`: a {key} asks in exactly one way")).help =
                Some(ACTIONS.to_owned());
            return None;
        };
        match &action {
            ProbeAction::HttpGet(get) => self.http_get(name, get),
            ProbeAction::Exec(command) if command.is_empty() => {
                let span = exec.map(|exec| exec.command.span);
                self.wrong(span, format!("`{name}`: the command of its {key} is empty"));
            }
            ProbeAction::Exec(command) => {
                for text in command {
                    self.launch_text(name, text, LaunchScope::PROGRAM, names);
                }
            }
            ProbeAction::TcpSocket(_) | ProbeAction::Grpc(_) => {}
        }
        Some(Probe {
            action,
            initial_delay_seconds: written.initial_delay_seconds,
            period_seconds: written.period_seconds,
            timeout_seconds: written.timeout_seconds,
            success_threshold: written.success_threshold.value,
            failure_threshold: written.failure_threshold,
        })
    }

    fn http_get(&mut self, name: &str, get: &HttpGet) {
        if !get.path.starts_with('/') || get.path.contains(char::is_whitespace) {
            let place = self.place_of(&get.path);
            let what = format!("`{name}`: a probe cannot ask for the path `{}`", get.path);
            self.wrong(place, what).help = Some("write it like /ready".to_owned());
        }
        for header in &get.http_headers {
            let is_token =
                |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
            let is_name = !header.name.is_empty() && header.name.chars().all(is_token);
            if !is_name || header.value.contains(char::is_control) {
                let what = format!("`{name}`: `{}` is no header that can be sent", header.name);
                self.wrong(header.name.span, what).help =
                    Some("such as `{name: Authorization, value: Bearer abc}`".to_owned());
            }
        }
    }
}
