//! Secrets of a scenario, and texts without them. A report is handed on: to a CI server, to a
//! colleague, into a ticket.

use std::collections::BTreeSet;

use brunt_scenarios::form::form;
use brunt_scenarios::plan::{Auth, Load, LoadPlan, Plan, Request, SecretValues};
use brunt_scenarios::url_text::{in_path, in_query};

/// What stands in a secret's place.
pub const MASK: &str = "•••";

/// Headers whose values are secrets, in small letters.
const HEADERS: [&str; 8] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "x-csrf-token",
    "x-amz-security-token",
];
/// Parts of names of headers whose values are secrets, too.
const PARTS: [&str; 4] = ["secret", "password", "token", "apikey"];
/// What a value may begin with that is no secret.
const SCHEMES: [&str; 4] = ["Bearer ", "Basic ", "Token ", "Digest "];
/// Secrets that are shorter are masked only where they stand alone: `a` is in every word.
const LONG: usize = 8;

/// The values that must not be shown, the longest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// The credentials of all requests of a plan, and the values of headers that are known to be
    /// secret. Names in `${…}` are none.
    pub fn of(plan: &Plan) -> Self {
        Self::of_requests(plan.requests(), &plan.secrets)
    }

    /// The same of the requests of a load file.
    pub fn of_loads(plan: &LoadPlan) -> Self {
        Self::of_requests(plan.loads.iter().flat_map(Load::requests), &plan.secrets)
    }

    fn of_requests<'r>(requests: impl Iterator<Item = &'r Request>, named: &SecretValues) -> Self {
        let mut found = BTreeSet::new();
        requests.for_each(|request| of_request(request, &mut found));
        named.iter().for_each(|(_, value)| found.extend(spellings(value)));
        Self::of_values(found)
    }

    /// The values of those of these headers that are known to be secret.
    pub fn of_headers<'h>(headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> Self {
        let mut found = BTreeSet::new();
        for (name, value) in headers {
            of_known_header(name, value, &mut found);
        }
        Self::of_values(found)
    }

    /// The values of secrets that a plan names, in all their spellings. Those of up to three
    /// letters are none: they are in every text.
    pub fn named(values: &SecretValues) -> Self {
        let values = values.iter().map(|(_, value)| value).filter(|value| value.len() > 3);
        Self::of_values(values.flat_map(spellings))
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

/// How a value is written in URLs, in forms and in JSON.
fn spellings(value: &str) -> Vec<String> {
    let json = serde_json::Value::from(value).to_string();
    let form = form([("", value)]);
    vec![
        value.to_owned(),
        in_query(value),
        in_path(value),
        form.trim_start_matches('=').to_owned(),
        json.trim_matches('"').to_owned(),
    ]
}

fn of_request(request: &Request, found: &mut BTreeSet<String>) {
    match &request.auth {
        Some(Auth::Basic(_, password)) => add(password, found),
        Some(Auth::Bearer(token)) => add(token, found),
        None => {}
    }
    for (name, value) in &request.headers {
        of_known_header(name, value, found);
    }
}

fn of_known_header(name: &str, value: &str, found: &mut BTreeSet<String>) {
    let name = name.to_ascii_lowercase();
    let parts = || PARTS.iter().any(|part| name.contains(part));
    if HEADERS.contains(&name.as_str()) || parts() {
        of_header(&name, value, found);
    }
}

fn of_header(name: &str, value: &str, found: &mut BTreeSet<String>) {
    if name == "cookie" {
        let cookies = value.split(';').filter_map(|cookie| cookie.split_once('='));
        cookies.for_each(|(_, value)| add(value.trim(), found));
        return;
    }
    let scheme = SCHEMES.iter().find(|scheme| {
        value.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    });
    add(scheme.map_or(value, |scheme| &value[scheme.len()..]), found);
}

/// What of a value is written out; what stands in `${…}` is filled in later.
fn add(value: &str, found: &mut BTreeSet<String>) {
    let mut rest = value;
    while let Some((written, name)) = rest.split_once("${") {
        found.insert(written.trim().to_owned());
        rest = name.split_once('}').map_or("", |(_, rest)| rest);
    }
    found.insert(rest.trim().to_owned());
    found.remove("");
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
