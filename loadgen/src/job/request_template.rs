//! A request whose values are still to be filled in.

mod credentials;

use std::time::Duration;

use brunt_scenarios::form::{FORM, form};
use brunt_scenarios::grpc::{MessageDescriptor, MethodDescriptor, packed};
use brunt_scenarios::plan::{Body, GrpcCall, Method, Request as PlannedRequest};
use brunt_scenarios::template::{Template, TemplatePart};
use serde_json::Value;

use crate::protocol::grpc;

use self::credentials::CredentialsTemplate;
use super::called_server::CalledServer;
use super::context::JobContext;
use super::error::JobError;
use crate::address::Address;
use crate::protocol::grpc::{GrpcError, framed};
use crate::request::HttpRequest;
use crate::template::{JsonTemplate, Scope, fill, plain, template};
use crate::user_info::without_user_info;

/// A request whose values are still to be filled in.
#[derive(Debug, Clone)]
pub(crate) struct RequestTemplate {
    pub method: http::Method,
    pub endpoint: CalledServer,
    /// The base URL's own path, which comes before the request's.
    prefix: String,
    path: Template,
    headers: Vec<(String, Template)>,
    auth: Option<CredentialsTemplate>,
    body: BodyTemplate,
}

/// A request whose values are filled in.
pub(crate) struct FilledRequest {
    pub request: HttpRequest,
    /// The body before it was written as bytes: JSON, a message, or a form's fields.
    pub document: Option<Value>,
}

#[derive(Debug, Clone)]
enum BodyTemplate {
    Empty,
    Json(JsonTemplate),
    Form(Vec<(String, Template)>),
    Text(Template),
    Bytes(Vec<u8>),
    Call(JsonTemplate, MethodDescriptor),
}

impl RequestTemplate {
    /// From a planned request. If it is a gRPC call without a .proto file, the server is
    /// asked by reflection.
    pub fn new(planned: &PlannedRequest, context: &JobContext<'_>) -> Result<Self, JobError> {
        let service = &planned.target.service;
        let base = (context.url)(service).ok_or_else(|| JobError::Unknown(service.clone()))?;
        let (address, prefix) = Address::split(&base)?;
        let mut headers: Vec<_> =
            planned.headers.iter().map(|(name, value)| (name.clone(), template(value))).collect();
        if planned.call().is_some() {
            let given: Vec<_> = planned.headers.clone().into_iter().collect();
            let own = grpc::headers(&given, planned.timeout).into_iter();
            headers.extend(own.map(|(name, value)| (name, Template::plain(&value))));
        }
        let (body, kind) = match planned.call() {
            Some(call) => (called(call, &address, planned.timeout, context)?, None),
            None => content(&planned.body),
        };
        // A content type that the file gives wins over the one that goes with the body.
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let kind =
            kind.filter(|_| !typed).map(|kind| ("content-type".to_owned(), Template::plain(kind)));
        headers.extend(kind);
        Ok(Self {
            method: method(planned.method),
            endpoint: CalledServer { address, grpc: planned.call().is_some() },
            prefix: prefix.trim_end_matches('/').to_owned(),
            path: template(&planned.target.path),
            headers,
            auth: planned.auth.as_ref().map(CredentialsTemplate::new),
            body,
        })
    }

    /// From a recorded request, in which nothing is left to fill in.
    pub fn recorded(request: &HttpRequest) -> Self {
        let headers =
            request.headers.iter().map(|(name, value)| (name.clone(), Template::plain(value)));
        Self {
            method: request.method.clone(),
            endpoint: CalledServer { address: request.address.clone(), grpc: false },
            prefix: String::new(),
            path: Template::plain(&request.path),
            headers: headers.collect(),
            auth: None,
            body: BodyTemplate::Bytes(request.body.clone()),
        }
    }

    /// The type of the reply's message, if it is a gRPC call.
    pub fn output(&self) -> Option<MessageDescriptor> {
        match &self.body {
            BodyTemplate::Call(_, method) => Some(method.output()),
            _ => None,
        }
    }

    /// The request with its values filled in; an error when they do not fit into a message.
    pub fn request(&self, scope: &impl Scope) -> Result<HttpRequest, GrpcError> {
        self.filled(scope).map(|filled| filled.request)
    }

