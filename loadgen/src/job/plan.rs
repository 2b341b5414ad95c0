//! From a planned load to a job.

use std::time::Duration;

use brunt_scenarios::plan::{Body, Load, Method, Request as Planned};
use serde_json::Value;

use super::{Address, Bound, CONNECTIONS, Job, JobError, Order, Request, Reuse, Transport};

impl Job {
    /// The job of a planned load against the service at `base_url`; `fill` puts values in the place of `${names}` in texts.
    /// In a JSON body strings stay strings; fill in what is to become a number beforehand.
    ///
    /// Requests in flight at the end are waited for until each one's timeout, so that as few commands as possible remain
    /// of which nobody knows whether they were accepted.
    ///
    /// # Errors
    /// [`JobError`] when the URL, the path or a header cannot be sent.
    pub fn from_plan(load: &Load, base_url: &str, fill: impl Fn(&str) -> String) -> Result<Self, JobError> {
        Ok(Self {
            name: load.name.clone(),
            requests: vec![request(&load.request, base_url, &fill)?],
            order: Order::InTurn,
            arrival: load.arrival.clone(),
            bound: Bound::Time(load.lasts),
            answer: load.request.expect.clone(),
            key: load.key.clone(),
            timeout: load.request.timeout,
            drain: load.request.timeout + Duration::from_millis(100),
            connections: CONNECTIONS,
            reuse: Reuse::Yes,
            transport: Transport::default(),
            observer: None,
        })
    }
}

fn request(planned: &Planned, base_url: &str, fill: &impl Fn(&str) -> String) -> Result<Request, JobError> {
    let (address, prefix) = Address::split(base_url)?;
    let mut headers: Vec<(String, String)> =
        planned.headers.iter().map(|(name, value)| (name.clone(), fill(value))).collect();
    let json_type = ("content-type".to_owned(), "application/json".to_owned());
    let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(&json_type.0));
    let body = match &planned.body {
        Body::Empty => Vec::new(),
        Body::Text(text) => fill(text).into_bytes(),
        Body::Json(value) => {
            headers.extend((!typed).then_some(json_type));
            filled(value, fill).to_string().into_bytes()
        }
    };
    Ok(Request {
        method: method(planned.method),
        address,
        path: format!("{}{}", prefix.trim_end_matches('/'), fill(&planned.target.path)),
        headers,
        body,
    })
}

/// Fills in strings wherever they stand in a document; the result is JSON whatever the values contain.
fn filled(value: &Value, fill: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text)),
        Value::Array(items) => items.iter().map(|item| filled(item, fill)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| (name.clone(), filled(field, fill)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
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

    use brunt_scenarios::plan::{Answer, Arrival, Target};
    use serde_json::json;

    use super::*;

    fn load() -> Load {
        Load {
            name: "orders".to_owned(),
            arrival: Arrival::Closed { users: 1, think: (Duration::ZERO, Duration::ZERO) },
            lasts: Duration::from_secs(1),
            request: Planned {
                method: Method::Post,
                target: Target { service: "order".to_owned(), path: "/orders?by=${who}".to_owned() },
                headers: BTreeMap::from([("x-who".to_owned(), "${who}".to_owned())]),
                body: Body::Json(json!({"who": ["${who}", 1]})),
                expect: Answer::default(),
                timeout: Duration::from_secs(2),
            },
            key: None,
        }
    }

    #[test]
    fn names_are_filled_in_everywhere() {
        let fill = |text: &str| text.replace("${who}", "\"ann\"");
        let job = Job::from_plan(&load(), "http://127.0.0.1:1/base/", fill).unwrap();
        let request = &job.requests[0];
        assert_eq!(request.path, "/base/orders?by=\"ann\"");
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(request.headers, [header("x-who", "\"ann\""), header("content-type", "application/json")]);
        assert_eq!(String::from_utf8_lossy(&request.body), r#"{"who":["\"ann\"",1]}"#);
    }

    #[test]
    fn a_base_url_is_needed() {
        let error = Job::from_plan(&load(), "order", str::to_owned).unwrap_err();
        assert_eq!(error, JobError::Address("order".to_owned()));
    }
}
