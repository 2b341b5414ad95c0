//! A proxy in a callee's place, and how it is controlled.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use brunt_proxy::{
    ControlReply, ControlRequest, ControlServer, EdgeProxy, EndpointAddress, Listen, TrafficCounts,
    WireFault,
};
use brunt_scenarios::plan::EdgeFault;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream, Lines};
use tokio::net::TcpStream;

use crate::callee::{Callee, serving, text};
use crate::caller::{Caller, once};
use crate::{BOUND, eventually};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// A controller's connection.
struct Controller(Lines<BufStream<TcpStream>>);

impl Controller {
    async fn connect(port: u16) -> Self {
        Self(BufStream::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap()).lines())
    }

    /// `None` when the connection has ended.
    async fn send(&mut self, request: &ControlRequest) -> Option<ControlReply> {
        let line = serde_json::to_string(request).unwrap() + "\n";
        self.0.get_mut().write_all(line.as_bytes()).await.ok()?;
        self.0.get_mut().flush().await.ok()?;
        let answer = tokio::time::timeout(BOUND, self.0.next_line()).await.expect("no reply");
        Some(serde_json::from_str(&answer.ok()??).unwrap())
    }

    async fn authenticated(port: u16) -> Self {
        let mut controller = Self::connect(port).await;
        let hello = ControlRequest::Hello { token: "t".to_owned() };
        assert_eq!(controller.send(&hello).await, Some(ControlReply::Done));
        controller
    }

    async fn inject(&mut self, from: Option<&str>, fault: EdgeFault) -> u64 {
        let request =
            ControlRequest::Inject { from: from.map(str::to_owned), fault: WireFault::from(fault) };
        match self.send(&request).await {
            Some(ControlReply::Injected { id }) => id,
            other => panic!("{other:?}"),
        }
    }

    async fn count(&mut self) -> TrafficCounts {
        match self.send(&ControlRequest::Count).await {
            Some(ControlReply::Counted(counted)) => counted,
            other => panic!("{other:?}"),
        }
    }
}

async fn start() -> (Callee, Arc<EdgeProxy>, ControlServer) {
    let callee = serving(|_| async { text("done") }).await;
    let edge_proxy =
        EdgeProxy::start("stock", Listen::Everywhere(0), EndpointAddress::local(callee.port))
            .unwrap();
    edge_proxy.opened().await;
    let edge_proxy = Arc::new(edge_proxy);
    let control = ControlServer::start(0, "t", Arc::clone(&edge_proxy)).await.unwrap();
    (callee, edge_proxy, control)
}

fn routing_of_shop(callee: &Callee) -> ControlRequest {
    ControlRequest::SetRouting {
        callers: HashMap::from([(HERE, "shop".to_owned())]),
        endpoints: vec![format!("127.0.0.1:{}", callee.port)],
    }
}

#[tokio::test]
async fn an_edge_proxy_forwards_before_it_is_controlled_and_refuses_a_wrong_token() {
    let (_callee, edge_proxy, control) = start().await;
    assert_eq!(once(edge_proxy.port(), "/").await.unwrap().1, "done");
    let mut stranger = Controller::connect(control.port()).await;
    let answer = stranger.send(&ControlRequest::Hello { token: "?".to_owned() }).await;
    assert!(matches!(answer, Some(ControlReply::Refused { .. })), "{answer:?}");
    assert_eq!(stranger.send(&ControlRequest::Count).await, None);
    let counted = Controller::authenticated(control.port()).await.count().await;
    assert_eq!((counted.edges[0].from.clone(), counted.edges[0].requests), (None, 1));
}

