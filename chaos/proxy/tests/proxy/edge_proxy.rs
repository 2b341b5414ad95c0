//! A proxy in a callee's place, and how it is controlled.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use brunt_proxy::{
    CONTROL_VERSION, ControlLines, ControlReply, ControlRequest, ControlServer, EdgeProxy,
    EndpointAddress, LONGEST_LINE, ServedPort, TrafficCounts, WireFault,
};
use brunt_scenarios::plan::{AbortStatus, EdgeFault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{Callee, serving, text};
use crate::caller::{Caller, once};
use crate::{BOUND, eventually};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// A controller's connection.
struct Controller(ControlLines);

impl Controller {
    async fn connect(port: u16) -> Self {
        Self(ControlLines::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap()))
    }

    /// `None` when the connection has ended.
    async fn send(&mut self, request: &ControlRequest) -> Option<ControlReply> {
        self.0.write(request).await.ok()?;
        self.reply().await
    }

    async fn reply(&mut self) -> Option<ControlReply> {
        let answer = tokio::time::timeout(BOUND, self.0.read(LONGEST_LINE)).await;
        Some(serde_json::from_slice(&answer.expect("no reply").ok()??).unwrap())
    }

    async fn authenticated(port: u16) -> Self {
        let mut controller = Self::connect(port).await;
        let welcome = ControlReply::Welcome { version: CONTROL_VERSION };
        assert_eq!(controller.send(&hello("t", CONTROL_VERSION)).await, Some(welcome));
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

fn hello(token: &str, version: u32) -> ControlRequest {
    ControlRequest::Hello { token: token.to_owned(), version }
}

async fn start() -> (Callee, Arc<EdgeProxy>, ControlServer) {
    let callee = serving(|_| async { text("done") }).await;
    let served = ServedPort { port: 0, fallback: EndpointAddress::local(callee.port) };
    let edge_proxy = EdgeProxy::start("stock", &[served]).unwrap();
    edge_proxy.opened().await;
    let edge_proxy = Arc::new(edge_proxy);
    let control = ControlServer::start(0, "t", Arc::clone(&edge_proxy)).await.unwrap();
    (callee, edge_proxy, control)
}

fn port_of(edge_proxy: &EdgeProxy) -> u16 {
    edge_proxy.ports()[0]
}

fn routing_of_shop(edge_proxy: &EdgeProxy, callee: &Callee) -> ControlRequest {
    let endpoints = vec![format!("127.0.0.1:{}", callee.port)];
    ControlRequest::SetRouting {
        callers: HashMap::from([(HERE, "shop".to_owned())]),
        endpoints: BTreeMap::from([(port_of(edge_proxy), endpoints)]),
    }
}

#[tokio::test]
async fn an_edge_proxy_forwards_before_it_is_controlled_and_refuses_a_wrong_token() {
    let (_callee, edge_proxy, control) = start().await;
    assert_eq!(once(port_of(&edge_proxy), "/").await.unwrap().1, "done");
    let mut stranger = Controller::connect(control.port()).await;
    let answer = stranger.send(&hello("?", CONTROL_VERSION)).await;
    assert!(matches!(answer, Some(ControlReply::Refused { .. })), "{answer:?}");
    assert_eq!(stranger.send(&ControlRequest::Count).await, None);
    let counted = Controller::authenticated(control.port()).await.count().await;
    assert_eq!((counted.edges[0].from.clone(), counted.edges[0].requests), (None, 1));
}

#[tokio::test]
async fn a_fault_of_one_caller_hits_its_open_connections_and_no_other_caller() {
    let (callee, edge_proxy, control) = start().await;
    let mut kept = Caller::to(port_of(&edge_proxy)).await;
    kept.get("/").await.unwrap();
    let mut controller = Controller::authenticated(control.port()).await;
    controller.send(&routing_of_shop(&edge_proxy, &callee)).await;
    let others = controller
        .inject(None, EdgeFault::Abort { status: AbortStatus::Http(500), share: 1.0 })
        .await;
    let shops = controller
        .inject(Some("shop"), EdgeFault::Abort { status: AbortStatus::Http(503), share: 1.0 })
        .await;
    assert_eq!(kept.get("/").await.unwrap().0, 503);
    for (id, hits) in [(shops, Some(1)), (others, Some(0)), (others, None)] {
        let recovered = controller.send(&ControlRequest::Recover { id }).await;
        assert_eq!(recovered, Some(ControlReply::Recovered { hits }));
    }
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
    assert!(once(port_of(&edge_proxy), "/").await.is_err(), "the caller is outside");
    controller.send(&routing_of_shop(&edge_proxy, &callee)).await;
    assert_eq!(once(port_of(&edge_proxy), "/").await.unwrap().1, "done");
    let id = controller.inject(Some("shop"), EdgeFault::Refuse).await;
    assert!(once(port_of(&edge_proxy), "/").await.is_err());
    let recover = ControlRequest::Recover { id };
    assert_eq!(controller.send(&recover).await, Some(ControlReply::Recovered { hits: Some(1) }));
    assert_eq!(once(port_of(&edge_proxy), "/").await.unwrap().1, "done");
    let counts = controller.count().await;
    let shop = counts.edges.iter().find(|edge| edge.from.as_deref() == Some("shop")).unwrap();
    assert_eq!((shop.requests, shop.reached, shop.faulted), (3, 2, 1));
    assert_eq!(counts.requests_by_address[&HERE], 4);
}

#[tokio::test]
async fn faults_and_endpoints_of_a_controller_end_with_its_connection() {
    let (callee, edge_proxy, control) = start().await;
    let mut controller = Controller::authenticated(control.port()).await;
    controller.send(&routing_of_shop(&edge_proxy, &callee)).await;
    controller.inject(Some("shop"), EdgeFault::HalfOpen).await;
    let mut caller = Caller::to(port_of(&edge_proxy)).await;
    let held = tokio::time::timeout(Duration::from_millis(100), caller.get("/")).await;
    assert!(held.is_err(), "it must be held: {held:?}");
    // Where there is no callee, connections are refused.
    controller
        .send(&ControlRequest::SetRouting { callers: HashMap::new(), endpoints: BTreeMap::new() })
        .await;
    edge_proxy.closed().await;
    // The newest connection replaces the one before.
    let mut next = Controller::authenticated(control.port()).await;
    assert_eq!(controller.send(&ControlRequest::Count).await, None);
    edge_proxy.opened().await;
    next.send(&routing_of_shop(&edge_proxy, &callee)).await;
    assert_eq!(once(port_of(&edge_proxy), "/").await.unwrap().1, "done");
    let cut = next.inject(Some("shop"), EdgeFault::Cut).await;
    assert!(once(port_of(&edge_proxy), "/").await.is_err(), "fault {cut} is in force");
    drop(next);
    tokio::time::timeout(BOUND, async { while once(port_of(&edge_proxy), "/").await.is_err() {} })
        .await
        .unwrap();
}

#[tokio::test]
async fn draining_closes_each_connection_after_its_next_reply() {
    let (_callee, edge_proxy, control) = start().await;
    let mut kept = Caller::to(port_of(&edge_proxy)).await;
    let mut idle = Caller::to(port_of(&edge_proxy)).await;
    for caller in [&mut kept, &mut idle] {
        caller.get("/").await.unwrap();
    }
    let mut controller = Controller::authenticated(control.port()).await;
    controller.send(&ControlRequest::DrainConnections).await;
    assert_eq!(kept.get("/").await.unwrap().0, 200);
    eventually(|| edge_proxy.connections() == 1).await;
    assert!(kept.get("/").await.is_err(), "its connection has ended");
    edge_proxy.shut_down().await;
    assert!(TcpStream::connect(("127.0.0.1", port_of(&edge_proxy))).await.is_err());
}

#[tokio::test]
async fn a_controller_of_another_version_is_told_both_versions_and_closed() {
    let (_callee, _edge_proxy, control) = start().await;
    let mut older = Controller::connect(control.port()).await;
    let Some(ControlReply::Refused { why }) = older.send(&hello("t", 0)).await else {
        panic!("it must be refused");
    };
    assert!(why.contains("version 3") && why.contains("version 0"), "{why}");
    assert_eq!(older.reply().await, None);
    // Who has not the token learns no version.
    let mut stranger = Controller::connect(control.port()).await;
    let Some(ControlReply::Refused { why }) = stranger.send(&hello("?", 0)).await else {
        panic!("it must be refused");
    };
    assert_eq!(why, "that is not the token");
}

#[tokio::test]
async fn a_line_without_an_end_is_cut_off_before_and_after_authentication() {
    let (_callee, _edge_proxy, control) = start().await;
    let mut stranger = TcpStream::connect(("127.0.0.1", control.port())).await.unwrap();
    // It may be reset while it writes, as soon as more has come than is read.
    let _ = stranger.write_all(&[b'x'; 64 * 1024]).await;
    let ended = tokio::time::timeout(BOUND, stranger.read(&mut [0; 8])).await.expect("no end");
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    let mut controller = Controller::authenticated(control.port()).await;
    let endless = "x".repeat(LONGEST_LINE + 1);
    let _ = controller.0.write(&endless).await;
    assert_eq!(controller.reply().await, None);
}

#[tokio::test]
async fn silent_connections_keep_no_controller_out_and_are_closed_in_the_end() {
    let (_callee, _edge_proxy, control) = start().await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(("127.0.0.1", control.port())).await.unwrap());
    }
    Controller::authenticated(control.port()).await.count().await;
    for mut stream in silent {
        let ended = tokio::time::timeout(BOUND, stream.read(&mut [0; 8])).await;
        assert!(matches!(ended.expect("no end"), Ok(0) | Err(_)));
    }
}

