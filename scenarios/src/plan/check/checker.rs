//! What collects everything that is wrong with a file.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::plan::{Service, System};
use crate::source::{Diagnostic, Located, Source, Span};

/// More replicas of a service than a scenario or a system file may ask for: a typing error would
/// fill a machine with processes.
pub(super) const MOST_REPLICAS: u32 = 1000;

/// More percent of what is requested than an autoscaler can aim at: a hundred times as much.
pub(super) const MOST_UTILIZATION: u32 = 10_000;

/// Collects what is wrong, so that one look shows all of it.
pub(in crate::plan) struct Checker<'a> {
    pub(super) source: &'a Source,
    pub(super) problems: Vec<Diagnostic>,
    /// Where the part that is being checked begins: the place of what has none of its own.
    place: Option<Span>,
    /// Service → the most replicas that it has while the scenario lasts, where that is known.
    pub(super) most_replicas: BTreeMap<String, u32>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self { source, problems: Vec::new(), place: None, most_replicas: BTreeMap::new() }
    }

    pub(in crate::plan) fn wrong(
        &mut self,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let diagnostic = self.source.wrong(span.into().or(self.place), message);
        self.problems.push(diagnostic);
        self.problems.last_mut().expect("one was just pushed")
    }

    /// Refuses a number that nobody means.
    pub(in crate::plan) fn at_most_replicas(&mut self, service: &str, number: &Located<u32>) {
        if number.value > MOST_REPLICAS {
            self.wrong(number.span, format!("`{service}` cannot have {number} replicas")).help =
                Some(format!("at most {MOST_REPLICAS}"));
        }
    }

    pub(super) fn unknown(&mut self, span: Span, what: &str, name: &str, choices: &[&str]) {
        let diagnostic = self.source.wrong(Some(span), format!("there is no {what} `{name}`"));
        self.problems.push(diagnostic.help_choose(name, choices));
    }

    /// Checks a part of the file that begins here.
    pub(super) fn part<R>(
        &mut self,
        place: impl Into<Option<Span>>,
        check: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let outer = self.place;
        self.place = place.into().or(outer);
        let checked = check(self);
        self.place = outer;
        checked
    }

    /// Where a text stands in the part that is being checked; where the part begins otherwise.
    pub(super) fn place_of(&self, text: &str) -> Option<Span> {
        self.source.find(self.place.unwrap_or(Span::START), text).or(self.place)
    }

    /// Where a key stands in the part that is being checked; where the part begins otherwise.
    pub(in crate::plan) fn place_of_key(&self, key: &str) -> Option<Span> {
        self.source.find_key(self.place.unwrap_or(Span::START), key).or(self.place)
    }

    pub(super) fn version(&mut self, version: &Located<u32>) {
        if version.value != 1 {
            self.wrong(version.span, format!("version {version} of this format is not known"))
                .help = Some("this brunt reads version 1".to_owned());
        }
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T, Vec<Diagnostic>> {
        if self.problems.is_empty() { Ok(value) } else { Err(self.problems) }
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
        // `&`, not `&&`: of two wrong names, both are reported.
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
