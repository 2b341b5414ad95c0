//! Every `${name}` must have been saved by a step that comes before; those of loads are checked
//! with the loads.

use super::checker::Checker;
use crate::plan::{Plan, Reading, Request};

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
            let texts = check.claim.needs().reading.map(Reading::texts).unwrap_or_default();
            texts.iter().for_each(|text| self.text_variables(check.claim.name(), text, &saved));
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

/// The names in a text's `${name}` places.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
