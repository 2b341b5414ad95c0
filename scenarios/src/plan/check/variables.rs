//! Every `${name}` must have been saved by a step that comes before; those of loads are checked
//! with the loads.

use super::Checker;
use crate::plan::{Canceled, Claim, KeyedCollection, Plan, Request};

impl Checker<'_> {
    pub(super) fn variables(&mut self, plan: &Plan) {
        let mut saved: Vec<&str> = Vec::new();
        for step in &plan.setup {
            self.request_variables(&step.name, &step.request, &saved);
            saved.extend(step.save.iter().map(|(name, _)| name.as_str()));
        }
        for step in &plan.steps {
            self.request_variables(&step.name, &step.request, &saved);
            saved.extend(step.save.iter().map(|(name, _)| name.as_str()));
        }
        for check in &plan.checks {
            match &check.claim {
                Claim::Conserved { what, terms, equals, .. } => {
                    let paths = terms.iter().map(|(target, _)| target.path.as_str());
                    paths
                        .chain([equals.as_str()])
                        .for_each(|text| self.text_variables(what, text, &saved));
                }
                Claim::Ledger { effects, .. } => {
                    self.text_variables("the ledger", &effects.path, &saved)
                }
                other => {
                    let paths = rows(other).into_iter().map(|rows| rows.target.path.as_str());
                    paths.for_each(|path| self.text_variables(check.name, path, &saved));
                }
            }
        }
    }

    fn request_variables(&mut self, what: &str, request: &Request, saved: &[&str]) {
        super::values::texts(request, &mut |text| self.text_variables(what, text, saved));
    }

    fn text_variables(&mut self, what: &str, text: &str, saved: &[&str]) {
        for name in names(text).filter(|name| !saved.contains(name)) {
            let unknown = self
                .source
                .wrong(None, format!("{what}: no step before it saves `{name}` for ${{{name}}}"));
            self.problems.push(unknown.help_choose(name, saved));
        }
    }
}

/// The collections that a claim is about.
fn rows(claim: &Claim) -> Vec<&KeyedCollection> {
    match claim {
        Claim::Decoupled { effects, .. } => vec![effects],
        Claim::Saga { called_off, compensated, .. } => {
            let found = match called_off {
                Canceled::By(_) => None,
                Canceled::Found(rows) => Some(rows),
            };
            found.into_iter().chain(compensated.iter().map(|one| &one.rows)).collect()
        }
        Claim::View { of, sources, .. } => {
            std::iter::once(of).chain(sources.iter().map(|one| &one.rows)).collect()
        }
        _ => vec![],
    }
}

/// The names in a text's `${name}` places.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
