use super::*;

const SHOP: &str = r#"
syntax = "proto3";
package shop.v1;
message Order { string product = 1; int32 qty = 2; repeated string notes = 3; }
message Placed { string id = 1; }
service Orders {
  rpc Place(Order) returns (Placed);
  rpc Watch(Order) returns (stream Placed);
}
"#;

fn call(method: &str, messages: &str) -> Result<Vec<HttpRequest>, GrpcError> {
    call_of(SHOP, method, messages)
}

fn call_of(proto: &str, method: &str, messages: &str) -> Result<Vec<HttpRequest>, GrpcError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.proto");
    std::fs::write(&file, proto).unwrap();
    let headers = [("x-a".to_owned(), "1".to_owned())];
    let call = GrpcCalls {
        method,
        address: Address::split("http://h:1").unwrap().0,
        proto: Some(&file),
        includes: Vec::new(),
        messages,
        headers: &headers,
        timeout: Duration::from_secs(3),
    };
    call.requests(&Transport::default())
}

#[test]
fn messages_are_written_as_json() {
    let requests = call("shop.v1.Orders/Place", r#"{"product": "Tea", "qty": 2} {}"#).unwrap();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].path, "/shop.v1.Orders/Place");
    assert_eq!(requests[0].body, b"\0\0\0\0\x07\x0a\x03Tea\x10\x02");
    assert_eq!(requests[1].body, b"\0\0\0\0\0");
    let headers: Vec<_> =
        requests[0].headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(
        headers,
        ["x-a: 1", "content-type: application/grpc", "te: trailers", "grpc-timeout: 3000m"]
    );
}

#[test]
fn what_is_wrong_is_said() {
    let wrong = |method, messages| call(method, messages).unwrap_err().to_string();
    assert_eq!(
        wrong("Place", ""),
        "`Place` is not a method: write it like --grpc shop.v1.Orders/Place"
    );
    assert_eq!(
        wrong("shop.Orders/Place", ""),
        "there is no service `shop.Orders`; there are: shop.v1.Orders"
    );
    assert_eq!(
        wrong("shop.v1.Orders/Buy", ""),
        "shop.v1.Orders has no method `Buy`; it has: Place, Watch"
    );
    assert!(wrong("shop.v1.Orders/Watch", "").contains("unary methods only"));
    let message = wrong("shop.v1.Orders/Place", r#"{"prodct": "Tea"}"#);
    assert!(
        message.starts_with("the message is no shop.v1.Order: ") && message.contains("prodct"),
        "{message}"
    );
}

#[test]
fn definitions_that_the_compiler_could_not_take_are_refused() {
    let wrong = |proto: &str| call_of(proto, "a.S/M", "").unwrap_err().to_string();
    let deep = "message A {".repeat(3_000) + &"}".repeat(3_000);
    assert!(wrong(&deep).ends_with("nested more than 100 deep"), "{}", wrong(&deep));
    let began = std::time::Instant::now();
    let mistakes = format!("syntax = \"proto3\"; message A {{ {} }}", "No a = 1;".repeat(20_000));
    assert!(wrong(&mistakes).contains("conflicts with field 'a'"), "{}", wrong(&mistakes));
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    let many = "message A {}\n".repeat(100_000);
    assert!(wrong(&many).contains("declares more than 50000"), "{}", wrong(&many));
}

#[test]
fn imports_are_found_in_the_folders_that_are_given_and_in_protobuf() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("other/sub")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "shop.proto",
        "syntax = \"proto3\"; package a; import \"sub/b.proto\"; \
         import \"google/protobuf/empty.proto\"; \
         service S { rpc M(B) returns (google.protobuf.Empty); }",
    );
    write("other/sub/b.proto", "syntax = \"proto3\"; package a; message B { int32 x = 1; }");
    let call = |includes: Vec<PathBuf>| {
        GrpcCalls {
            method: "a.S/M",
            address: Address::split("http://h:1").unwrap().0,
            proto: Some(&folder.path().join("shop.proto")),
            includes,
            messages: "{\"x\": 1}",
            headers: &[],
            timeout: Duration::from_secs(3),
        }
        .requests(&Transport::default())
    };
    assert_eq!(call(vec![folder.path().join("other")]).unwrap()[0].body, b"\0\0\0\0\x02\x08\x01");
    let missing = call(vec![]).unwrap_err().to_string();
    assert!(missing.contains("'sub/b.proto' not found"), "{missing}");
}
