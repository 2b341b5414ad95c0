//! Journeys and load files: what they mean, and what a user reads when they are wrong.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use brunt_scenarios::plan::{Extract, LoadPlan, Work};
use brunt_scenarios::scenario::{LoadFile, read_beside};
use brunt_scenarios::{Diagnostic, Source};

const PEOPLE: &str = "name, password\nann,\"one, two\"\nbob,secret\n";

const PROTO: &str = "syntax = \"proto3\"; package shop.v1; import \"money.proto\";
    message Order { string product_name = 1; Price price = 2; } message Placed { int64 id = 1; }
    service Orders { rpc Place(Order) returns (Placed); rpc Watch(Order) returns (stream Placed); }";

fn check(text: &str) -> Result<LoadPlan, Vec<Diagnostic>> {
    let source = Source::new("test.yaml", format!("version: 1\n{text}"));
    let mut written: LoadFile = source.parse().map_err(|error| vec![*error])?;
    read_beside(&mut written.load, &source, |name| match name {
        "people.csv" => Ok(PEOPLE.to_owned()),
        "odd.csv" => Ok("a,b\n1,2\n1\n".to_owned()),
        "protos/shop.proto" => Ok(PROTO.to_owned()),
        "protos/money.proto" => {
            Ok("syntax = \"proto3\"; message Price { int32 cents = 1; }".to_owned())
        }
        "bad.proto" => Ok("syntax = \"proto3\";\nmessage {}".to_owned()),
        "empty.csv" => Ok("a,b\n".to_owned()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    })?;
    LoadPlan::check(&written, &source)
}

fn problems(text: &str) -> String {
    check(text).expect_err("this is wrong").iter().map(ToString::to_string).collect()
}

const SHOP: &str = "\
base: http://localhost:8080/api
load:
  - name: shop
    closed: {users: 3}
    for: 10s
    warmUp: 2s
    headers: {x-a: load, accept: text/plain}
    auth: {basic: {user: '${name}', password: '${password}'}}
    feeds: [{csv: people.csv, order: random}, {rows: [{qty: 1}, {qty: 2}]}]
    thresholds: ['p99 < 300ms', 'errors < 1%']
    journeys:
      - name: buy
        weight: 3
        steps:
          - {name: log in, post: /login, form: {user: '${name}'}, save: {token: $.token, to: {header: location}}}
          - {post: /orders, headers: {X-A: '${token}'}, json: {qty: '${qty}'}, think: 1s..2s}
          - {post: /orders, json: {qty: '${random(1,3)}'}, auth: {bearer: '${token}'}}
          - {get: 'http://other:9?id=${to}', within: 5s, thresholds: ['p50 < 1s']}
      - {name: look, steps: [{get: /}]}
  - {name: one, open: {rate: 1/s}, for: 1s, get: '/x/${uuid}'}
  - {name: still, open: {rate: 1/s}, for: 1s, get: /x}
";

#[test]
fn journeys_get_what_the_load_says() {
    let plan = check(SHOP).unwrap_or_else(|wrong| panic!("{}", wrong[0]));
    let [shop, one, still] = plan.loads.as_slice() else { panic!("three loads") };
    let Work::Journeys(journeys) = &shop.work else { panic!("journeys") };
    assert_eq!(shop.work.to_string(), "buy (4 steps), look (1 step)");
    let names: Vec<_> = journeys[0].steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["log in", "POST /api/orders", "POST /api/orders (2)", "GET /?id=${to}"]);
    let [login, order, again, last] = journeys[0].steps.as_slice() else { panic!("four steps") };
    assert!(
        matches!(login.save[0], (_, Extract::Header(_, None))),
        "sorted by name: {:?}",
        login.save
    );
    let headers: Vec<_> =
        order.request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(headers, ["X-A: ${token}", "accept: text/plain"]);
    assert_eq!(order.think, (Duration::from_secs(1), Duration::from_secs(2)));
    assert!(order.request.auth.is_some() && order.request.auth != again.request.auth);
    assert_eq!(last.request.target.service, "http://other:9");
    assert_eq!(last.polling.unwrap().every, Duration::from_millis(100));
    assert_eq!(shop.feeds[0].columns, ["name", "password"]);
    assert_eq!(shop.feeds[0].rows[0][1], "one, two");
    assert_eq!((shop.warm_up, shop.thresholds.len()), (Duration::from_secs(2), 2));
    assert!(matches!(one.work, Work::Journeys(_)), "what changes is a journey of one step");
    assert!(matches!(still.work, Work::Request { .. }));
}

