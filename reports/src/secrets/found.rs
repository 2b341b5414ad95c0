//! The secrets that are written in requests: credentials, and values whose names say so.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brunt_scenarios::plan::{Auth, Body, Request, SecretValues};
use serde_json::Value;

use super::names::is_secret;
use super::spellings::spellings;

/// What a header's value may begin with that is no secret.
const SCHEMES: [&str; 4] = ["Bearer ", "Basic ", "Token ", "Digest "];

/// Collects the secrets of a plan, however they are spelled.
#[derive(Default)]
pub(super) struct FoundSecrets(pub(super) BTreeSet<String>);

impl FoundSecrets {
    /// `named` are the secrets that it refers to.
    pub(super) fn in_request(&mut self, request: &Request, named: &SecretValues) {
        match &request.auth {
            Some(Auth::Basic(user, password)) => {
                self.add(password);
                self.add_basic(&format!("{user}:{password}"), named);
            }
            Some(Auth::Bearer(token)) => self.add(token),
            None => {}
        }
        for (name, value) in &request.headers {
            self.in_header(name, value);
        }
        // A service's name, or a URL of its own.
        self.in_url(&request.target.service);
        self.in_url(&request.target.path);
        match &request.body {
            Body::Empty => {}
            Body::Json(document) => self.in_json(document),
            Body::Call(call) => self.in_json(&call.message),
            Body::Form(fields) => {
                fields.iter().for_each(|(name, value)| self.in_parameter(name, value));
            }
            Body::Text(text) => self.in_body(text),
        }
    }

    pub(super) fn in_header(&mut self, name: &str, value: &str) {
        if name.eq_ignore_ascii_case("cookie") {
            let cookies = value.split(';').filter_map(|cookie| cookie.split_once('='));
            cookies.for_each(|(_, value)| self.add(value.trim()));
        } else if is_secret(name) {
            let scheme = SCHEMES.iter().find(|scheme| {
                value.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
            });
            self.add(scheme.map_or(value, |scheme| &value[scheme.len()..]));
        }
    }

    /// The password before a URL's host, and the secrets in its query.
    pub(super) fn in_url(&mut self, url: &str) {
        let (before, query) = url.split_once('?').unwrap_or((url, ""));
        let authority = before.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split(['/', '#']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        if let Some((_, password)) = user.split_once(':') {
            self.add(password);
        }
        self.in_form(query.split('#').next().unwrap_or_default());
    }

    /// A body of a kind that is not said.
    pub(super) fn in_body(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(document) => self.in_json(&document),
            Err(_) => self.in_form(text),
        }
    }

    fn in_form(&mut self, text: &str) {
        for (name, value) in text.split('&').filter_map(|one| one.split_once('=')) {
            self.in_parameter(name, value);
        }
    }

    pub(super) fn in_parameter(&mut self, name: &str, value: &str) {
        if is_secret(name) {
            self.add(value);
        }
    }

    fn in_json(&mut self, document: &Value) {
        match document {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) => self.in_parameter(name, text),
                        other => self.in_json(other),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.in_json(item)),
            _ => {}
        }
    }

    /// What of a value is written out, in all its spellings; what stands in `${…}` is
    /// filled in later.
    pub(super) fn add(&mut self, value: &str) {
        let mut rest = value;
        while let Some((written, name)) = rest.split_once("${") {
            self.add_written(written);
            rest = name.split_once('}').map_or("", |(_, rest)| rest);
        }
        self.add_written(rest);
    }

    // Replies may quote the header, in which the password is not seen as it is written.
    fn add_basic(&mut self, user: &str, named: &SecretValues) {
        let fill_in = |text: String, (name, value): (&str, &str)| {
            text.replace(&format!("${{{name}}}"), value)
        };
        let user = named.iter().fold(user.to_owned(), fill_in);
        // What is filled in later is not known here.
        if !user.contains("${") {
            self.add(&STANDARD.encode(user));
        }
    }

    fn add_written(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.0.extend(spellings(text));
        }
    }
}
