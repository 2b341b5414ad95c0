//! Secrets where none are filled in.

use super::checker::Checker;
use crate::template::is_secret;

impl Checker<'_> {
    /// Refuses a secret in what a service is started with: it would get the name as it is written.
    pub(super) fn no_secret(&mut self, service: &str, text: &str) {
        let names = text.split("${").skip(1).filter_map(|rest| rest.split_once('}'));
        for (name, _) in names.filter(|(name, _)| is_secret(name)) {
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