#[test]
fn unknown_values_get_their_place_and_the_nearest_name() {
    insta::assert_snapshot!(problems(
        "\
base: http://localhost:8080
load:
  - name: shop
    closed: {users: 3}
    for: 10s
    feeds: [{rows: [{product: Latte}]}]
    journeys:
      - name: buy
        steps:
          - {post: /orders, json: {a: ['${prodct}']}, save: {id: $.id}}
          - {get: '/orders/${idd}', headers: {a: '${random(1)}'}}
          - {get: '/orders/${late}', expect: {contains: '${id'}}
          - {get: /x, save: {late: $.x}}
  - {name: one, open: {rate: 1/s}, for: 1s, get: '/x/${uid}'}
"
    ));
}

#[test]
fn steps_feeds_and_thresholds_are_checked() {
    insta::assert_snapshot!(problems(
        "\
load:
  - name: shop
    closed: {users: 3}
    for: 10s
    warmUp: 10s
    get: http://localhost/
    feeds: [{csv: odd.csv}, {csv: empty.csv}, {rows: []}, {rows: [{a: 1}, {b: 1}]}, {}, {csv: people.csv}, {csv: people.csv}]
    thresholds: ['p99 > 300ms']
    journeys:
      - {name: none, weight: 0, steps: []}
      - name: buy
        steps:
          - {name: a, think: 1s, get: /x}
          - {name: a, get: 'http://${host}/'}
          - {post: http://localhost/, json: 1, form: {a: b}, every: 1s}
          - {get: http://localhost/, within: 1s, every: 0s, save: {a: $., b: {}, c: {regex: '('}}}
          - {get: http://localhost/, auth: {basic: {user: 'a:b', password: c}}, expect: {matches: '['}}
"
    ));
}

#[test]
fn files_that_are_missing_and_loads_that_are_not_given_are_reported() {
    insta::assert_snapshot!(problems(
        "load: [{name: a, closed: {users: 1}, for: 1s, get: http://h, feeds: [{csv: gone.csv}]}]"
    ));
    insta::assert_snapshot!(problems("base: localhost\nload: []"));
    insta::assert_snapshot!(problems(
        "base: http://h\nload: [{name: a, closed: {users: 1}, for: 1s, gett: /x}]"
    ));
}

#[test]
fn calls_of_grpc_know_what_they_call() {
    let plan = check(
        "\
base: http://localhost:8080
load:
  - name: shop
    closed: {users: 3}
    for: 10s
    proto: protos/shop.proto
    journeys:
      - name: buy
        steps:
          - grpc: {call: shop.v1.Orders/Place, message: {productName: '${uuid}', price: {cents: 5}}}
            save: {id: $.id}
            auth: {bearer: token}
          - name: gone
            grpc: {call: shop.v1.Orders.Place, to: 'http://other:9', message: {product_name: '${id}'}}
            expect: [NOT_FOUND, already_exists]
          - get: /orders/${id}
  - {name: one, open: {rate: 1/s}, for: 1s, grpc: {call: any.Service/Method}}
",
    );
    let plan = plan.unwrap_or_else(|wrong| panic!("{}", wrong[0]));
    let Work::Journeys(journeys) = &plan.loads[0].work else { panic!("journeys") };
    let [first, second, _] = journeys[0].steps.as_slice() else { panic!("three steps") };
    assert_eq!(first.name, "gRPC shop.v1.Orders/Place");
    assert_eq!(first.request.target.to_string(), "http://localhost:8080/shop.v1.Orders/Place");
    assert_eq!(second.request.target.service, "http://other:9");
    assert_eq!(
        (&first.request.expect.status[..], &second.request.expect.status[..]),
        (&[0][..], &[5, 6][..])
    );
    let known = first.request.call().and_then(|call| call.known.clone()).unwrap();
    assert_eq!(known.output().full_name(), "shop.v1.Placed");
    assert_eq!(plan.loads[1].work.to_string(), "gRPC http://localhost:8080/any.Service/Method");
}

#[test]
fn what_is_wrong_with_calls_is_reported_before_the_first_call() {
    insta::assert_snapshot!(problems(
        "\
load:
  - name: shop
    closed: {users: 3}
    for: 10s
    proto: protos/shop.proto
    journeys:
      - name: buy
        steps:
          - {name: a, grpc: {call: shop.v1.Ordres/Place, to: 'http://h'}}
          - {name: b, grpc: {call: shop.v1.Orders/Plaze, to: 'http://h'}}
          - {name: c, grpc: {call: shop.v1.Orders/Watch, to: 'http://h'}}
          - {name: d, grpc: {call: Place, to: 'http://h'}}
          - {name: e, grpc: {call: shop.v1.Orders/Place}}
          - {name: f, grpc: {call: shop.v1.Orders/Place, to: 'http://h/api'}, post: 'http://h/', json: 1}
          - name: g
            grpc:
              call: shop.v1.Orders/Place
              to: http://h
              message: {productName: Tea, price: many}
          - name: h
            grpc:
              call: shop.v1.Orders/Place
              to: http://h
              message: {produkt_name: '${uuid}', price: {cents: 1}}
          - {name: i, grpc: {call: shop.v1.Orders/Place, to: 'http://h'}, expect: 200}
          - {name: j, get: 'http://h/', expect: NOT_FOUND}
"
    ));
    let one = |proto: &str, work: &str| {
        problems(&format!(
            "load: [{{name: a, closed: {{users: 1}}, for: 1s, proto: {proto}, {work}}}]"
        ))
    };
    let call = "grpc: {call: a.B/C, to: 'http://h'}";
    insta::assert_snapshot!(one("gone.proto", call));
    insta::assert_snapshot!(one("bad.proto", call));
    insta::assert_snapshot!(one("protos/shop.proto", "get: 'http://h/'"));
    insta::assert_snapshot!(one(
        "protos/shop.proto",
        "grpc: {call: a.B/C, to: 'http://h'}, expect: NOT_FUND"
    ));
}

#[test]
fn keys_come_from_replies_and_from_requests() {
    let plan = check(
        "\
base: http://localhost:8080
load:
  - {name: a, open: {rate: 1/s}, for: 1s, post: /orders, key: $.id}
  - {name: b, open: {rate: 1/s}, for: 1s, post: /orders, key: {header: location, regex: '[^/]+$'}}
  - {name: c, open: {rate: 1/s}, for: 1s, put: '/orders/${uuid}', key: {request: {path: '[^/]+$'}}}
  - {name: d, open: {rate: 1/s}, for: 1s, post: /o, json: {id: 'x-${uuid}'}, key: {request: $.id}}
  - {name: e, open: {rate: 1/s}, for: 1s, post: /o, headers: {Id: '${uuid}'}, key: {request: {header: id}}}
  - {name: f, open: {rate: 1/s}, for: 1s, post: /o, form: {id: '${uuid}'}, key: {request: $.id}}
  - {name: g, open: {rate: 1/s}, for: 1s, post: /o, body: 'id=${uuid}', key: {request: {regex: 'id=(.+)'}}}
",
    );
    let plan = plan.unwrap_or_else(|wrong| panic!("{}", wrong[0]));
    let key = |load: &brunt_scenarios::plan::Load| match &load.work {
        Work::Request { key, .. } => key.as_ref().map(ToString::to_string),
        Work::Journeys(journeys) => journeys[0].steps[0].key.as_ref().map(ToString::to_string),
    };
    let keys: Vec<_> = plan.loads.iter().filter_map(key).collect();
    let wanted = [
        "$.id",
        "location",
        "[^/]+$ of the request",
        "$.id of the request",
        "id of the request",
        "$.id of the request",
        "id=(.+) of the request",
    ];
    assert_eq!(keys, wanted);
    assert!(matches!(plan.loads[0].work, Work::Request { .. }));
}
