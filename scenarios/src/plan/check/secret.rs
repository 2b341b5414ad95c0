//! Secrets where none are filled in.

use super::checker::Checker;
use crate::template::{Template, is_secret};

impl Checker<'_> {
    /// Refuses a secret in what a service is started with: it would get the name as it is written.
    pub(super) fn no_secret(&mut self, service: &str, text: &str) {
        // What does not parse is reported by whoever fills it in.
        let template = Template::parse(text).unwrap_or_else(|_| Template::plain(text));
        let names = template.placeholders().map(|placeholder| &placeholder.name);
        for name in names.filter(|name| is_secret(name)) {
            let place = self.place_of(&format!("${{{name}}}"));
            let what = format!("`{service}`: secrets are filled in for requests, not for services");
            self.wrong(place, what).help = Some(
                "services on this machine get brunt's own environment: set the variable there; on \
                 a cluster, use a Secret"
                    .to_owned(),
            );
        }
    }
}