    /// The request with its values filled in, and what its body was made of.
    pub fn filled(&self, scope: &impl Scope) -> Result<FilledRequest, GrpcError> {
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), fill(value, scope)));
        let auth = self.auth.as_ref().map(|auth| ("Authorization".to_owned(), auth.header(scope)));
        let headers = headers.chain(auth).collect();
        let (body, document) = self.body(scope)?;
        let request = HttpRequest {
            method: self.method.clone(),
            address: self.endpoint.address.clone(),
            path: self.path(scope),
            headers,
            body,
        };
        Ok(FilledRequest { request, document })
    }

    fn body(&self, scope: &impl Scope) -> Result<(Vec<u8>, Option<Value>), GrpcError> {
        Ok(match &self.body {
            BodyTemplate::Empty => (Vec::new(), None),
            BodyTemplate::Json(document) => {
                let document = document.fill(scope);
                (document.to_string().into_bytes(), Some(document))
            }
            BodyTemplate::Form(fields) => {
                let fields: Vec<(&String, String)> =
                    fields.iter().map(|(name, value)| (name, fill(value, scope))).collect();
                let document = fields
                    .iter()
                    .map(|(name, value)| ((*name).clone(), Value::from(value.clone())));
                (form(fields.iter().cloned()).into_bytes(), Some(Value::Object(document.collect())))
            }
            BodyTemplate::Text(text) => (fill(text, scope).into_bytes(), None),
            BodyTemplate::Bytes(bytes) => (bytes.clone(), None),
            BodyTemplate::Call(message, method) => {
                let message = message.fill(scope);
                (framed(&packed(&method.input(), &message)?), Some(message))
            }
        })
    }

    /// The path, without a fragment, which is the client's own (RFC 9110, 7.1). One that is a
    /// single placeholder with a saved link, such as a `Location`, becomes that link's path,
    /// without the base URL's.
    fn path(&self, scope: &impl Scope) -> String {
        let path = self.path.fill_url(|place| plain(&scope.value(place)).into_owned());
        let path = path.split('#').next().unwrap_or_default();
        let is_link = matches!(self.path.parts(), [TemplatePart::Text(slash), TemplatePart::Placeholder(_)] if slash == "/");
        // Without the slash that the template has before its placeholder.
        let link = path.strip_prefix('/').filter(|_| is_link).unwrap_or_default();
        if link.starts_with('/') {
            return link.to_owned();
        }
        match Address::split(&without_user_info(link).0) {
            Ok((_, "")) => "/".to_owned(),
            Ok((_, path)) => path.to_owned(),
            Err(_) => format!("{}{path}", self.prefix),
        }
    }
}

/// A gRPC call's message and its method's descriptor.
fn called(
    call: &GrpcCall,
    address: &Address,
    timeout: Duration,
    context: &JobContext<'_>,
) -> Result<BodyTemplate, GrpcError> {
    let method = match &call.known {
        Some(known) => known.clone(),
        None => grpc::ask(address, context.transport, (&call.service, &call.method), timeout)?,
    };
    Ok(BodyTemplate::Call(JsonTemplate::new(&call.message), method))
}

/// A planned body and the content type that goes with it.
fn content(planned: &Body) -> (BodyTemplate, Option<&'static str>) {
    match planned {
        Body::Empty | Body::Call(_) => (BodyTemplate::Empty, None),
        Body::Json(value) => {
            (BodyTemplate::Json(JsonTemplate::new(value)), Some("application/json"))
        }
        Body::Form(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), template(value)));
            (BodyTemplate::Form(fields.collect()), Some(FORM))
        }
        Body::Text(text) => (BodyTemplate::Text(template(text)), None),
    }
}

fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use brunt_scenarios::plan::{Auth, ExpectedResponse, RequestTarget};
    use serde_json::json;

    use super::*;
    use crate::job::portion::Portion;
    use crate::template::Values;
    use crate::transport::Transport;

    fn sent(path: &str, body: Body, auth: Option<Auth>) -> HttpRequest {
        let planned = PlannedRequest {
            method: Method::Post,
            target: RequestTarget { service: "shop".to_owned(), path: path.to_owned() },
            headers: BTreeMap::new(),
            body,
            expect: ExpectedResponse::default(),
            timeout: std::time::Duration::ZERO,
            auth,
            follow: false,
        };
        let values = Values::from([
            ("to".to_owned(), json!("/orders/7")),
            ("url".to_owned(), json!("http://h:1/orders/8?x")),
            ("name".to_owned(), json!("A&B")),
            ("own".to_owned(), json!("http://ann:pw@h:1/orders/9#top")),
        ]);
        let none = Values::new();
        let context = JobContext {
            url: &|_| Some("http://h:1/api".to_owned()),
            values: &none,
            transport: &Transport::default(),
            portion: Portion::WHOLE,
        };
        RequestTemplate::new(&planned, &context).unwrap().request(&values).unwrap()
    }

    #[test]
    fn a_path_that_is_a_saved_link_becomes_that_links_path() {
        let path = |path: &str| sent(path, Body::Empty, None).path;
        assert_eq!(path("/${name}/x"), "/api/A&B/x");
        assert_eq!(path("/x?by=${name}&to=${to}"), "/api/x?by=A%26B&to=%2Forders%2F7");
        assert_eq!(path("/${to}"), "/orders/7");
        assert_eq!(path("/${url}"), "/orders/8?x");
        assert_eq!(path("/${own}"), "/orders/9");
    }

    #[test]
    fn a_fragment_is_not_sent() {
        let path = |path: &str| sent(path, Body::Empty, None).path;
        assert_eq!(path("/s?x=1#frag"), "/api/s?x=1");
        assert_eq!(path("/s#${name}?no=query"), "/api/s");
        assert_eq!(path("/s?tag=%23${name}"), "/api/s?tag=%23A%26B");
    }

    #[test]
    fn forms_and_tokens_are_written_as_servers_read_them() {
        let form = Body::Form(BTreeMap::from([("who".to_owned(), "${name} x".to_owned())]));
        let request = sent("/", form, Some(Auth::Bearer("t-${name}".to_owned())));
        assert_eq!(request.body, b"who=A%26B+x");
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(
            headers,
            ["content-type: application/x-www-form-urlencoded", "Authorization: Bearer t-A&B"]
        );
    }
}
