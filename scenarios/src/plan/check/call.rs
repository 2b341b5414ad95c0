//! Checks of calls of gRPC: what can be known of them before anybody is asked.

use serde_json::Value;

use super::checker::Checker;
use super::load_context::{Definitions, LoadContext};
use super::request::timeout;
use super::target::Targets;
use crate::grpc::{MessageDescriptor, MethodDescriptor, MethodError, compile, find, packed, split};
use crate::plan::{Body, ExpectedResponse, GrpcCall, Method, Request, RequestTarget};
use crate::scenario::{self, LoadSpec, RequestFields};
use crate::source::{Located, Span};
use crate::template::Template;

impl Checker<'_> {
    /// What a load's .proto file says.
    pub(super) fn definitions(&mut self, written: &LoadSpec) -> Definitions {
        let Some((proto, name)) = written.proto.as_ref().zip(written.proto_name()) else {
            return Definitions::Asked;
        };
        let used = written.grpc.is_some()
            || written.journeys.iter().flat_map(|one| &one.steps).any(|step| step.grpc.is_some());
        if !used {
            self.wrong(proto.span, format!("load `{}` makes no call of gRPC", written.name)).help =
                Some("add `grpc: {call: package.Service/Method}`, or leave `proto` out".to_owned());
        }
        match compile(name, written.definitions.clone()) {
            Ok(pool) => Definitions::Known(pool),
            Err(bad) => {
                self.wrong(proto.span, format!("`{proto}` cannot be used: {bad}"));
                Definitions::Broken
            }
        }
    }

    /// A request of HTTP or a call of gRPC.
    pub(super) fn asked(
        &mut self,
        written: &RequestFields<'_>,
        what: &str,
        context: &LoadContext<'_>,
    ) -> Option<Request> {
        match written.grpc {
            None => self.request(written, what, context.targets),
            Some(call) => self.call(call, written, what, context),
        }
    }

    fn call(
        &mut self,
        call: &Located<scenario::GrpcCallSpec>,
        written: &RequestFields<'_>,
        what: &str,
        context: &LoadContext<'_>,
    ) -> Option<Request> {
        self.nothing_of_http(call.span, written, what);
        let called = self.method(call, context);
        let target = self.callee(call, what, context.targets);
        // Only now, so that a wrong method does not hide a wrong callee.
        let (called, target) = (called?, target?);
        let name = called.to_string();
        Some(Request {
            method: Method::Post,
            target: RequestTarget { path: called.path(), ..target },
            headers: written.headers.clone(),
            expect: self.ending(call.span, written, &name),
            timeout: timeout(written),
            auth: written.auth.and_then(|auth| self.auth(auth, &name)),
            follow: false,
            body: Body::Call(Box::new(called)),
        })
    }

    /// A call has no method, body or redirects of HTTP.
    fn nothing_of_http(&mut self, span: Span, written: &RequestFields<'_>, what: &str) {
        if let Some(target) = written.targets.iter().find_map(|(_, target)| target.as_ref()) {
            self.wrong(target.span, format!("{what} makes two requests")).help =
                Some("give one of grpc, get, post, put, patch, delete".to_owned());
        }
        if written.json.is_some() || written.form.is_some() || written.body.is_some() {
            self.wrong(span, format!("{what} is a call with a body")).help =
                Some("what is sent is `grpc: {message: {…}}`".to_owned());
        }
    }

    /// How the call must end. Its answer's status is gRPC's.
    fn ending(&mut self, span: Span, written: &RequestFields<'_>, name: &str) -> ExpectedResponse {
        if let Some(status) = written.expect.and_then(|expect| expect.status.first()) {
            self.wrong(
                span,
                format!("{name} is expected to end with {status}, which is a status of HTTP"),
            )
            .help = Some("statuses of gRPC are names: OK, NOT_FOUND, UNAVAILABLE".to_owned());
        }
        let mut codes = written.expect.map_or(Vec::new(), |expect| expect.grpc.clone());
        if codes.is_empty() {
            // Without any, `takes` would want a status of HTTP, with which no call ends.
            codes.push(0);
        }
        ExpectedResponse { status: codes, ..self.answer(written.expect, name) }
    }

    /// Who is called, without the path.
    fn callee(
        &mut self,
        call: &Located<scenario::GrpcCallSpec>,
        what: &str,
        targets: Targets<'_>,
    ) -> Option<RequestTarget> {
        let base = match targets {
            Targets::Urls { base } => base,
            Targets::Services(_) => None,
        };
        let base = base.map(|base| Located { value: base.to_owned(), span: call.span });
        let Some(to) = call.to.as_ref().or(base.as_ref()) else {
            self.wrong(call.span, format!("{what} does not say who is called")).help = Some(match targets {
                Targets::Services(_) => "name a service, such as `to: order`".to_owned(),
                Targets::Urls { .. } => {
                    "add `to: http://localhost:50051`, or `base: http://localhost:50051` to the \
                     file"
                        .to_owned()
                }
            });
            return None;
        };
        let target = self.target_among(to, targets)?;
        if target.path != "/" {
            self.wrong(
                to.span,
                format!("`{to}` is more than who is called: the method is the path"),
            );
            return None;
        }
        Some(target)
    }

    fn method(
        &mut self,
        written: &Located<scenario::GrpcCallSpec>,
        context: &LoadContext<'_>,
    ) -> Option<GrpcCall> {
        let Some((service, method)) = split(&written.call) else {
            let what = format!("`{}` is not a method of gRPC", written.call);
            self.wrong(written.call.span, what).help =
                Some("write it like shop.v1.Orders/Place".to_owned());
            return None;
        };
        let known = match &context.definitions {
            Definitions::Asked => None,
            Definitions::Broken => return None,
            Definitions::Known(pool) => {
                Some(self.known(find(pool, service, method), written.call.span)?)
            }
        };
        let empty = || Value::Object(serde_json::Map::new());
        let message = written.message.clone().unwrap_or_else(empty);
        if let Some(known) = &known {
            self.message(&message, &known.input(), written.span);
        }
        Some(GrpcCall { service: service.to_owned(), method: method.to_owned(), message, known })
    }

    fn known(
        &mut self,
        found: Result<MethodDescriptor, MethodError>,
        span: Span,
    ) -> Option<MethodDescriptor> {
        match found {
            Ok(method) => return Some(method),
            Err(MethodError::Service { name, there }) => {
                self.unknown(span, "service", &name, &texts(&there));
            }
            Err(MethodError::Method { name, there, .. }) => {
                self.unknown(span, "method", &name, &texts(&there));
            }
            Err(streams @ MethodError::Streams(_)) => drop(self.wrong(span, streams.to_string())),
        }
        None
    }

    /// What can be known of a message: all of one in which nothing is to be filled in, and the
    /// fields of one in which something is.
    fn message(&mut self, message: &Value, kind: &MessageDescriptor, from: Span) {
        if is_plain(message) {
            if let Err(unfit) = packed(kind, message) {
                let span = self.source.find(from, "message").unwrap_or(from);
                self.wrong(span, unfit.to_string());
            }
            return;
        }
        let Value::Object(fields) = message else { return };
        for name in fields.keys() {
            let is_there =
                kind.fields().any(|field| field.name() == name || field.json_name() == name);
            if !is_there {
                let span = self.source.find(from, name).unwrap_or(from);
                let there: Vec<String> =
                    kind.fields().map(|field| field.json_name().to_owned()).collect();
                self.unknown(span, &format!("field of {}", kind.full_name()), name, &texts(&there));
            }
        }
    }
}

fn texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// Whether nothing in it is to be filled in.
fn is_plain(message: &Value) -> bool {
    match message {
        Value::String(text) => Template::parse(text).is_ok_and(|template| template.is_plain()),
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(fields) => fields.values().all(is_plain),
        _ => true,
    }
}
