//! Endpoints come and go.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::io::ErrorKind;
use std::net::{Ipv6Addr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use brunt_proxy::{EndpointAddress, Endpoints, Listen, Proxy, ProxyError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::callee::{Callee, serving, text};
use crate::caller::{Caller, once};
use crate::{BOUND, counts, proxy_before};

async fn named(name: &'static str) -> Callee {
    serving(move |_| async move { text(name) }).await
}

async fn refused(port: u16) -> bool {
    let error = TcpStream::connect(("127.0.0.1", port)).await.err();
    error.is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

#[tokio::test]
async fn requests_are_balanced_over_all_endpoints_but_the_removed_one() {
    let (a, b) = (named("a").await, named("b").await);
    let (proxy, endpoints) = proxy_before(&[a.port, b.port]).await;
    let mut kept = Caller::to(proxy.port()).await;
    let mut tally: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..10 {
        *tally.entry(kept.get("/").await.unwrap().1).or_default() += 1;
    }
    assert_eq!(tally, BTreeMap::from([("a".to_owned(), 5), ("b".to_owned(), 5)]));
    endpoints.remove(&EndpointAddress::local(a.port));
    for _ in 0..10 {
        assert_eq!(kept.get("/").await.unwrap().1, "b");
    }
    endpoints.add(EndpointAddress::local(a.port));
    let again = [kept.get("/").await.unwrap().1, kept.get("/").await.unwrap().1];
    assert!(again.contains(&"a".to_owned()));
}

#[tokio::test]
async fn connections_are_refused_without_an_endpoint_and_the_port_stays_reserved() {
    let callee = named("a").await;
    let (proxy, endpoints) = proxy_before(&[callee.port]).await;
    let port = proxy.port();
    for _ in 0..20 {
        let mut idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let mut reply = [0; 4096];
        assert!(idle.read(&mut reply).await.unwrap() > 0);
        endpoints.remove(&EndpointAddress::local(callee.port));
        proxy.closed().await;
        assert!(refused(port).await);
        // What was kept alive is closed, in order.
        let end = tokio::time::timeout(BOUND, idle.read(&mut reply)).await.unwrap();
        assert_eq!(end.unwrap(), 0);
        // Nobody else is given the port meanwhile.
        assert!(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port() != port);
        endpoints.add(EndpointAddress::local(callee.port));
        proxy.opened().await;
        assert_eq!(once(port, "/").await.unwrap().1, "a");
    }
}

#[tokio::test]
async fn connections_are_refused_until_the_first_endpoint_is_added() {
    let endpoints = Endpoints::default();
    let proxy = Proxy::start(None, "stock", Listen::Free, endpoints.clone(), None).unwrap();
    assert!(refused(proxy.port()).await);
    let callee = named("a").await;
    endpoints.add(EndpointAddress::local(callee.port));
    proxy.opened().await;
    assert_eq!(once(proxy.port(), "/").await.unwrap().1, "a");
    assert_eq!((proxy.record().from, proxy.record().to), (None, "stock".to_owned()));
}

#[tokio::test]
async fn a_request_in_flight_is_finished_when_the_last_endpoint_is_removed() {
    let go_on = Arc::new(Semaphore::new(0));
    let waits = Arc::clone(&go_on);
    let callee = serving(move |_| {
        let waits = Arc::clone(&waits);
        async move {
            waits.acquire().await.unwrap().forget();
            text("finished")
        }
    })
    .await;
    let (proxy, endpoints) = proxy_before(&[callee.port]).await;
    let port = proxy.port();
    let asked = tokio::spawn(async move { once(port, "/").await });
    crate::eventually(|| counts(&proxy) == (1, 1, 0)).await;
    let mut answered = pin!(endpoints.remove(&EndpointAddress::local(callee.port)).answered());
    proxy.closed().await;
    assert!(poll_fn(|cx| Poll::Ready(answered.as_mut().poll(cx))).await.is_pending());
    go_on.add_permits(1);
    tokio::time::timeout(BOUND, answered).await.unwrap();
    assert_eq!(asked.await.unwrap().unwrap(), (200, "finished".to_owned()));
}

#[tokio::test]
async fn a_declared_port_is_served_on_ipv4_and_ipv6_localhost() {
    let callee = named("a").await;
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoints = Endpoints::of(EndpointAddress::local(callee.port));
    let proxy = Proxy::start(None, "stock", Listen::Port(port), endpoints, None).unwrap();
    proxy.opened().await;
    assert_eq!(proxy.url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(once(port, "/").await.unwrap().1, "a");
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.unwrap();
    }
}

#[tokio::test]
async fn starting_a_proxy_on_a_port_in_use_is_an_error() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port();
    let error =
        Proxy::start(None, "stock", Listen::Port(port), Endpoints::default(), None).unwrap_err();
    assert!(matches!(error, ProxyError::InUse { port: used } if used == port), "{error}");
    let (proxy, _) = proxy_before(&[port]).await;
    let error = Proxy::start(None, "stock", Listen::Port(proxy.port()), Endpoints::default(), None)
        .unwrap_err();
    assert!(matches!(error, ProxyError::InUse { .. }), "{error}");
}

#[tokio::test]
async fn a_dropped_proxy_frees_its_port() {
    let callee = named("a").await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let port = proxy.port();
    drop(proxy);
    let freed = async {
        while TcpListener::bind(("127.0.0.1", port)).is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, freed).await.unwrap();
}
