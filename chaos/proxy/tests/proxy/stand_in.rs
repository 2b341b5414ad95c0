//! One proxy before several callers, and how it is told what to do.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use brunt_proxy::{Answer, Control, Counted, Endpoint, Listen, Order, StandIn, Wire};
use brunt_scenarios::plan::EdgeFault;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream, Lines};
use tokio::net::TcpStream;

use crate::callee::{Callee, serving, text};
use crate::caller::{Caller, once};
use crate::{BOUND, holds};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// A controller's end of the line.
struct Line(Lines<BufStream<TcpStream>>);

impl Line {
    async fn to(port: u16) -> Self {
        Self(BufStream::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap()).lines())
    }

    /// `None` when the line has ended.
    async fn tell(&mut self, order: &Order) -> Option<Answer> {
        let line = serde_json::to_string(order).unwrap() + "\n";
        self.0.get_mut().write_all(line.as_bytes()).await.ok()?;
        self.0.get_mut().flush().await.ok()?;
        let answer = tokio::time::timeout(BOUND, self.0.next_line()).await.expect("no answer");
        Some(serde_json::from_str(&answer.ok()??).unwrap())
    }

    async fn known(port: u16) -> Self {
        let mut line = Self::to(port).await;
        let hello = Order::Hello { token: "t".to_owned() };
        assert_eq!(line.tell(&hello).await, Some(Answer::Done));
        line
    }

    async fn set(&mut self, from: Option<&str>, fault: EdgeFault) -> u64 {
        let order = Order::Set { from: from.map(str::to_owned), fault: Wire::from(fault) };
        match self.tell(&order).await {
            Some(Answer::Set { id }) => id,
            other => panic!("{other:?}"),
        }
    }

    async fn count(&mut self) -> Counted {
        match self.tell(&Order::Count).await {
            Some(Answer::Counted(counted)) => counted,
            other => panic!("{other:?}"),
        }
    }
}

async fn stand_in() -> (Callee, Arc<StandIn>, Control) {
    let callee = serving(|_| async { text("done") }).await;
    let stand_in =
        StandIn::start("stock", Listen::Everywhere(0), Endpoint::local(callee.port)).unwrap();
    stand_in.opened().await;
    let stand_in = Arc::new(stand_in);
    let control = Control::start(0, "t", Arc::clone(&stand_in)).await.unwrap();
    (callee, stand_in, control)
}

fn shop_is_here(callee: &Callee) -> Order {
    Order::Know {
        callers: HashMap::from([(HERE, "shop".to_owned())]),
        endpoints: vec![format!("127.0.0.1:{}", callee.port)],
    }
}

#[tokio::test]
async fn it_passes_on_before_it_is_told_anything_and_refuses_strangers() {
    let (_callee, stand_in, control) = stand_in().await;
    assert_eq!(once(stand_in.port(), "/").await.unwrap().1, "done");
    let mut stranger = Line::to(control.port()).await;
    let answer = stranger.tell(&Order::Hello { token: "?".to_owned() }).await;
    assert!(matches!(answer, Some(Answer::Refused { .. })), "{answer:?}");
    assert_eq!(stranger.tell(&Order::Count).await, None);
    let counted = Line::known(control.port()).await.count().await;
    assert_eq!((counted.edges[0].from.clone(), counted.edges[0].requests), (None, 1));
}

#[tokio::test]
async fn a_fault_meets_the_caller_that_it_is_for_on_a_connection_that_was_there_before() {
    let (callee, stand_in, control) = stand_in().await;
    let mut kept = Caller::to(stand_in.port()).await;
    kept.get("/").await.unwrap();
    let mut line = Line::known(control.port()).await;
    line.tell(&shop_is_here(&callee)).await;
    let others = line.set(None, EdgeFault::Abort { status: 500, share: 1.0 }).await;
    let shops = line.set(Some("shop"), EdgeFault::Abort { status: 503, share: 1.0 }).await;
    assert_eq!(kept.get("/").await.unwrap().0, 503);
    let lift = |from: Option<&str>, id| Order::Lift { from: from.map(str::to_owned), id };
    assert_eq!(line.tell(&lift(Some("shop"), shops)).await, Some(Answer::Lifted { hits: Some(1) }));
    assert_eq!(line.tell(&lift(None, others)).await, Some(Answer::Lifted { hits: Some(0) }));
    assert_eq!(kept.get("/").await.unwrap().0, 200);
    let counted = line.count().await;
    let shop = counted.edges.iter().find(|edge| edge.from.as_deref() == Some("shop")).unwrap();
    assert_eq!((shop.requests, shop.reached, shop.faulted), (2, 1, 1));
    assert_eq!((counted.asked[&HERE], counted.connections), (3, 1));
}

#[tokio::test]
async fn what_a_connection_has_set_goes_with_it() {
    let (callee, stand_in, control) = stand_in().await;
    let mut line = Line::known(control.port()).await;
    line.tell(&shop_is_here(&callee)).await;
    line.set(Some("shop"), EdgeFault::HalfOpen).await;
    let mut caller = Caller::to(stand_in.port()).await;
    let held = tokio::time::timeout(Duration::from_millis(100), caller.get("/")).await;
    assert!(held.is_err(), "it must be held: {held:?}");
    // Where there is no callee, connections are refused.
    line.tell(&Order::Know { callers: HashMap::new(), endpoints: vec![] }).await;
    stand_in.closed().await;
    // A new one takes the place of the one before.
    let mut next = Line::known(control.port()).await;
    assert_eq!(line.tell(&Order::Count).await, None);
    stand_in.opened().await;
    next.tell(&shop_is_here(&callee)).await;
    assert_eq!(once(stand_in.port(), "/").await.unwrap().1, "done");
    let cut = next.set(Some("shop"), EdgeFault::Cut).await;
    assert!(once(stand_in.port(), "/").await.is_err(), "{cut} is set");
    drop(next);
    tokio::time::timeout(BOUND, async { while once(stand_in.port(), "/").await.is_err() {} })
        .await
        .unwrap();
}

#[tokio::test]
async fn callers_come_anew_when_it_winds_down_and_lose_nothing() {
    let (_callee, stand_in, control) = stand_in().await;
    let mut kept = Caller::to(stand_in.port()).await;
    let mut idle = Caller::to(stand_in.port()).await;
    for caller in [&mut kept, &mut idle] {
        caller.get("/").await.unwrap();
    }
    let mut line = Line::known(control.port()).await;
    line.tell(&Order::WindDown).await;
    assert_eq!(kept.get("/").await.unwrap().0, 200);
    holds(|| stand_in.connections() == 1).await;
    assert!(kept.get("/").await.is_err(), "its connection has ended");
    stand_in.finish().await;
    assert!(TcpStream::connect(("127.0.0.1", stand_in.port())).await.is_err());
}
