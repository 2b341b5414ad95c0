//! What is filled in when a program starts: addresses of callees, variables, files.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{EdgeFault, FaultKind, Program, Protocol};
use brunt_scenarios::system::NamedPort;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::plans::{service, system};
use crate::running::{Running, get, start};

/// Calls to one service, with variables for its address.
pub fn calls(
    callee: &str,
    variables: &[(&str, &str)],
) -> BTreeMap<String, BTreeMap<String, String>> {
    let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    BTreeMap::from([(callee.to_owned(), variables.collect())])
}

/// A variable of the program's environment.
async fn variable(running: &Running, name: &str) -> String {
    let (_, env) = running.get("/env").await.unwrap();
    let after = env.split(&format!("{name:?}: \"")).nth(1);
    let after = after.unwrap_or_else(|| panic!("no {name} in {env}"));
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_program_gets_its_callee_s_address_in_every_form() {
    let mut caller = service();
    caller.calls = calls(
        "db",
        &[
            ("PGHOST", "${host}"),
            ("PGPORT", "${port}"),
            ("DB", "postgres://app@${host}:${port}/shop"),
        ],
    );
    caller.env.insert("MODE".to_owned(), "fast ${calls.db.host}".to_owned());
    if let Program::Command { args, .. } = &mut caller.program {
        *args = vec![
            "--db=${calls.db.url}".to_owned(),
            "--mode=${env.MODE}".to_owned(),
            "--pg=${env.PGPORT}".to_owned(),
            "$${HOME}".to_owned(),
        ];
    }
    let mut db = service();
    db.protocol = Some(Protocol::Tcp);
    db.readiness = None;
    let running = start(system([("shop", caller), ("db", db)])).await;
    let port = variable(&running, "PGPORT").await;
    assert_eq!(variable(&running, "PGHOST").await, "127.0.0.1");
    assert_eq!(variable(&running, "DB").await, format!("postgres://app@127.0.0.1:{port}/shop"));
    assert_eq!(variable(&running, "MODE").await, "fast 127.0.0.1");
    let args = running.get("/args").await.unwrap().1;
    let wanted = format!("--db=tcp://127.0.0.1:{port} --mode=fast 127.0.0.1 --pg={port} ${{HOME}}");
    assert_eq!(args, wanted);
    running.stop().await;
}

#[tokio::test]
async fn files_are_written_into_the_data_folder_before_the_program_starts() {
    let mut caller = service();
    caller.calls = calls("stock", &[]);
    caller.env.insert("RETRIES".to_owned(), "3".to_owned());
    caller.files = BTreeMap::from([(
        "conf/shop-${port}.toml".to_owned(),
        "stock = \"${calls.stock.host}:${calls.stock.port}\"\nretries = ${env.RETRIES}\n"
            .to_owned(),
    )]);
    let running = start(system([("shop", caller), ("stock", service())])).await;
    let port = running.replicas()[0].port.unwrap();
    let file = running.folder.path().join(format!("data/conf/shop-{port}.toml"));
    let text = std::fs::read_to_string(file).unwrap();
    let address = text.split('"').nth(1).unwrap();
    assert_eq!(text, format!("stock = \"{address}\"\nretries = 3\n"));
    let replied = get(&format!("http://{address}"), "/ready").await.unwrap();
    assert_eq!(replied.0, 200);
    running.stop().await;
}

#[tokio::test]
async fn a_service_elsewhere_is_reached_through_an_edge_whatever_its_scheme() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"hello").await.unwrap();
    });
    let mut db = service();
    // By a name, as the outside is mostly reached.
    let url = format!("redis://user:pw@localhost:{port}/0");
    db.program = Program::Running { url: url.parse().unwrap() };
    let mut caller = service();
    caller.calls = calls("db", &[("CACHE", "${url}")]);
    let running = start(system([("shop", caller), ("db", db)])).await;
    let through = variable(&running, "CACHE").await;
    let edge = through.strip_prefix("redis://user:pw@").unwrap().strip_suffix("/0").unwrap();
    let mut greeting = String::new();
    TcpStream::connect(edge).await.unwrap().read_to_string(&mut greeting).await.unwrap();
    assert_eq!(greeting, "hello");
    assert_eq!(running.system.url("db").unwrap(), format!("redis://localhost:{port}/0"));
    serving.await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn a_service_with_several_ports_is_called_and_broken_at_each() {
    let mut api = service();
    api.ports = [("admin".to_owned(), NamedPort::default())].into();
    api.env.insert("ADMIN_PORT".to_owned(), "${ports.admin}".to_owned());
    let mut caller = service();
    caller.calls = calls("api", &[("API", "${url}"), ("ADMIN", "http://${host}:${ports.admin}")]);
    let running = start(system([("shop", caller), ("api", api)])).await;
    let (first, admin) = (variable(&running, "API").await, variable(&running, "ADMIN").await);
    assert_ne!(first, admin);
    let whoami = running.system.status()[1].replicas[0].pid.unwrap().to_string();
    for url in [&first, &admin] {
        assert_eq!(get(url, "/whoami").await, Ok((200, whoami.clone())));
    }
    let kind =
        FaultKind::Edge { from: "shop".to_owned(), to: "api".to_owned(), fault: EdgeFault::Cut };
    let cut = crate::faults::fault(&running, kind).await.unwrap();
    for url in [&first, &admin] {
        assert!(get(url, "/").await.is_err(), "{url} is cut");
    }
    assert_eq!(cut.recover(&running.system).await.unwrap().hits, 2);
    let edges = running.system.edges();
    let edge = edges.iter().find(|edge| edge.from.is_some()).unwrap();
    assert_eq!((edge.requests, edge.reached, edge.faulted, edge.connections), (4, 2, 2, 4));
    running.stop().await;
}