#[tokio::test]
async fn a_fault_of_one_caller_hits_its_open_connections_and_no_other_caller() {
    let (callee, edge_proxy, control) = start().await;
    let mut kept = Caller::to(edge_proxy.port()).await;
    kept.get("/").await.unwrap();
    let mut controller = Controller::authenticated(control.port()).await;
    controller.send(&routing_of_shop(&callee)).await;
    let others = controller.inject(None, EdgeFault::Abort { status: 500, share: 1.0 }).await;
    let shops = controller.inject(Some("shop"), EdgeFault::Abort { status: 503, share: 1.0 }).await;
    assert_eq!(kept.get("/").await.unwrap().0, 503);
    let recover =
        |from: Option<&str>, id| ControlRequest::Recover { from: from.map(str::to_owned), id };
    assert_eq!(
        controller.send(&recover(Some("shop"), shops)).await,
        Some(ControlReply::Recovered { hits: Some(1) })
    );
    assert_eq!(
        controller.send(&recover(None, others)).await,
        Some(ControlReply::Recovered { hits: Some(0) })
    );
    assert_eq!(kept.get("/").await.unwrap().0, 200);
    let counted = controller.count().await;
    let shop = counted.edges.iter().find(|edge| edge.from.as_deref() == Some("shop")).unwrap();
    assert_eq!((shop.requests, shop.reached, shop.faulted), (2, 1, 1));
    assert_eq!((counted.requests_by_address[&HERE], counted.connections), (3, 1));
}

#[tokio::test]
async fn new_connections_of_one_caller_alone_are_refused() {
    let (callee, edge_proxy, control) = start().await;
    let mut controller = Controller::authenticated(control.port()).await;
    controller.inject(None, EdgeFault::Refuse).await;
    assert!(once(edge_proxy.port(), "/").await.is_err(), "the caller is outside");
    controller.send(&routing_of_shop(&callee)).await;
    assert_eq!(once(edge_proxy.port(), "/").await.unwrap().1, "done");
    let id = controller.inject(Some("shop"), EdgeFault::Refuse).await;
    assert!(once(edge_proxy.port(), "/").await.is_err());
    let recover = ControlRequest::Recover { from: Some("shop".to_owned()), id };
    assert_eq!(controller.send(&recover).await, Some(ControlReply::Recovered { hits: Some(1) }));
    assert_eq!(once(edge_proxy.port(), "/").await.unwrap().1, "done");
    let counts = controller.count().await;
    let shop = counts.edges.iter().find(|edge| edge.from.as_deref() == Some("shop")).unwrap();
    assert_eq!((shop.requests, shop.reached, shop.faulted), (3, 2, 1));
    assert_eq!(counts.requests_by_address[&HERE], 4);
}

#[tokio::test]
async fn faults_and_endpoints_of_a_controller_end_with_its_connection() {
    let (callee, edge_proxy, control) = start().await;
    let mut controller = Controller::authenticated(control.port()).await;
    controller.send(&routing_of_shop(&callee)).await;
    controller.inject(Some("shop"), EdgeFault::HalfOpen).await;
    let mut caller = Caller::to(edge_proxy.port()).await;
    let held = tokio::time::timeout(Duration::from_millis(100), caller.get("/")).await;
    assert!(held.is_err(), "it must be held: {held:?}");
    // Where there is no callee, connections are refused.
    controller
        .send(&ControlRequest::SetRouting { callers: HashMap::new(), endpoints: vec![] })
        .await;
    edge_proxy.closed().await;
    // The newest connection replaces the one before.
    let mut next = Controller::authenticated(control.port()).await;
    assert_eq!(controller.send(&ControlRequest::Count).await, None);
    edge_proxy.opened().await;
    next.send(&routing_of_shop(&callee)).await;
    assert_eq!(once(edge_proxy.port(), "/").await.unwrap().1, "done");
    let cut = next.inject(Some("shop"), EdgeFault::Cut).await;
    assert!(once(edge_proxy.port(), "/").await.is_err(), "fault {cut} is in force");
    drop(next);
    tokio::time::timeout(BOUND, async { while once(edge_proxy.port(), "/").await.is_err() {} })
        .await
        .unwrap();
}

#[tokio::test]
async fn draining_closes_each_connection_after_its_next_reply() {
    let (_callee, edge_proxy, control) = start().await;
    let mut kept = Caller::to(edge_proxy.port()).await;
    let mut idle = Caller::to(edge_proxy.port()).await;
    for caller in [&mut kept, &mut idle] {
        caller.get("/").await.unwrap();
    }
    let mut controller = Controller::authenticated(control.port()).await;
    controller.send(&ControlRequest::DrainConnections).await;
    assert_eq!(kept.get("/").await.unwrap().0, 200);
    eventually(|| edge_proxy.connections() == 1).await;
    assert!(kept.get("/").await.is_err(), "its connection has ended");
    edge_proxy.shut_down().await;
    assert!(TcpStream::connect(("127.0.0.1", edge_proxy.port())).await.is_err());
}
