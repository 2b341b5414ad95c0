//! Secrets of a scenario, and texts without them. A report is handed on: to a CI server, to a
//! colleague, into a ticket.

mod found;
mod in_plan;
mod names;
mod spellings;

use brunt_scenarios::plan::{Load, LoadPlan, Plan, Request, SecretValues};

use found::FoundSecrets;
use spellings::spellings;

/// What stands in a secret's place.
pub const MASK: &str = "•••";

/// Secrets that are shorter are masked only where they stand alone: `a` is in every word.
const LONG: usize = 8;

/// The values that must not be shown, the longest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// The credentials of all requests of a plan, of what its checks read and in URLs of its
    /// services, and the values of headers, parameters, fields and variables whose names say that
    /// they are secret. Names in `${…}` are none.
    pub fn of(plan: &Plan) -> Self {
        let mut found = FoundSecrets::default();
        found.in_plan(plan);
        Self::of_requests(plan.requests(), &plan.secrets).and(&Self::of_values(found.0))
    }

    /// The same of the requests of a load file.
    pub fn of_loads(plan: &LoadPlan) -> Self {
        Self::of_requests(plan.loads.iter().flat_map(Load::requests), &plan.secrets)
    }

    fn of_requests<'r>(requests: impl Iterator<Item = &'r Request>, named: &SecretValues) -> Self {
        let mut found = FoundSecrets::default();
        requests.for_each(|request| found.in_request(request, named));
        named.iter().for_each(|(_, value)| found.0.extend(spellings(value)));
        Self::of_values(found.0)
    }

    /// The values of those of these headers that are known to be secret.
    pub fn of_headers<'h>(headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> Self {
        let mut found = FoundSecrets::default();
        headers.into_iter().for_each(|(name, value)| found.in_header(name, value));
        Self::of_values(found.0)
    }

    /// The password in a URL, and the values in its query whose names say that they are secret.
    pub fn of_url(url: &str) -> Self {
        let mut found = FoundSecrets::default();
        found.in_url(url);
        Self::of_values(found.0)
    }

    /// The values in a body of JSON or of a form whose names say that they are secret.
    pub fn of_body(text: &str) -> Self {
        let mut found = FoundSecrets::default();
        found.in_body(text);
        Self::of_values(found.0)
    }

    /// Those of them that can be masked in every message and log line. Those of up to three letters
    /// cannot: they are in every text.
    #[must_use]
    pub fn in_messages(self) -> Self {
        Self::of_values(self.0.into_iter().filter(|secret| secret.len() > 3))
    }

    /// These values; empty ones are left out.
    pub fn of_values(values: impl IntoIterator<Item = String>) -> Self {
        let mut found: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
        // One may be a part of another.
        found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        found.dedup();
        Self(found)
    }

    /// These and others.
    #[must_use]
    pub fn and(self, others: &Self) -> Self {
        Self::of_values(self.0.into_iter().chain(others.0.iter().cloned()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text without them.
    pub fn mask(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| mask_one(&text, secret))
    }
}

fn mask_one(text: &str, secret: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    let part = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(at) = rest.find(secret) {
        let (before, after) = (&rest[..at], &rest[at + secret.len()..]);
        // What is already masked belongs to it.
        let joined = before.ends_with(part) || after.starts_with(part);
        masked.push_str(before);
        masked.push_str(if joined && secret.len() < LONG { secret } else { MASK });
        rest = after;
    }
    masked + rest
}
