//! From a planned load to a job.

use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::plan::{ExpectedResponse, Load, Work};

use super::context::JobContext;
use super::error::JobError;
use super::request_template::RequestTemplate;
use super::script::JourneyScript;
use super::{Bound, CONNECTIONS, Job, RequestOrder};
use crate::protocol::Reuse;
use crate::template::JsonTemplate;

impl Job {
    /// Makes a planned load into a job.
    ///
    /// Requests in flight at the end are waited for until each one's timeout, so that few
    /// commands remain of which it is not known whether they were accepted.
    ///
    /// # Errors
    /// [`JobError`] when a service has no address, a URL, path or header cannot be sent, or a
    /// server has no reflection. Reflection is asked here, so this blocks if there are gRPC calls
    /// without a .proto file.
    pub fn from_plan(load: &Load, context: &JobContext<'_>) -> Result<Self, JobError> {
        let job = Self {
            name: load.name.clone(),
            requests: vec![],
            logins: 0,
            journeys: None,
            order: RequestOrder::InTurn,
            arrival: load.arrival.clone(),
            bound: Bound::Time(load.lasts),
            warm_up: load.warm_up,
            answer: ExpectedResponse::default(),
            key: None,
            timeout: load.timeout(),
            // A little more than the timeout, so that the last requests still end by it and are
            // counted as timed out.
            drain: load.timeout().saturating_add(Duration::from_millis(100)),
            spin: false,
            portion: context.portion,
            connections: CONNECTIONS,
            reuse: Reuse::Yes,
            transport: context.transport.clone(),
            observer: None,
        };
        match &load.work {
            Work::Journeys(journeys) => {
                let script = JourneyScript::new(journeys, &load.feeds, context)?;
                Ok(Self { journeys: Some(Arc::new(script)), ..job })
            }
            Work::Request { request, key } => {
                let template = RequestTemplate::new(request, context)?;
                let mut answer = request.expect.clone();
                for (_, wanted) in &mut answer.json {
                    *wanted = JsonTemplate::new(wanted).fill(context.values);
                }
                Ok(Self {
                    requests: vec![template.request(context.values)?],
                    answer,
                    key: key.clone(),
                    ..job
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use brunt_scenarios::plan::{
        Arrival, Auth, Body, Method, Request as PlannedRequest, RequestTarget,
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::address::AddressError;
    use crate::job::portion::Portion;
    use crate::transport::Transport;

    fn load() -> Load {
        let request = PlannedRequest {
            method: Method::Post,
            target: RequestTarget {
                service: "order".to_owned(),
                path: "/orders?by=${who}".to_owned(),
            },
            headers: BTreeMap::from([("x-who".to_owned(), "${who}".to_owned())]),
            body: Body::Json(json!({"who": ["${who}", 1], "n": "${n}"})),
            expect: ExpectedResponse::default(),
            timeout: Duration::from_secs(2),
            auth: Some(Auth::Basic("ann".to_owned(), "${n}".to_owned())),
            follow: false,
        };
        Load {
            name: "orders".to_owned(),
            arrival: Arrival::Closed { users: 1, think: (Duration::ZERO, Duration::ZERO) },
            lasts: Duration::from_secs(1),
            warm_up: Duration::ZERO,
            work: Work::Request { request: Box::new(request), key: None },
            feeds: vec![],
            thresholds: vec![],
        }
    }

    fn job(url: Option<&str>) -> Result<Job, JobError> {
        let values =
            BTreeMap::from([("who".to_owned(), json!("\"ann\"")), ("n".to_owned(), json!(7))]);
        Job::from_plan(
            &load(),
            &JobContext {
                url: &|_| url.map(str::to_owned),
                values: &values,
                transport: &Transport::default(),
                portion: Portion::WHOLE,
            },
        )
    }

    #[test]
    fn placeholders_are_filled_in_path_headers_body_and_credentials() {
        let job = job(Some("http://127.0.0.1:1/base/")).unwrap();
        let request = &job.requests[0];
        assert_eq!(request.path, "/base/orders?by=%22ann%22");
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let wanted = [
            header("x-who", "\"ann\""),
            header("content-type", "application/json"),
            header("Authorization", "Basic YW5uOjc="),
        ];
        assert_eq!(request.headers, wanted);
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body, json!({"who": ["\"ann\"", 1], "n": 7}));
    }

    #[test]
    fn a_load_on_a_service_without_a_base_url_is_an_error() {
        let not_url = AddressError::NotUrl("order".to_owned());
        let error = job(Some("order")).unwrap_err();
        assert!(matches!(&error, JobError::Address(why) if *why == not_url), "{error}");
        let error = job(None).unwrap_err();
        assert!(matches!(&error, JobError::Unknown(name) if name == "order"), "{error}");
    }
}
