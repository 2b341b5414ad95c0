//! What collects everything that is wrong with a file.

use indexmap::IndexMap;

use crate::plan::{Service, System};
use crate::source::{Diagnostic, Located, Source, Span};

/// Collects what is wrong, so that one look shows all of it.
pub(in crate::plan) struct Checker<'a> {
    pub(super) source: &'a Source,
    pub(super) problems: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self { source, problems: Vec::new() }
    }

    pub(in crate::plan) fn wrong(
        &mut self,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let diagnostic = self.source.wrong(span.into(), message);
        self.problems.push(diagnostic);
        self.problems.last_mut().expect("one was just pushed")
    }

    pub(super) fn unknown(&mut self, span: Span, what: &str, name: &str, choices: &[&str]) {
        let diagnostic = self.source.wrong(Some(span), format!("there is no {what} `{name}`"));
        self.problems.push(diagnostic.help_choose(name, choices));
    }

    pub(super) fn version(&mut self, version: &Located<u32>) {
        if version.value != 1 {
            self.wrong(version.span, format!("version {version} of this format is not known"))
                .help = Some("this brunt reads version 1".to_owned());
        }
    }

    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Diagnostic>> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(self.problems),
        }
    }

    pub(in crate::plan) fn known_service(
        &mut self,
        name: &Located<String>,
        services: &IndexMap<String, Service>,
    ) -> bool {
        let known = services.contains_key(&name.value);
        if !known {
            let choices: Vec<&str> = services.keys().map(String::as_str).collect();
            self.unknown(name.span, "service", name, &choices);
        }
        known
    }

    /// Whether one service calls the other.
    pub(in crate::plan) fn known_edge(
        &mut self,
        from: &Located<String>,
        to: &Located<String>,
        system: &System,
    ) -> Option<()> {
        let both =
            self.known_service(from, &system.services) & self.known_service(to, &system.services);
        if !both {
            return None;
        }
        let calls = &system.services[&from.value].calls;
        if calls.contains_key(&to.value) {
            return Some(());
        }
        let callees: Vec<&str> = calls.keys().map(String::as_str).collect();
        let help = match callees.is_empty() {
            true => format!("by the system file, `{from}` calls no service"),
            false => format!("by the system file, it calls {}", callees.join(", ")),
        };
        self.wrong(to.span, format!("`{from}` does not call `{to}`")).help = Some(help);
        None
    }
}
