use super::*;

fn requests(text: &str, base: Option<&str>) -> Result<Vec<String>, SourceError> {
    let headers = [("x-a".to_owned(), "mine".to_owned())];
    let recording = HarFile { name: "shop.har", base, headers: &headers };
    let recorded = recording.requests(text)?;
    let line = |one: &HttpRequest| {
        let headers: Vec<_> =
            one.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body = String::from_utf8_lossy(&one.body);
        format!("{} {} {} {} {body}", one.method, one.address, one.path, headers.join(","))
    };
    Ok(recorded.requests.iter().map(line).collect())
}

const SHOP: &str = r#"{"log": {"entries": [
    {"request": {"method": "GET", "url": "https://shop.example/a?b=1#c", "headers": [
        {"name": ":authority", "value": "shop.example"}, {"name": "Host", "value": "shop.example"},
        {"name": "X-A", "value": "theirs"}, {"name": "Accept", "value": "text/html"}]}},
    {"request": {"method": "GET", "url": "https://ads.example/x", "headers": []}},
    {"request": {"method": "GET", "url": "data:image/png;base64,AA==", "headers": []}},
    {"request": {"method": "POST", "url": "https://shop.example/b", "postData": {"text": "hi"}}},
    {"request": {"method": "POST", "url": "https://shop.example", "postData": {"params":
        [{"name": "a", "value": "x y"}]}}}
]}}"#;

#[test]
fn recordings_are_asked_again() {
    let wanted = [
        "GET shop.example:443 /a?b=1 x-a=mine,Accept=text/html ",
        "POST shop.example:443 /b x-a=mine hi",
        "POST shop.example:443 / x-a=mine a=x+y",
    ];
    assert_eq!(requests(SHOP, None).unwrap(), wanted);
    let moved = requests(SHOP, Some("localhost:8080/test/")).unwrap();
    assert!(moved[0].starts_with("GET localhost:8080 /test/a?b=1 "), "{moved:?}");
}

#[test]
fn pauses_are_those_between_requests() {
    let entry = |second: u64, took: f64| {
        serde_json::json!({"startedDateTime": format!("2026-01-01T00:00:0{second}.000Z"), "time": took,
            "request": {"method": "GET", "url": "http://h/"}})
    };
    let text = serde_json::json!({"log": {"entries": [entry(1, 500.0), entry(3, 2000.0), entry(4, 10.0)]}});
    let recording = HarFile { name: "a.har", base: None, headers: &[] };
    let pauses = recording.requests(&text.to_string()).map(|recorded| recorded.pauses).unwrap();
    assert_eq!(pauses, [Duration::ZERO, Duration::from_millis(1500), Duration::ZERO]);
}

