//! What steps send, take from replies, check, and do after a failure.

use std::io::Write;

use brunt_scenarios::timeline::Failure;

use crate::loads::{checks, journey, once, step, times};
use crate::shop::{Shop, reply};

const BUY: &str = "
    {name: log in, post: /login, form: {user: ann, password: 'p&q'},
     expect: {status: 200, headers: {content-type: application/json}, contains: token}, save: {token: $.token}},
    {name: order, post: /orders, auth: {bearer: '${token}'}, json: {qty: '${random(1,3)}', note: 'n${iteration}'},
     expect: 201, save: {to: {header: location}, id: {regex: 'id.: (\\d+)'}}, key: $.id},
    {name: wait, get: '/${to}', auth: {bearer: '${token}'}, think: 5ms..10ms, within: 10s, every: 5ms,
     expect: {json: {$.status: Completed, $.id: '${id}'}}}";

#[test]
fn a_journey_logs_in_orders_and_polls_until_completed() {
    let shop = Shop::open();
    let outcome = times(&shop, 2, BUY);
    let whole = journey(&outcome);
    assert_eq!((whole.ok, whole.failed, whole.unfinished), (2, 0, 0));
    assert_eq!(
        (step(&outcome, 0), step(&outcome, 1)),
        ("2 ok, [], 0 skipped".into(), "2 ok, [], 0 skipped".into())
    );
    assert_eq!(step(&outcome, 2), "6 ok, [], 0 skipped", "each try is a request");
    assert_eq!(
        checks(&outcome, 1),
        [
            "status is 201: 2 of 2",
            "id can be saved: 2 of 2",
            "to can be saved: 2 of 2",
            "$.id is a key: 2 of 2"
        ]
    );
    assert_eq!(
        checks(&outcome, 2),
        [
            "status is 2xx or 3xx: 2 of 2",
            "$.id is \"${id}\": 2 of 2",
            "$.status is \"Completed\": 2 of 2"
        ],
        "only the last try of each is checked"
    );
    assert_eq!(outcome.record.accepted, ["7", "7"]);
    assert!(
        whole.latency.quantile(0.0).unwrap() >= 15_000,
        "thinking and waiting are part of the whole"
    );
    assert!(whole.steps[2].latency.quantile(1.0).unwrap() < 5_000_000);
    let seen = shop.seen();
    let order = &seen[1];
    let body: serde_json::Value = serde_json::from_str(&order.body).unwrap();
    assert_eq!(body["note"], "n1");
    assert!((1..=3).contains(&body["qty"].as_i64().unwrap()), "a number stays one: {body}");
    assert_eq!(order.header("content-type"), "application/json");
    assert_eq!(seen[2].path, "/orders/7");
    assert!(seen.iter().all(|seen| seen.header("accept-encoding").is_empty()));
}

#[test]
fn steps_after_a_failure_are_counted_as_skipped() {
    let shop = Shop::open();
    let outcome = times(&shop, 3, &BUY.replace("p&q", "wrong"));
    assert_eq!(step(&outcome, 0), "0 ok, [3 status 401], 0 skipped");
    assert_eq!(step(&outcome, 1), "0 ok, [], 3 skipped");
    assert_eq!(step(&outcome, 2), "0 ok, [], 3 skipped");
    assert_eq!(
        checks(&outcome, 0)[..2],
        ["status is 200: 0 of 3", "content-type is application/json: 0 of 0"]
    );
    assert_eq!((journey(&outcome).failed, shop.seen().len()), (3, 3));
    assert_eq!(
        outcome.record.unknown, 0,
        "a refusal is known not to be accepted, and a login is no command"
    );
}

#[test]
fn a_failed_check_ends_the_journey_and_is_named() {
    let shop = Shop::start(|_| Some(reply(200, "X-A: b; c=d\r\n", b"{\"n\": [1, 2]}")));
    let outcome = once(
        &shop,
        "{name: a, get: /, expect: {headers: {x-a: b, x-b: c}, matches: ['\\d', '^x'], json: {'$.n[*]': 1}}, save: {z: $.z}},
         {name: b, get: /}",
    );
    assert_eq!(step(&outcome, 0), "0 ok, [1 check], 0 skipped");
    assert_eq!(
        checks(&outcome, 0),
        [
            "status is 2xx or 3xx: 1 of 1",
            "x-a is b: 1 of 1",
            "x-b is c: 0 of 1",
            "body matches \\d: 1 of 1",
            "body matches ^x: 0 of 1",
            "$.n[*] is 1: 0 of 1",
            "z can be saved: 0 of 1"
        ]
    );
    assert_eq!(step(&outcome, 1), "0 ok, [], 1 skipped");
}

#[test]
fn polling_ends_with_its_time_limit() {
    let shop = Shop::start(|_| Some(reply(200, "", b"{\"status\": \"Requested\"}")));
    let outcome = once(
        &shop,
        "{name: a, get: /, within: 100ms, every: 10ms, expect: {json: {$.status: Completed}}}",
    );
    let requests = shop.seen().len() as u64;
    assert!((2..=11).contains(&requests), "{requests}");
    assert_eq!(step(&outcome, 0), format!("{} ok, [1 check], 0 skipped", requests - 1));
}

