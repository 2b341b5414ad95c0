//! Calls of gRPC against a server in this process, with and without reflection.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use brunt_loadgen_cli::{self as cli, OutputStreams};
use brunt_reports::Exit;
use bytes::Bytes;
use h2::server::SendResponse;
use http::{HeaderMap, Request, Response};
use prost::Message;

use crate::run;

const SHOP: &str = "syntax = \"proto3\"; package shop.v1; import \"money.proto\";
    message Order { string product = 1; money.Price price = 2; } message Placed { string id = 1; }
    service Orders { rpc Place(Order) returns (Placed); }";
const MONEY: &str = "syntax = \"proto3\"; package money; message Price { int32 cents = 1; }";
/// `{"product": "Tea", "price": {"cents": 5}}`, framed.
const TEA: &[u8] = b"\0\0\0\0\x09\x0a\x03Tea\x12\x02\x08\x05";

/// Answers calls with these statuses, in turn, and questions about itself in one
/// version of reflection.
pub struct Grpc {
    address: SocketAddr,
    pub calls: Arc<AtomicU64>,
}

impl Grpc {
    pub fn start(reflection: &'static str, statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let server = Self { address: listener.local_addr().unwrap(), calls: Arc::default() };
        let calls = Arc::clone(&server.calls);
        let files = Arc::new(files());
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((tcp, _)) = listener.accept().await {
                    let (calls, files) = (Arc::clone(&calls), Arc::clone(&files));
                    tokio::spawn(async move {
                        let Ok(mut connection) = h2::server::handshake(tcp).await else { return };
                        while let Some(Ok((request, respond))) = connection.accept().await {
                            let (calls, files) = (Arc::clone(&calls), Arc::clone(&files));
                            tokio::spawn(async move {
                                answer(request, respond, reflection, statuses, &calls, &files)
                                    .await;
                            });
                        }
                    });
                }
            });
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// The files of the shop, the importing one first.
fn files() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let set = protox::compile([folder.path().join("shop.proto")], [folder.path()]).unwrap();
    set.file.iter().rev().map(Message::encode_to_vec).collect()
}

pub fn write(folder: &Path) {
    std::fs::write(folder.join("shop.proto"), SHOP).unwrap();
    std::fs::write(folder.join("money.proto"), MONEY).unwrap();
}

/// A field with a length, as protobuf writes it.
fn field(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag << 3 | 2];
    let mut length = content.len();
    while length > 0x7f {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    [bytes.as_slice(), content].concat()
}

/// What reflection answers: the importing file by the symbol, the imported one by its
/// name, all services.
fn reflected(ask: &[u8], files: &[Vec<u8>]) -> Vec<u8> {
    let text = String::from_utf8_lossy(ask.get(2..).unwrap_or_default()).into_owned();
    match (ask.first().map(|tag| tag >> 3), text.as_str()) {
        (Some(4), "shop.v1.Orders") => field(4, &field(1, &files[0])),
        (Some(3), "money.proto") => field(4, &field(1, &files[1])),
        (Some(7), _) => field(6, &field(1, &field(1, b"shop.v1.Orders"))),
        _ => field(7, &field(2, b"not found")),
    }
}

async fn answer(
    request: Request<h2::RecvStream>,
    mut respond: SendResponse<Bytes>,
    reflection: &str,
    statuses: &[u16],
    calls: &AtomicU64,
    files: &[Vec<u8>],
) {
    let path = request.uri().path().to_owned();
    let is_grpc = request.headers()["content-type"] == "application/grpc"
        && request.headers()["te"] == "trailers";
    let (mut body, mut sent) = (request.into_body(), Vec::new());
    while let Some(Ok(data)) = body.data().await {
        sent.extend_from_slice(&data);
    }
    let (message, status) = match path.as_str() {
        "/shop.v1.Orders/Place" if is_grpc && sent == TEA => {
            let number = calls.fetch_add(1, Ordering::Relaxed) as usize;
            (vec![0x0a, 1, b'7'], statuses[number % statuses.len()])
        }
        path if path == format!("/{reflection}/ServerReflectionInfo") => {
            (reflected(&sent[5..], files), 0)
        }
        _ => (Vec::new(), 12),
    };
    let mut response = Response::new(());
    response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", status.into());
    if status == 12 {
        // Without a message, everything stands in the head.
        response.headers_mut().extend(trailers);
        let _ = respond.send_response(response, true);
        return;
    }
    let mut stream = respond.send_response(response, false).unwrap();
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    let _ = stream.send_data([&[0], length.as_slice(), &message].concat().into(), false);
    let _ = stream.send_trailers(trailers);
}

const MESSAGE: &str = r#"{"product": "Tea", "price": {"cents": 5}}"#;

#[test]
fn a_grpc_server_is_asked_for_its_message_types() {
    for version in
        ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]
    {
        let server = Grpc::start(version, &[0]);
        let (exit, _, err) = run(&[
            "--grpc",
            "shop.v1.Orders/Place",
            "--data",
            MESSAGE,
            "-c2",
            "-r5",
            &server.url(),
        ]);
        assert_eq!(exit, Exit::Pass, "{version} {err}");
        assert!(err.contains("Transactions:\t\t          10 hits\n"), "{err}");
        assert_eq!(server.calls.load(Ordering::Relaxed), 10);
    }
}

#[test]
fn a_proto_file_will_do_and_statuses_have_names() {
    let server = Grpc::start("none", &[0, 14, 0, 5]);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let proto = folder.path().join("shop.proto").display().to_string();
    let message = folder.path().join("message.json");
    std::fs::write(&message, MESSAGE).unwrap();
    let data = format!("@{}", message.display());
    let arguments =
        ["--grpc", "shop.v1.Orders.Place", "--proto", &proto, "--data", &data, "-c1", "-r8"];
    let (exit, _, err) =
        run(&[&arguments[..], &["--slo", "errors=1%", &server.url()][..]].concat());
    assert_eq!(exit, Exit::Fail, "{err}");
    assert!(err.contains("  failed, grpc not_found: 2\n  failed, grpc unavailable: 2\n"), "{err}");
}

#[test]
fn a_grpc_method_that_cannot_be_called_is_an_error() {
    let wrong = |arguments: &[&str]| {
        let arguments: Vec<String> =
            arguments.iter().map(|&argument| argument.to_owned()).collect();
        let output =
            OutputStreams { out: &mut std::io::sink(), err: &mut std::io::sink(), terminal: false };
        let error = cli::run(&arguments, output).unwrap_err();
        assert_eq!(error.exit(), Exit::Invalid);
        error.to_string()
    };
    let server = Grpc::start("grpc.reflection.v1.ServerReflection", &[0]);
    let unknown = wrong(&["--grpc", "shop.Orders/Place", "-r1", &server.url()]);
    assert_eq!(unknown, "there is no service `shop.Orders`; there are: shop.v1.Orders");
    let silent = Grpc::start("none", &[0]);
    let untold = wrong(&["--grpc", "shop.v1.Orders/Place", "-r1", &silent.url()]);
    assert!(
        untold.contains("does not say what its messages look like (grpc-status 12"),
        "{untold}"
    );
    assert!(untold.ends_with("give their definition with a .proto file"), "{untold}");
    assert_eq!(
        wrong(&["--data", "{}", "-r1", &server.url()]),
        "--data means nothing without --grpc"
    );
}
