//! Requests from documents and recordings, and who asks.

use brunt_reports::Exit;

use crate::run;
use crate::shop::{Shop, reply};

fn written(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    (folder, file.display().to_string())
}

fn well() -> Shop {
    Shop::start(|_| Some(reply(200, "", b"ok")))
}

/// Method, path and body of all requests.
fn asked(shop: &Shop) -> Vec<String> {
    shop.seen()
        .iter()
        .map(|seen| format!("{} {} {}", seen.method, seen.path, seen.body).trim_end().to_owned())
        .collect()
}

#[test]
fn an_openapi_document_says_what_to_ask() {
    const DOCUMENT: &str = "{openapi: 3.0.3, paths: {/a: {get: {}}, '/b/{id}': {
        parameters: [{name: id, in: path, required: true, example: 5}],
        get: {}, post: {requestBody: {content: {application/json: {example: {n: 1}}}}}}}}";
    let shop = well();
    let (_folder, file) = written("api.yaml", DOCUMENT);
    assert_eq!(run(&["--openapi", &file, "-c1", "-r", "once", "-q", &shop.url()]).0, Exit::Pass);
    assert_eq!(asked(&shop), ["GET /a", "GET /b/5"]);
    let again = well();
    assert_eq!(
        run(&["--openapi", &file, "--writes", "-c1", "-r", "once", "-q", &again.url()]).0,
        Exit::Pass
    );
    assert_eq!(asked(&again), ["GET /a", "GET /b/5", "POST /b/5 {\"n\":1}"]);
}

#[test]
fn an_openapi_document_is_fetched_from_where_the_service_is() {
    let shop = Shop::start(|seen| {
        let document =
            br#"{"openapi": "3.1.0", "servers": [{"url": "/v1"}], "paths": {"/a": {"get": {}}}}"#;
        Some(reply(200, "", if seen.path == "/openapi.json" { document } else { b"ok" }))
    });
    let (exit, ..) =
        run(&["--openapi", &format!("{}/openapi.json", shop.url()), "-c1", "-r1", "-q"]);
    assert_eq!(
        (exit, asked(&shop)),
        (Exit::Pass, vec!["GET /openapi.json".to_owned(), "GET /v1/a".to_owned()])
    );
}

#[test]
fn a_document_behind_redirects_is_read_where_it_is() {
    let shop = Shop::start(|seen| {
        let document = br#"{"openapi": "3.1.0", "servers": [{"url": "v1"}], "paths":
            {"/a": {"get": {}}, "/b/{id}": {"get": {}}}}"#;
        Some(match seen.path.as_str() {
            "/doc" => reply(302, "Location: /docs/\r\n", b""),
            "/docs/" => reply(301, "location: openapi.json\r\n", b""),
            "/docs/openapi.json" => reply(200, "", document),
            "/round" => reply(302, "Location: /round\r\n", b""),
            _ => reply(200, "", b"ok"),
        })
    });
    let (exit, _, err) = run(&["--openapi", &format!("{}/doc", shop.url()), "-c1", "-r1"]);
    assert_eq!((exit, asked(&shop).last().unwrap().as_str()), (Exit::Pass, "GET /docs/v1/a"));
    let note = "passed over: GET /b/{id}: there is no value for `{id}`";
    assert!(err.contains(note), "{err}");
    let round = run(&["--openapi", &format!("{}/round", shop.url()), "-c1", "-r1"]);
    assert_eq!(round.0, Exit::Inconclusive);
}

