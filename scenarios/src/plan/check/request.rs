//! Checks of requests and steps.

use std::collections::BTreeMap;
use std::time::Duration;

use indexmap::IndexMap;

use super::checker::Checker;
use super::target::Targets;
use crate::grpc::status_name;
use crate::plan::request::TIMEOUT;
use crate::plan::{
    Auth, Body, ExpectedResponse, JsonPath, Pattern, Request, RequestTarget, Service, Step,
};
use crate::scenario::{self, ExpectedResponseSpec, Method, RequestFields};
use crate::source::{Located, Span};

/// How long an answer is waited for.
pub(super) fn timeout(written: &RequestFields<'_>) -> Duration {
    written.timeout.map_or(TIMEOUT, |timeout| timeout.0)
}

type Services = IndexMap<String, Service>;

impl Checker<'_> {
    pub(super) fn setup(
        &mut self,
        written: &[Located<scenario::StepSpec>],
        services: &Services,
        saved: &mut Vec<String>,
    ) -> Vec<Step> {
        for at in written.iter().filter_map(|step| step.at.as_ref()) {
            self.wrong(at.span, "a step of the setup has no time").help = Some(
                "the setup runs before the load; a timed request belongs to `steps:`".to_owned(),
            );
        }
        let steps: Vec<_> = written
            .iter()
            .filter_map(|step| Some((step.span, self.step(step, services)?)))
            .collect();
        self.in_turn(steps, saved)
    }

    pub(super) fn steps(
        &mut self,
        written: &[Located<scenario::StepSpec>],
        services: &Services,
        saved: &mut Vec<String>,
    ) -> Vec<Step> {
        let mut steps: Vec<_> = written
            .iter()
            .filter_map(|step| Some((step.span, self.step(step, services)?)))
            .collect();
        // `None` would come first, and steps without a time follow the load.
        steps.sort_by_key(|(_, step)| (step.at.is_none(), step.at));
        self.in_turn(steps, saved)
    }

    /// Checks what steps fill in, in the order in which they are made.
    fn in_turn(&mut self, steps: Vec<(Span, Step)>, saved: &mut Vec<String>) -> Vec<Step> {
        for (place, step) in &steps {
            self.part(*place, |part| part.request_variables(&step.name, &step.request, saved));
            saved.extend(step.save.iter().map(|(name, _)| name.clone()));
        }
        steps.into_iter().map(|(_, step)| step).collect()
    }

    fn step(&mut self, written: &Located<scenario::StepSpec>, services: &Services) -> Option<Step> {
        self.part(written.span, |part| part.step_here(&written.value, services))
    }

    fn step_here(&mut self, written: &scenario::StepSpec, services: &Services) -> Option<Step> {
        let request = self.request(&written.request(), "the step", Targets::Services(services))?;
        let save: Vec<(String, JsonPath)> = written
            .save
            .iter()
            .filter_map(|(name, path)| Some((name.clone(), self.json_path(path, path.span)?)))
            .collect();
        Some(Step {
            name: written
                .name
                .clone()
                .unwrap_or_else(|| format!("{} {}", request.method, request.target)),
            at: written.at.as_ref().map(|at| at.value.0),
            within: written.within.map(|within| within.0),
            request,
            save,
        })
    }

    pub(super) fn request(
        &mut self,
        written: &RequestFields<'_>,
        what: &str,
        targets: Targets<'_>,
    ) -> Option<Request> {
        let (method, target) = self.one_target(written, what)?;
        let span = target.span;
        let target = self.target_among(target, targets)?;
        if let Some(expect) = written.expect.filter(|expect| !expect.grpc.is_empty()) {
            let name = status_name(expect.grpc[0]).unwrap_or_default().to_uppercase();
            self.wrong(
                span,
                format!("{what} is expected to end with {name}, which only a call of gRPC does"),
            );
        }
        Some(Request {
            method,
            target: target.clone(),
            headers: written.headers.clone(),
            body: self.body(written, &target),
            expect: self.answer(written.expect, &target.to_string()),
            timeout: timeout(written),
            auth: written.auth.and_then(|auth| self.auth(auth, &target.to_string())),
            follow: written.follow,
        })
    }

    fn one_target<'w>(
        &mut self,
        written: &RequestFields<'w>,
        what: &str,
    ) -> Option<(Method, &'w Located<String>)> {
        let given: Vec<_> = written
            .targets
            .iter()
            .filter_map(|(method, target)| target.as_ref().map(|at| (*method, at)))
            .collect();
        match given.as_slice() {
            [one] => Some(*one),
            [] => {
                self.wrong(None, format!("{what} makes no request")).help = Some(
                    "add one of get, post, put, patch, delete, such as `get: service/path`"
                        .to_owned(),
                );
                None
            }
            [_, second, ..] => {
                self.wrong(second.1.span, format!("{what} makes two requests")).help =
                    Some("give one of get, post, put, patch, delete".to_owned());
                None
            }
        }
    }

    fn body(&mut self, written: &RequestFields<'_>, target: &RequestTarget) -> Body {
        match (written.json, written.form, written.body) {
            (None, None, None) => Body::Empty,
            (Some(json), None, None) => {
                self.is_exact(json, "write the body as text, with `body:` and a content type");
                Body::Json(json.clone())
            }
            (None, Some(form), None) => Body::Form(form.clone()),
            (None, None, Some(text)) => Body::Text(text.clone()),
            _ => {
                self.wrong(
                    None,
                    format!(
                        "the request to {target} has more than one of `json`, `form` and `body`"
                    ),
                )
                .help = Some("give one of them".to_owned());
                Body::Empty
            }
        }
    }

    pub(super) fn auth(&mut self, written: &scenario::AuthSpec, target: &str) -> Option<Auth> {
        match written {
            scenario::AuthSpec::Bearer(token) => Some(Auth::Bearer(token.clone())),
            // The first colon ends the name (RFC 7617), so the server would see another one.
            scenario::AuthSpec::Basic(basic) if basic.user.contains(':') => {
                self.wrong(
                    None,
                    format!("the request to {target}: a user's name for `basic` has no colon"),
                );
                None
            }
            scenario::AuthSpec::Basic(basic) => {
                Some(Auth::Basic(basic.user.clone(), basic.password.clone()))
            }
        }
    }

    pub(super) fn answer(
        &mut self,
        written: Option<&ExpectedResponseSpec>,
        target: &str,
    ) -> ExpectedResponse {
        let Some(written) = written else {
            return ExpectedResponse::default();
        };
        ExpectedResponse {
            status: written.status.clone(),
            json: self.conditions(&written.json, target),
            headers: written
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            contains: written.contains.iter().map(|text| text.value.clone()).collect(),
            matches: written
                .matches
                .iter()
                .filter_map(|text| self.pattern(text, text.span))
                .collect(),
        }
    }

    pub(super) fn pattern(&mut self, text: &str, span: Span) -> Option<Pattern> {
        match Pattern::parse(text) {
            Ok(pattern) => Some(pattern),
            Err(why) => {
                self.wrong(span, format!("`{text}` is not a regular expression: {why}"));
                None
            }
        }
    }

    /// Refuses an integer of more digits than a number keeps, which would be another one when it is
    /// sent or compared.
    fn is_exact(&mut self, value: &serde_json::Value, help: &str) {
        match value {
            serde_json::Value::Array(items) => {
                items.iter().for_each(|item| self.is_exact(item, help));
            }
            serde_json::Value::Object(fields) => {
                fields.values().for_each(|field| self.is_exact(field, help));
            }
            // What 64 bits do not hold is read as a float.
            serde_json::Value::Number(number) if number.is_f64() => {
                let Some(digits) = self.source.integer_read_as(number.as_f64()) else { return };
                let place = self.place_of(&digits);
                let what = format!("`{digits}` is larger than the integers that are kept exactly");
                self.wrong(place, what).help = Some(help.to_owned());
            }
            _ => {}
        }
    }

    pub(in crate::plan) fn conditions(
        &mut self,
        written: &BTreeMap<Located<String>, serde_json::Value>,
        what: &str,
    ) -> Vec<(JsonPath, serde_json::Value)> {
        let mut conditions = Vec::new();
        for (text, value) in written {
            match JsonPath::parse(text) {
                Ok(path) => {
                    self.is_exact(value, "write it in quotes, and its digits are compared");
                    conditions.push((path, value.clone()));
                }
                Err(why) => {
                    let what = format!("`{text}`, expected of {what}, is not a JSON path: {why}");
                    self.wrong(text.span, what);
                }
            }
        }
        conditions
    }

    pub(in crate::plan) fn json_path(&mut self, text: &str, span: Span) -> Option<JsonPath> {
        match JsonPath::parse(text) {
            Ok(path) => Some(path),
            Err(why) => {
                self.wrong(span, format!("`{text}` is not a JSON path: {why}"));
                None
            }
        }
    }
}
