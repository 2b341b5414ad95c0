//! Texts with values that are filled in when a replica starts.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use indexmap::IndexMap;

use super::checker::Checker;
use crate::plan::launch_text::{LaunchNames, mentions, problems};
use crate::plan::{LaunchScope, LaunchTextError, LaunchValue, Service, System};
use crate::system::ServiceSpec;
use crate::template::is_secret;

impl Checker<'_> {
    /// All texts of a service.
    pub(super) fn launch_texts(
        &mut self,
        name: &str,
        written: &ServiceSpec,
        names: &LaunchNames<'_>,
    ) {
        let command = written.command.iter().flat_map(|command| &command.value);
        let guards = written.guards.values().flat_map(|guard| guard.env.values());
        let files = written.files.iter().flat_map(|(path, text)| [path, text]);
        for text in command.chain(written.env.values()).chain(files).chain(guards) {
            self.launch_text(name, text, LaunchScope::PROGRAM, names);
        }
        for (callee, address) in &written.calls {
            for text in address.env.iter().flat_map(|variables| variables.0.values()) {
                self.launch_text(name, text, LaunchScope::callee(callee), names);
            }
        }
    }

    /// Variables that a scenario or a proof sets over those of a service.
    pub(super) fn altered_variables(
        &mut self,
        name: &str,
        system: &System,
        variables: &BTreeMap<String, String>,
    ) {
        // One that does not exist is reported for itself.
        let Some(service) = system.services.get(name) else { return };
        let ports_of = |callee: &String| system.services.get(callee).map(ports).unwrap_or_default();
        let callees = service.calls.keys().map(|callee| (callee.as_str(), ports_of(callee)));
        let names = LaunchNames { ports: ports(service), callees: callees.collect() };
        for text in variables.values() {
            self.launch_text(name, text, LaunchScope::PROGRAM, &names);
        }
    }

    pub(super) fn launch_text(
        &mut self,
        name: &str,
        text: &str,
        scope: LaunchScope<'_>,
        names: &LaunchNames<'_>,
    ) {
        self.no_secret(name, text);
        for (found, error, help) in problems(text, scope, names) {
            if let LaunchTextError::Unknown { name } = &error
                && is_secret(name)
            {
                // `no_secret` has said what is wrong with it.
                continue;
            }
            let place = self.place_of(&found);
            self.wrong(place, format!("`{name}`: {error}")).help = Some(help);
        }
    }

    /// Files that brunt writes before a program starts.
    pub(super) fn files(&mut self, name: &str, written: &ServiceSpec) {
        let shares = written.replicas.as_ref().is_some_and(|replicas| replicas.value > 1)
            || written.autoscaler.is_some();
        let ports = written.ports.keys().map(|port| LaunchValue::NamedPort(port));
        let ports: Vec<LaunchValue<'_>> = ports.chain([LaunchValue::Port]).collect();
        let has_port =
            |text: &str| ports.iter().any(|port| mentions(text, LaunchScope::PROGRAM, *port));
        for (path, text) in &written.files {
            let place = self.place_of_key(path);
            let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
            if path.is_empty() || !Path::new(path).components().all(is_inside) {
                let what = format!("`{name}`: the file `{path}` would not be in the data folder");
                self.wrong(place, what).help =
                    Some("write a path below `${data}`, such as `conf/app.toml`".to_owned());
            }
            if shares && has_port(text) && !has_port(path) {
                let what = format!("`{name}`: its replicas would overwrite each other's `{path}`");
                self.wrong(place, what).help =
                    Some("its text has `${port}`: name it `${port}-…` as well".to_owned());
            }
        }
    }

    /// A file belongs to one service: another one's would be overwritten.
    pub(super) fn shared_files(&mut self, written: &crate::SystemSpec) {
        let mut writers: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, service) in &written.services {
            for path in service.files.keys() {
                if let Some(other) = writers.insert(path, name) {
                    let place = self.place_of_key(path);
                    let what = format!("`{other}` and `{name}` both write the file `{path}`");
                    self.wrong(place, what).help =
                        Some("all services share the data folder: give it another name".to_owned());
                }
            }
        }
    }
}

fn ports(service: &Service) -> Vec<&str> {
    service.ports.keys().map(String::as_str).collect()
}

/// What the texts of a service may name.
pub(super) fn names_of<'a>(
    written: &'a ServiceSpec,
    services: &'a IndexMap<String, ServiceSpec>,
) -> LaunchNames<'a> {
    fn ports(service: &ServiceSpec) -> Vec<&str> {
        service.ports.keys().map(String::as_str).collect()
    }
    let ports_of = |callee: &String| services.get(callee).map(ports).unwrap_or_default();
    let callees = written.calls.keys().map(|callee| (callee.as_str(), ports_of(callee)));
    LaunchNames { ports: ports(written), callees: callees.collect() }
}