#[tokio::test]
async fn a_controller_that_vanishes_without_a_word_is_noticed_by_the_operating_system() {
    let (_callee, _edge_proxy, control) = start().await;
    let _controller = Controller::authenticated(control.port()).await;
    let is_watched = || {
        let connections = std::fs::read_to_string("/proc/self/net/tcp6").unwrap()
            + &std::fs::read_to_string("/proc/self/net/tcp").unwrap();
        let local = format!(":{:04X}", control.port());
        connections.lines().any(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            // Established, with a timer that asks whether the other end is still there.
            let is_ours = fields.get(1).is_some_and(|address| address.ends_with(&local));
            is_ours && fields.get(3) == Some(&"01") && fields[5].starts_with("02:")
        })
    };
    eventually(is_watched).await;
}

#[tokio::test]
async fn every_port_leads_to_its_own_endpoints_and_a_fault_hits_all_of_them() {
    let web = serving(|_| async { text("web") }).await;
    let metrics = serving(|_| async { text("metrics") }).await;
    let served = [&web, &metrics]
        .map(|one| ServedPort { port: 0, fallback: EndpointAddress::local(one.port) });
    let edge_proxy = Arc::new(EdgeProxy::start("stock", &served).unwrap());
    edge_proxy.opened().await;
    let control = ControlServer::start(0, "t", Arc::clone(&edge_proxy)).await.unwrap();
    let [first, second] = edge_proxy.ports()[..] else { panic!("two ports") };
    assert_eq!(once(first, "/").await.unwrap().1, "web");
    assert_eq!(once(second, "/").await.unwrap().1, "metrics");
    let mut controller = Controller::authenticated(control.port()).await;
    // Each port has its own endpoints, also where a controller names them; here swapped.
    let endpoints = |port: u16| vec![format!("127.0.0.1:{port}")];
    let endpoints =
        BTreeMap::from([(first, endpoints(metrics.port)), (second, endpoints(web.port))]);
    let callers = HashMap::from([(HERE, "shop".to_owned())]);
    controller.send(&ControlRequest::SetRouting { callers, endpoints }).await;
    assert_eq!(once(first, "/").await.unwrap().1, "metrics");
    assert_eq!(once(second, "/").await.unwrap().1, "web");
    let id = controller.inject(Some("shop"), EdgeFault::Cut).await;
    assert!(once(first, "/").await.is_err() && once(second, "/").await.is_err());
    let recovered = controller.send(&ControlRequest::Recover { id }).await;
    assert_eq!(recovered, Some(ControlReply::Recovered { hits: Some(2) }));
    let counts = controller.count().await;
    let shop = counts.edges.iter().find(|edge| edge.from.as_deref() == Some("shop")).unwrap();
    assert_eq!((shop.requests, shop.reached, shop.faulted), (4, 2, 2));
    assert_eq!(counts.requests_by_address[&HERE], 6);
}