#[test]
fn what_is_wrong_is_said() {
    let wrong = |text: &str| requests(text, None).unwrap_err().to_string();
    assert!(wrong("<html>").starts_with("shop.har: this is no HAR file: "));
    assert_eq!(wrong("{}"), "shop.har: this is no HAR file: it has no log with entries");
    assert_eq!(wrong(r#"{"log": {"entries": []}}"#), "shop.har: it holds no requests");
    assert_eq!(
        wrong(r#"{"log": {"entries": [{"request": {}}]}}"#),
        "shop.har: entry 1: it has no URL"
    );
}

fn recorded(entries: &str) -> HarRequests {
    let recording = HarFile { name: "a.har", base: None, headers: &[] };
    recording.requests(&format!(r#"{{"log": {{"entries": [{entries}]}}}}"#)).unwrap()
}

#[test]
fn entries_that_http_cannot_repeat_are_passed_over_and_counted() {
    let entry = |method: &str, url: &str| {
        format!(r#"{{"request": {{"method": "{method}", "url": "{url}", "headers": []}}}}"#)
    };
    let entries = [
        entry("GET", "chrome-extension://abcdefghijklmnop/inject.js"),
        entry("CONNECT", "http://shop.example:443"),
        entry("GET", "http://shop.example/page"),
        entry("GET", "about:blank"),
        entry("GET", "http://"),
        entry("GET", "http://Shop.Example:80/two"),
        entry("GET", "wss://shop.example/socket"),
        entry("GET", "https://ads.example/x"),
    ];
    let found = recorded(&entries.join(","));
    let paths: Vec<_> = found.requests.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/page", "/two"]);
    assert_eq!((found.not_http, found.of_others, found.pauses.len()), (5, 1, 2));
}

/// The body of one entry, and its content types.
fn body(kind: Option<&str>, data: &serde_json::Value) -> (String, Vec<String>) {
    let headers = kind.map(|kind| serde_json::json!({"name": "content-type", "value": kind}));
    let headers: Vec<_> = headers.into_iter().collect();
    let request = serde_json::json!({"method": "POST", "url": "http://h/", "headers": headers,
        "postData": data});
    let request = recorded(&serde_json::json!({"request": request}).to_string()).requests.remove(0);
    let types = request.headers.into_iter().map(|(_, value)| value).collect();
    (String::from_utf8_lossy(&request.body).into_owned(), types)
}

#[test]
fn a_multipart_form_has_the_boundary_of_its_recorded_header() {
    let params = serde_json::json!([{"name": "title", "value": "A \"picture\""},
        {"name": "file", "fileName": "a.txt", "contentType": "text/plain", "value": "hello"}]);
    let form = |boundary: &str| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA \
             \"picture\"\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--{boundary}--\r\n"
        )
    };
    let data = |kind: &str| serde_json::json!({"mimeType": kind, "params": params, "text": ""});
    let kind = "multipart/form-data; boundary=XbX";
    assert_eq!(body(Some(kind), &data("x")), (form("XbX"), vec![kind.to_owned()]));
    let quoted = "Multipart/Form-Data; charset=utf-8; Boundary=\"X b\"";
    assert_eq!(body(None, &data(quoted)), (form("X b"), vec![quoted.to_owned()]));
    let (made, types) = body(Some("multipart/form-data"), &data("multipart/form-data"));
    let boundary = types[0].strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!((made, types.len()), (form(boundary), 1));
}

#[test]
fn forms_and_bytes_are_sent_as_they_were_recorded() {
    let form = Some("application/x-www-form-urlencoded");
    let params = |value: &str| serde_json::json!({"params": [{"name": "a b", "value": value}]});
    assert_eq!(body(form, &params("x%20y%26z")).0, "a+b=x%20y%26z", "as it was sent");
    assert_eq!(body(form, &params("x y&z")).0, "a+b=x+y%26z", "decoded");
    assert_eq!(body(form, &params("100% sure")).0, "a+b=100%25+sure");
    let bytes = serde_json::json!({"text": "AAECAwT/", "encoding": "base64"});
    assert_eq!(body(None, &bytes).0, "\0\x01\x02\x03\x04\u{fffd}");
    for text in ["aGk", "aGk=", "aGk\n"] {
        let unpadded = serde_json::json!({"text": text, "encoding": "base64"});
        assert_eq!(body(None, &unpadded).0, "hi");
    }
    let url_safe = serde_json::json!({"text": "-_-_", "encoding": "base64"});
    assert_eq!(body(None, &url_safe).0, String::from_utf8_lossy(&[0xfb, 0xff, 0xbf]));
    let text = serde_json::json!({"text": "AAECAwT/"});
    assert_eq!(body(None, &text).0, "AAECAwT/");
}

#[test]
fn cookies_of_http2_are_one_header() {
    let found = recorded(
        r#"{"request": {"url": "http://h/", "headers": [{"name": "cookie", "value": "a=1"},
            {"name": "accept", "value": "*/*"}, {"name": "cookie", "value": "b=2"}]}}"#,
    );
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(found.requests[0].headers, [header("cookie", "a=1; b=2"), header("accept", "*/*")]);
}

#[test]
fn a_body_that_is_no_base64_is_sent_as_it_is_and_counted() {
    let entry = |text: &str| {
        format!(
            r#"{{"request": {{"method": "POST", "url": "http://h/", "headers": [],
                "postData": {{"text": "{text}", "encoding": "base64"}}}}}}"#
        )
    };
    let found = recorded(&[entry("aGk="), entry("no base64!")].join(","));
    assert_eq!((found.requests[1].body.as_slice(), found.not_base64), (&b"no base64!"[..], 1));
}

#[test]
fn what_a_recording_has_beside_its_headers_is_sent_as_well() {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = |request: &str| {
        recorded(&format!(r#"{{"request": {{"url": "http://h/", {request}}}}}"#)).requests[0]
            .headers
            .clone()
    };
    let cookies = r#""cookies": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]"#;
    assert_eq!(headers(cookies), [header("Cookie", "a=1; b=2")]);
    let both = format!(r#"{cookies}, "headers": [{{"name": "Cookie", "value": "c=3"}}]"#);
    assert_eq!(headers(&both), [header("Cookie", "c=3")]);
    let typed = r#""postData": {"mimeType": "application/json", "text": "{}"}"#;
    assert_eq!(headers(typed), [header("Content-Type", "application/json")]);
    let both = format!(r#"{typed}, "headers": [{{"name": "content-type", "value": "text/json"}}]"#);
    assert_eq!(headers(&both), [header("content-type", "text/json")]);
}

#[test]
fn a_recording_whose_bodies_fill_the_memory_is_refused() {
    let body = "x".repeat(1024 * 1024);
    let entry = format!(
        r#"{{"request": {{"method": "POST", "url": "http://h/", "postData": {{"text": "{body}"}}}}}}"#
    );
    let text = format!(r#"{{"log": {{"entries": [{}]}}}}"#, vec![entry; 129].join(","));
    let recording = HarFile { name: "a.har", base: None, headers: &[] };
    let error = recording.requests(&text).unwrap_err().to_string();
    assert!(error.contains("more than 128 MiB"), "{error}");
}
