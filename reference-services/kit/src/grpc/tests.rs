use std::time::Duration;

use http::StatusCode;
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_server::Health as _;
use tonic_types::StatusExt;

use super::{Call, page};
use crate::health::Health;
use crate::rest::Problem;

#[test]
fn each_refusal_has_its_code() {
    let code = |problem| Status::from(problem).code();
    assert_eq!(code(Problem::malformed("x")), Code::InvalidArgument);
    assert_eq!(code(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "x")), Code::InvalidArgument);
    assert_eq!(code(Problem::not_found("x")), Code::NotFound);
    assert_eq!(code(Problem::conflict("x")), Code::FailedPrecondition);
    assert_eq!(code(Problem::conflict("x").retry_after(1)), Code::Aborted);
    assert_eq!(code(Problem::unavailable("x")), Code::Unavailable);
    assert_eq!(code(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "x")), Code::Internal);
}

#[test]
fn a_temporary_refusal_says_when_to_retry() {
    let status = Status::from(Problem::unavailable("결제가 안 됩니다").retry_after(5));
    let info = status.get_error_details().retry_info().cloned().unwrap();
    assert_eq!(info.retry_delay, Some(Duration::from_secs(5)));
    assert_eq!(status.message(), "결제가 안 됩니다");
    assert!(Status::from(Problem::conflict("x")).get_error_details().retry_info().is_none());
}

#[test]
fn trace_and_key_come_in_metadata() {
    let mut request = Request::new(7);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let metadata = request.metadata_mut();
    metadata.insert("traceparent", format!("00-{trace}-b7ad6b7169203331-01").parse().unwrap());
    metadata.insert("idempotency-key", "k".parse().unwrap());
    let (call, message) = Call::open(request).unwrap();
    assert_eq!((message, call.idempotency_key.as_deref()), (7, Some("k")));
    assert!(call.cause.traceparent.contains(trace));
}

#[test]
fn a_page_is_never_without_a_size_nor_too_large() {
    assert_eq!((page(2, 0).size, page(2, 5).size, page(2, u32::MAX).size), (20, 5, 1000));
    assert_eq!(page(2, 5).page, 2);
}

#[tokio::test]
async fn grpc_health_is_the_state_that_the_probes_report() {
    let health = Health::default();
    let status = async || {
        health.check(Request::new(HealthCheckRequest::default())).await.unwrap().into_inner().status
    };
    assert_eq!(status().await, 1);
    health.make_zombie();
    assert_eq!(status().await, 2);
}
