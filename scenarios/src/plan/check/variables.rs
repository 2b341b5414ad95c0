//! Every `${name}` must have been saved by a step that comes before.

use serde_json::Value;

use super::Checker;
use crate::plan::{Body, Claim, Plan, Request};

impl Checker<'_> {
    pub(super) fn variables(&mut self, plan: &Plan) {
        let mut saved: Vec<&str> = Vec::new();
        for step in &plan.setup {
            self.request_variables(&step.name, &step.request, &saved);
            saved.extend(step.save.iter().map(|(name, _)| name.as_str()));
        }
        for load in &plan.loads {
            self.request_variables(&format!("load {}", load.name), &load.request, &saved);
        }
        for step in &plan.steps {
            self.request_variables(&step.name, &step.request, &saved);
            saved.extend(step.save.iter().map(|(name, _)| name.as_str()));
        }
        for check in &plan.checks {
            match &check.claim {
                Claim::Conserved { what, terms, equals, .. } => {
                    let paths = terms.iter().map(|(target, _)| target.path.as_str());
                    paths.chain([equals.as_str()]).for_each(|text| self.text_variables(what, text, &saved));
                }
                Claim::Ledger { effects, .. } => self.text_variables("the ledger", &effects.path, &saved),
                _ => {}
            }
        }
    }

    fn request_variables(&mut self, what: &str, request: &Request, saved: &[&str]) {
        self.text_variables(what, &request.target.path, saved);
        request.headers.values().for_each(|value| self.text_variables(what, value, saved));
        request.expect.json.iter().for_each(|(_, value)| self.json_variables(what, value, saved));
        match &request.body {
            Body::Empty => {}
            Body::Text(text) => self.text_variables(what, text, saved),
            Body::Json(document) => self.json_variables(what, document, saved),
        }
    }

    fn json_variables(&mut self, what: &str, document: &Value, saved: &[&str]) {
        match document {
            Value::String(text) => self.text_variables(what, text, saved),
            Value::Array(items) => items.iter().for_each(|item| self.json_variables(what, item, saved)),
            Value::Object(fields) => {
                fields.values().for_each(|value| self.json_variables(what, value, saved));
            }
            _ => {}
        }
    }

    fn text_variables(&mut self, what: &str, text: &str, saved: &[&str]) {
        for name in names(text).filter(|name| !saved.contains(name)) {
            let unknown =
                self.source.wrong(None, format!("{what}: no step before it saves `{name}` for ${{{name}}}"));
            self.problems.push(unknown.help_choose(name, saved));
        }
    }
}

/// The names in a text's `${name}` places.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
