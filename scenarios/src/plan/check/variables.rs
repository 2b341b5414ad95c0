//! Every `${name}` of a step must have been saved by a step that comes before; those of loads are
//! checked with the loads.

use super::checker::Checker;
use crate::plan::{Check, Reading, Request};
use crate::template::{Placeholder, SecretReference, Template};

impl Checker<'_> {
    /// Checks what steps fill in, in the part of the file that is being checked.
    pub(super) fn request_variables(&mut self, what: &str, request: &Request, saved: &[String]) {
        super::values::texts(request, &mut |text| self.text_variables(what, text, saved));
    }

    /// Checks what is filled in when checks read documents.
    pub(super) fn readings(&mut self, checks: &[Check], saved: &[String]) {
        for check in checks {
            let texts = check.claim.needs().reading.map(Reading::texts).unwrap_or_default();
            texts.iter().for_each(|text| self.text_variables(check.claim.name(), text, saved));
        }
    }

    fn text_variables(&mut self, what: &str, text: &str, saved: &[String]) {
        let template = match Template::parse(text) {
            Ok(template) => template,
            Err(bad) => {
                let place = self.place_of(&text[bad.at..]);
                self.wrong(place, format!("{what}: {}", bad.what)).help = bad.help;
                return;
            }
        };
        let is_known = |one: &&Placeholder| one.arguments.is_none() && saved.contains(&one.name);
        for unknown in template.placeholders().filter(|one| !is_known(one)) {
            let name = &unknown.name;
            match SecretReference::of(unknown) {
                Some(Ok(_)) => continue,
                Some(Err(bad)) => {
                    let place = self.place_of(&format!("${{{name}"));
                    self.wrong(place, format!("{what}: {}", bad.what)).help = bad.help;
                    continue;
                }
                None => {}
            }
            let what = match unknown.arguments {
                None => format!("{what}: no step before it saves `{name}` for ${{{name}}}"),
                Some(_) => format!("{what}: ${{{name}(…)}} is for loads, not for steps"),
            };
            let diagnostic = self.source.wrong(self.place_of(&format!("${{{name}")), what);
            self.problems.push(diagnostic.help_choose(name, saved));
        }
    }
}
