#[path = "../../../../tests/hostile/damage.rs"]
mod damage;

use std::sync::Arc;

use brunt_scenarios::plan::{EdgeDirection, EdgeFault};
use serde_json::json;

use super::ControlSession;
use crate::control_protocol::{ControlReply, ControlRequest};
use crate::edge_proxy::{EdgeProxy, ServedPort};
use crate::endpoints::EndpointAddress;
use crate::faults::ActiveFaults;

/// What calls, connections and bytes meet of a fault must be drawn, however odd it is.
fn draw(fault: EdgeFault) {
    let faults = ActiveFaults::default();
    let endpoints: Vec<_> = (1..=3).map(EndpointAddress::local).collect();
    let id = faults.inject(fault, endpoints.clone(), 7);
    assert!(!faults.to_string().is_empty());
    for is_grpc in [false, true] {
        let _ = (faults.on_request(is_grpc), faults.request_delay(), faults.refuse_connection());
    }
    for endpoint in &endpoints {
        let _ = (faults.on_reply(endpoint), faults.on_open_connection());
        for direction in [EdgeDirection::Request, EdgeDirection::Reply] {
            let _ = (faults.limit(direction), faults.on_bytes(direction, endpoint, |_, _| true));
        }
    }
    assert!(faults.recover(id).is_some());
}

#[tokio::test]
async fn a_line_of_the_control_protocol_damaged_at_random_is_carried_out_or_refused() {
    let port = ServedPort { port: 0, fallback: EndpointAddress::local(1) };
    let edge_proxy = Arc::new(EdgeProxy::start("stock", &[port]).unwrap());
    let scope = json!(["both", 0.5]);
    let lines = [
        json!({"hello": {"token": "t", "version": 3}}),
        json!({"know": {"callers": {"10.0.0.1": "order", "::1": "web"},
            "endpoints": {"80": ["10.0.0.2:8080", "stock:1"], "81": []}}}),
        json!({"set": {"from": null, "fault": {"latency": {"pick": "50%", "scope": scope,
            "delay": {"between": [1500, 2_000_000]}}}}}),
        json!({"set": {"from": "order", "fault": {"latency": {"pick": "one", "scope": scope,
            "delay": {"around": [1500, 700, "pareto"]}}}}}),
        json!({"set": {"from": null, "fault": {"abort": {"status": 503, "share": 0.5}}}}),
        json!({"set": {"from": null, "fault": {"slowReply": {"delay": [5, 7]}}}}),
        json!({"set": {"from": null, "fault": {"duplicate": {"share": 1.0}}}}),
        json!({"set": {"from": null, "fault": {"bandwidth": {"bytesPerSecond": 9, "scope": scope}}}}),
        json!({"set": {"from": null, "fault": {"limitData": {"bytes": 9, "scope": scope}}}}),
        json!({"set": {"from": null, "fault": {"slice": {"size": 9, "variation": 3,
            "delay": [5, 7], "scope": scope}}}}),
        json!({"set": {"from": null, "fault": {"corrupt": {"rate": 0.125, "scope": scope}}}}),
        json!({"set": {"from": null, "fault": "cut"}}),
        json!({"lift": {"id": 7}}),
    ];
    for line in &lines {
        assert!(serde_json::from_value::<ControlRequest>(line.clone()).is_ok(), "{line}");
    }
    damage::read_damaged(&lines, &[r#""count""#, r#""windDown""#], |line| {
        let Ok(request) = serde_json::from_str::<ControlRequest>(line) else { return false };
        if let ControlRequest::Inject { fault, .. } = &request
            && let Ok(fault) = EdgeFault::try_from(fault.clone())
        {
            draw(fault);
        }
        let mut session = ControlSession::new(Arc::clone(&edge_proxy));
        let reply = serde_json::to_string(&session.handle(request)).unwrap();
        assert!(serde_json::from_str::<ControlReply>(&reply).is_ok(), "{reply}");
        true
    });
}
