//! An API server for tests that follows a script: the calls that it expects, in this order, and its
//! answers. Any other call fails the test.

use http::{Method, Request, Response};
use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::client::connect::Cluster;

/// One expected call and its answer.
pub(crate) struct ScriptedCall {
    method: Method,
    /// The path and query must contain this.
    path: &'static str,
    /// The body must contain each of these.
    says: Vec<&'static str>,
    status: u16,
    answer: Value,
}

pub(crate) fn call(method: Method, path: &'static str, status: u16, answer: Value) -> ScriptedCall {
    ScriptedCall { method, path, says: vec![], status, answer }
}

impl ScriptedCall {
    pub(crate) fn saying(mut self, says: &[&'static str]) -> Self {
        self.says = says.to_vec();
        self
    }
}

/// An error status, as the API server writes it.
pub(crate) fn no(code: u16, reason: &str, message: &str) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "code": code, "reason": reason, "message": message,
    })
}

/// A cluster with such an API server. Await the handle at the test's end: it fails when a call of
/// the script was not made.
pub(crate) fn cluster(calls: Vec<ScriptedCall>) -> (Cluster, JoinHandle<()>) {
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    let script = tokio::spawn(async move {
        for call in calls {
            let (request, answer) = handle
                .next_request()
                .await
                .unwrap_or_else(|| panic!("never called: {}", call.path));
            assert_eq!(request.method(), call.method, "{}", request.uri());
            assert!(
                request.uri().to_string().contains(call.path),
                "{} is not {}",
                request.uri(),
                call.path
            );
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let body = String::from_utf8_lossy(&body);
            for says in call.says {
                assert!(body.contains(says), "{body} does not say {says}");
            }
            let reply = Body::from(serde_json::to_vec(&call.answer).unwrap());
            answer.send_response(Response::builder().status(call.status).body(reply).unwrap());
        }
    });
    (Cluster { client: Client::new(service, "ns"), namespace: "ns".to_owned() }, script)
}
