//! Checks of what is expected of circuit breakers.

use super::Checker;
use super::expectation::Known;
use crate::plan::Claim;
use crate::scenario;
use crate::source::Located;
use crate::timeline::BreakerState::{Closed, HalfOpen, Open};

const METRICS: &str = "/actuator/prometheus";

impl Checker<'_> {
    pub(super) fn breaker(
        &mut self,
        written: &scenario::BreakerSpec,
        known: &Known<'_>,
    ) -> Option<Claim> {
        let (caller, callee) = (&written.caller, &written.callee);
        self.known_edge(caller, callee, known.system)?;
        let path = match &written.path {
            None => vec![Closed, Open, HalfOpen, Closed],
            Some(path) if path.value.len() < 2 => {
                self.wrong(path.span, "a path has two states at least").help =
                    Some("such as `path: [closed, open]`".to_owned());
                return None;
            }
            Some(path) => path.value.clone(),
        };
        let metrics = written.metrics.clone().unwrap_or_else(|| METRICS.to_owned());
        if !metrics.starts_with('/') {
            self.wrong(caller.span, format!("`{metrics}` is not a path")).help =
                Some(format!("write it like {METRICS}"));
        }
        let fails_fast = match written.fails_fast_within {
            None => None,
            Some(within) => Some((self.load_behind(written, known)?, within.0)),
        };
        Some(Claim::Breaker {
            caller: caller.value.clone(),
            callee: callee.value.clone(),
            name: written.name.clone().unwrap_or_else(|| callee.value.clone()),
            metrics,
            path,
            fails_fast,
        })
    }

    /// The load whose replies show that a breaker fails fast.
    fn load_behind(
        &mut self,
        written: &scenario::BreakerSpec,
        known: &Known<'_>,
    ) -> Option<String> {
        match (&written.of, known.written) {
            (Some(of), _) => self.known_load(of, known).map(|load| load.name.clone()),
            (None, [only]) => Some(only.name.value.clone()),
            (None, _) => {
                let names: Vec<&str> =
                    known.written.iter().map(|load| load.name.as_str()).collect();
                let help = format!("add `of:` with one of: {}", names.join(", "));
                self.wrong(
                    written.caller.span,
                    "`failsFastWithin` does not say whose replies it is about",
                )
                .help = Some(help);
                None
            }
        }
    }

    /// Whether one service calls the other.
    pub(super) fn known_edge(
        &mut self,
        from: &Located<String>,
        to: &Located<String>,
        system: &crate::plan::System,
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
        let diagnostic = self.source.wrong(Some(to.span), format!("`{from}` does not call `{to}`"));
        self.problems.push(match callees.is_empty() {
            true => diagnostic.help(format!("by the system file, `{from}` calls no service")),
            false => {
                diagnostic.help(format!("by the system file, it calls {}", callees.join(", ")))
            }
        });
        None
    }
}