#[test]
fn a_recorded_redirect_and_a_recorded_cookie_are_not_sent_twice() {
    const RECORDING: &str = r#"{"log": {"entries": [
        {"request": {"method": "CONNECT", "url": "http://x:80", "headers": []}},
        {"request": {"method": "POST", "url": "http://x/login", "postData": {"text": "u=1"},
            "headers": [{"name": "Cookie", "value": "sid=old; lang=en"}]}, "response":
            {"status": 302, "redirectURL": "/home"}},
        {"request": {"method": "GET", "url": "http://x/home",
            "headers": [{"name": "Cookie", "value": "sid=old; lang=en"}]}}]}}"#;
    let (_folder, file) = written("shop.har", RECORDING);
    let shop = Shop::start(|seen| {
        Some(match seen.path.as_str() {
            "/login" => reply(302, "Location: /home\r\nSet-Cookie: sid=new; Path=/\r\n", b""),
            _ => reply(200, "", b"ok"),
        })
    });
    let (exit, _, err) = run(&["--har", &file, "-c1", "-r2", &shop.url()]);
    assert_eq!(
        (exit, asked(&shop)),
        (Exit::Pass, vec!["POST /login u=1".into(), "GET /home".into()])
    );
    let cookies: Vec<String> =
        shop.seen().iter().map(|seen| seen.header("cookie").to_owned()).collect();
    assert_eq!(cookies, ["sid=old; lang=en", "lang=en; sid=new"]);
    assert!(err.contains("entries passed over: 1 that are no requests of HTTP"), "{err}");
}

#[test]
fn a_recording_is_asked_again_with_its_pauses_or_without() {
    const RECORDING: &str = r#"{"log": {"entries": [
        {"startedDateTime": "2026-01-01T00:00:00.000Z", "time": 100, "request": {"method": "GET", "url": "http://x/a"}},
        {"startedDateTime": "2026-01-01T00:00:00.400Z", "time": 1, "request":
            {"method": "POST", "url": "http://x/b", "postData": {"text": "hi"}}}]}}"#;
    let (_folder, file) = written("shop.har", RECORDING);
    for (pauses, least) in [(false, 0), (true, 300)] {
        let shop = well();
        let began = std::time::Instant::now();
        let all = ["--har", &file, "-c1", "-r2", "-q", &shop.url(), "--pauses"];
        let arguments = &all[..if pauses { 7 } else { 6 }];
        assert_eq!(run(arguments).0, Exit::Pass);
        // Two requests, or two whole journeys.
        let once = ["GET /a", "POST /b hi"];
        assert_eq!(asked(&shop), once.repeat(if pauses { 2 } else { 1 }));
        assert!(began.elapsed().as_millis() >= least * 2, "the pause was made each time");
    }
}

#[test]
fn basic_and_bearer_auth_are_sent_as_curl_sends_them() {
    let shop = well();
    run(&["-u", "ann:p&q", "-c1", "-r1", "-q", &shop.url()]);
    run(&["--bearer", "t1", "-c1", "-r1", "-q", &shop.url()]);
    let told: Vec<String> =
        shop.seen().iter().map(|seen| seen.header("authorization").to_owned()).collect();
    assert_eq!(told, ["Basic YW5uOnAmcQ==", "Bearer t1"]);
}

#[test]
fn a_warm_up_is_made_and_not_counted() {
    let shop = well();
    let (exit, out, _) =
        run(&["--rate", "50/s", "-t1S", "--warm-up", "0.5", "-j", "-q", &shop.url()]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (exit, json["transactions"].as_u64(), shop.seen().len()),
        (Exit::Pass, Some(25), 50)
    );
    assert_eq!(run(&["--warm-up", "2", "-t1S", "-q", &shop.url()]).0, Exit::Invalid);
}

#[test]
fn redirects_are_followed_and_each_hop_is_a_hit() {
    let shop = || {
        Shop::start(|seen| {
            Some(match seen.path.as_str() {
                "/a" => reply(301, "Location: /b\r\nConnection: close\r\n", b""),
                "/b" => reply(302, "location: c?d\r\n", b""),
                "/away" => reply(302, "Location: http://198.51.100.1/\r\n", b""),
                "/round" => reply(302, "Location: /round\r\n", b""),
                _ => reply(200, "", b"ok"),
            })
        })
    };
    let followed = |path: &str, more: &[&str]| {
        let shop = shop();
        let url = format!("{}{path}", shop.url());
        let (exit, out, _) =
            run(&[&["-c1", "-r1", "-j", "-q"][..], more, &[url.as_str()][..]].concat());
        let json: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(exit, Exit::Pass);
        assert_eq!(
            json["transactions"].as_u64(),
            Some(asked(&shop).len() as u64),
            "each hop counts"
        );
        asked(&shop)
    };
    assert_eq!(followed("/a", &[]), ["GET /a", "GET /b", "GET /c?d"]);
    assert_eq!(followed("/a POST x=1", &[]), ["POST /a x=1", "GET /b", "GET /c?d"]);
    assert_eq!(followed("/a", &["--no-follow"]), ["GET /a"]);
    assert_eq!(followed("/away", &[]), ["GET /away"], "a server that nobody named gets no load");
    assert_eq!(followed("/round", &[]).len(), 11, "ten redirects at most");
}

