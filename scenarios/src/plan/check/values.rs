//! Every `${name}` of a load must be known where it is used: saved before the load, fed, saved by
//! an earlier step, or built in.

use super::checker::Checker;
use crate::plan::json_texts::json_texts;
use crate::plan::{Auth, Body, Request};
use crate::source::Span;
use crate::template::{BuiltinValue, InvalidTemplate, SecretReference, Template};

impl Checker<'_> {
    /// Checks all texts of a request that was written at that place or below it.
    pub(super) fn values(&mut self, what: &str, request: &Request, known: &[&str], from: Span) {
        texts(request, &mut |text| {
            if let Err(bad) = check(text, known) {
                self.bad_template(what, text, bad, from);
            }
        });
    }

    fn bad_template(&mut self, what: &str, text: &str, bad: InvalidTemplate, from: Span) {
        let rest = text[bad.at..].lines().next().unwrap_or_default();
        let words = rest.find('}').map_or(rest, |end| &rest[..=end]);
        let span = self.source.find(from, words);
        self.wrong(span, format!("{what}: {}", bad.what)).help = bad.help;
    }
}

/// Whether a text needs nothing but these names, so that it can be filled in once and for all.
pub(super) fn uses_only(text: &str, saved: &[&str]) -> bool {
    let plain = |template: &Template| {
        template.is_plain() || template.placeholders().next().is_some() && !text.contains("$${")
    };
    Template::parse(text).is_ok_and(|template| {
        plain(&template)
            && template.placeholders().all(|placeholder| {
                let name = placeholder.name.as_str();
                let is_secret = || SecretReference::of(placeholder).is_some_and(|one| one.is_ok());
                placeholder.arguments.is_none() && (saved.contains(&name) || is_secret())
            })
    })
}

fn check(text: &str, known: &[&str]) -> Result<(), InvalidTemplate> {
    let template = Template::parse(text)?;
    let unknown = |placeholder: &&crate::template::Placeholder| {
        placeholder.arguments.is_some() || !known.contains(&placeholder.name.as_str())
    };
    template.placeholders().filter(unknown).try_for_each(|placeholder| {
        match SecretReference::of(placeholder) {
            Some(secret) => secret.map(drop),
            None => BuiltinValue::of(placeholder, known).map(drop),
        }
    })
}

/// All texts of these requests in which values may be filled in.
pub(in crate::plan) fn texts_of<'r>(requests: impl Iterator<Item = &'r Request>) -> Vec<String> {
    let mut all = Vec::new();
    requests.for_each(|request| texts(request, &mut |text| all.push(text.to_owned())));
    all
}

/// Shows each text of a request in which values may be filled in.
pub(super) fn texts(request: &Request, see: &mut impl FnMut(&str)) {
    see(&request.target.path);
    request.headers.values().for_each(|text| see(text));
    match &request.auth {
        Some(Auth::Basic(user, password)) => {
            [user, password].into_iter().for_each(|text| see(text));
        }
        Some(Auth::Bearer(token)) => see(token),
        None => {}
    }
    match &request.body {
        Body::Empty => {}
        Body::Text(text) => see(text),
        Body::Form(fields) => fields.values().for_each(|text| see(text)),
        Body::Json(document) => json_texts(document, see),
        Body::Call(call) => json_texts(&call.message, see),
    }
    request.expect.json.iter().for_each(|(_, value)| json_texts(value, see));
    request.expect.headers.iter().for_each(|(_, text)| see(text));
    request.expect.contains.iter().for_each(|text| see(text));
}