#[test]
fn lost_replies_are_kept_as_failures_of_their_kind() {
    let shop = Shop::start(|seen| (seen.path != "/lost").then(|| reply(200, "", b"")));
    let outcome =
        once(&shop, "{name: a, get: /}, {name: b, post: /lost, key: $.id}, {name: c, get: /}");
    assert_eq!(step(&outcome, 1), "0 ok, [1 reset], 0 skipped");
    assert_eq!(
        (outcome.record.unknown, outcome.record.journeys[0].steps[1].service_time.len()),
        (1, 1)
    );
    let slow = Shop::start(|_| {
        std::thread::park_timeout(std::time::Duration::from_secs(2));
        None
    });
    let outcome = once(&slow, "{name: a, get: /, timeout: 50ms}");
    assert_eq!(step(&outcome, 0), "0 ok, [1 timeout], 0 skipped");
    assert!(
        journey(&outcome).steps[0].latency.quantile(1.0).unwrap() >= 50_000,
        "it waited that long"
    );
}

#[test]
fn bodies_are_compressed_only_on_request_and_decompressed_only_when_read() {
    let shop = Shop::start(|seen| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let body =
            if seen.path == "/bomb" { vec![b' '; 32 << 20] } else { b"{\"id\": 1}".to_vec() };
        packer.write_all(&body).unwrap();
        Some(reply(200, "Content-Encoding: gzip\r\n", &packer.finish().unwrap()))
    });
    let outcome = once(
        &shop,
        "{name: a, get: /, headers: {accept-encoding: gzip}, save: {id: $.id}},
         {name: b, get: '/bomb?${id}'}, {name: c, get: /bomb, expect: {contains: x}}",
    );
    assert_eq!(step(&outcome, 1), "1 ok, [], 0 skipped");
    assert_eq!(step(&outcome, 2), "0 ok, [1 check], 0 skipped");
    let encodings: Vec<String> =
        shop.seen().iter().map(|seen| seen.header("accept-encoding").to_owned()).collect();
    assert_eq!(encodings, ["gzip", "", ""]);
}

#[test]
fn redirects_are_followed_on_request_and_their_cookies_kept() {
    let shop = Shop::start(|seen| {
        Some(match seen.path.as_str() {
            "/in" => reply(303, "Location: home?a\r\nSet-Cookie: sid=1\r\n", b""),
            "/keep" => reply(308, "Location: /kept\r\n", b""),
            "/round" => reply(302, "Location: /round\r\n", b""),
            "/away" => reply(302, "Location: http://127.0.0.1:1/\r\n", b""),
            _ => reply(200, "", b"here"),
        })
    });
    let outcome = once(
        &shop,
        "{name: stay, post: /in, body: x, expect: 303},
         {name: in, post: /in, body: x, follow: true, expect: {status: 200, contains: here}},
         {name: kept, put: /keep, body: y, follow: true, expect: 200}",
    );
    assert_eq!(journey(&outcome).ok, 1, "{outcome:#?}");
    let seen: Vec<String> = shop
        .seen()
        .iter()
        .map(|seen| {
            format!("{} {} {} {}", seen.method, seen.path, seen.body, seen.header("cookie"))
        })
        .collect();
    let wanted = [
        "POST /in x ",
        "POST /in x sid=1",
        "GET /home?a  sid=1",
        "PUT /keep y sid=1",
        "PUT /kept y sid=1",
    ];
    assert_eq!(seen, wanted);
    for path in ["/round", "/away"] {
        let outcome = once(&shop, &format!("{{name: a, get: {path}, follow: true}}"));
        assert_eq!(step(&outcome, 0), "0 ok, [1 status 302], 0 skipped", "{path}");
    }
    assert_eq!(shop.seen().iter().filter(|seen| seen.path == "/round").count(), 11);
}

#[test]
fn saved_values_cannot_break_a_requests_head() {
    let shop = Shop::start(|_| Some(reply(200, "", b"{\"evil\": \"a\\r\\nX-Evil: 1\"}")));
    let outcome = once(
        &shop,
        "{name: a, get: /, save: {evil: $.evil}}, {name: path, get: '/p?${evil}'}, {name: b, get: \
         /, headers: {x-a: '${evil}'}}",
    );
    assert_eq!(step(&outcome, 1), "1 ok, [], 0 skipped");
    assert_eq!(step(&outcome, 2), "0 ok, [1 protocol], 0 skipped");
    assert_eq!(shop.seen()[1].path, "/p?a%0D%0AX-Evil%3A%201");
    assert!(shop.seen().iter().all(|seen| seen.header("x-evil").is_empty()));
    assert!(outcome.totals.failed.contains_key(&Failure::Protocol));
}