/// A document of several files, and what is beside its folder.
fn in_several_files(document: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir_all(folder.path().join("api/schemas")).unwrap();
    write("outside.yaml", "type: string\ndefault: outside\n");
    write("api/openapi.yaml", document);
    write("api/order.yaml", "post: {requestBody: {$ref: 'schemas/body.json#/Body'}}");
    write(
        "api/schemas/body.json",
        r##"{"Body": {"content": {"application/json": {"schema": {"$ref": "#/Order"}}}},
            "Order": {"type": "object", "required": ["qty"], "properties": {"qty": {"$ref": "../openapi.yaml#/components/schemas/Qty"}}}}"##,
    );
    let file = folder.path().join("api/openapi.yaml").display().to_string();
    (folder, file)
}

#[test]
fn a_document_in_several_files_is_one() {
    let shop = well();
    let (_folder, file) = in_several_files(
        "{openapi: 3.1.0, paths: {/orders: {$ref: order.yaml}}, components: {schemas: {Qty: {type: \
         integer, default: 3}}}}",
    );
    let (exit, _, err) =
        run(&["--openapi", &file, "--writes", "-c1", "-r", "once", "-q", &shop.url()]);
    assert_eq!((exit, err.as_str()), (Exit::Pass, ""));
    assert_eq!(asked(&shop), ["POST /orders {\"qty\":3}"]);
}

#[test]
fn a_document_leads_to_no_file_outside_of_its_folder() {
    let shop = well();
    let (folder, file) = in_several_files(
        "{openapi: 3.1.0, paths: {/a: {get: {}}, /b: {get: {parameters: [{name: x, in: query, \
         required: true, schema: {$ref: ../outside.yaml}}]}}, /c: {get: {parameters: [{$ref: \
         /dev/zero}, {$ref: gone.yaml}]}}}}",
    );
    std::os::unix::fs::symlink("../outside.yaml", folder.path().join("api/gone.yaml")).unwrap();
    let (_, _, err) = run(&["--openapi", &file, "-c1", "-r", "once", &shop.url()]);
    for reference in ["../outside.yaml", "/dev/zero", "gone.yaml"] {
        assert!(
            err.contains(&format!("`$ref: {reference}` is not followed: it is outside of")),
            "{err}"
        );
    }
    assert!(!err.contains("default") && !asked(&shop).iter().any(|one| one.contains("outside")));
}

#[test]
fn a_document_behind_a_url_refers_to_others_of_its_server_only() {
    let other = well();
    let elsewhere = format!("{}/x.json", other.url());
    let shop = Shop::start(move |seen| {
        let document = match seen.path.as_str() {
            "/api/openapi.json" => format!(
                r#"{{"openapi": "3.1.0", "paths": {{"/a": {{"$ref": "a.json"}}, "/b": {{"$ref": "{elsewhere}"}}}}}}"#
            ),
            "/api/a.json" => r#"{"get": {}}"#.to_owned(),
            _ => "ok".to_owned(),
        };
        Some(reply(200, "", document.as_bytes()))
    });
    let document = format!("{}/api/openapi.json", shop.url());
    let (exit, _, err) = run(&["--openapi", &document, "-c1", "-r1"]);
    assert_eq!(exit, Exit::Pass, "{err}");
    assert!(err.contains("may lead to documents of the same server only"), "{err}");
    assert_eq!(asked(&shop), ["GET /api/openapi.json", "GET /api/a.json", "GET /a"]);
    assert!(asked(&other).is_empty());
}
