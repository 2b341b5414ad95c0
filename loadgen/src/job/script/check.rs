//! Checks of a reply beside its status, and values to save from it.

use brunt_scenarios::plan::{ExpectedResponse, Extract, JsonPath, Pattern, header_objection};
use brunt_scenarios::template::Template;
use serde_json::Value;

use crate::protocol::ReplyContent;
use crate::template::{JsonTemplate, Scope, fill, template};

/// One check of a reply with a good status.
#[derive(Debug, Clone)]
pub(crate) struct ReplyCheck {
    /// What the figures call it.
    pub name: String,
    what: CheckKind,
}

#[derive(Debug, Clone)]
enum CheckKind {
    Header(String, Template),
    Contains(Template),
    Matches(Pattern),
    Json(JsonPath, JsonTemplate),
}

/// A value to save from a reply for later steps.
#[derive(Debug, Clone)]
pub(crate) struct ValueToSave {
    pub name: String,
    pub from: Extract,
}

/// The checks of an expected response, beside its status.
pub(crate) fn checks(answer: &ExpectedResponse) -> Vec<ReplyCheck> {
    let check = |name: String, what: CheckKind| ReplyCheck { name, what };
    // In the order in which a reply is judged: results are matched with names by their place.
    let headers = answer.headers.iter().map(|(name, wanted)| {
        check(format!("{name} is {wanted}"), CheckKind::Header(name.clone(), template(wanted)))
    });
    let contains = answer.contains.iter();
    let contains = contains
        .map(|text| check(format!("body contains {text}"), CheckKind::Contains(template(text))));
    let matches = answer.matches.iter();
    let matches =
        matches.map(|one| check(format!("body matches {one}"), CheckKind::Matches(one.clone())));
    let json = answer.json.iter();
    let json = json.map(|(path, wanted)| {
        check(
            format!("{path} is {wanted}"),
            CheckKind::Json(path.clone(), JsonTemplate::new(wanted)),
        )
    });
    headers.chain(contains).chain(matches).chain(json).collect()
}

impl ReplyCheck {
    /// Whether the reply passes.
    pub fn holds(&self, reply: &ReplyContent, scope: &impl Scope) -> bool {
        match &self.what {
            CheckKind::Header(name, wanted) => {
                let lines: Vec<&str> = reply.all(name).collect();
                header_objection(name, &lines, &fill(wanted, scope)).is_none()
            }
            CheckKind::Contains(wanted) => {
                reply.text().is_some_and(|text| text.contains(&fill(wanted, scope)))
            }
            CheckKind::Matches(pattern) => {
                reply.text().is_some_and(|text| pattern.find(text).is_some())
            }
            CheckKind::Json(path, wanted) => {
                let is = |document: &Value| path.objection(document, &wanted.fill(scope)).is_none();
                reply.json().is_some_and(is)
            }
        }
    }
}

impl ValueToSave {
    /// The value, if the reply has it.
    pub fn take(&self, reply: &ReplyContent) -> Option<Value> {
        take(&self.from, reply)
    }
}

/// The value at a place in a reply, if it has one there.
pub(crate) fn take(from: &Extract, reply: &ReplyContent) -> Option<Value> {
    let text = |text: &str| Value::String(text.to_owned());
    match from {
        Extract::Json(path) => path.all(reply.json()?).first().map(|value| (*value).clone()),
        Extract::Header(name, None) => reply.header(name).map(text),
        // A header may come in several lines, such as a Set-Cookie for each cookie.
        Extract::Header(name, Some(pattern)) => {
            reply.all(name).find_map(|line| pattern.find(line)).map(text)
        }
        Extract::Body(pattern) => pattern.find(reply.text()?).map(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::template::Values;

    fn reply() -> ReplyContent {
        let head =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nLocation: \
            /orders/7\r\n\r\n";
        ReplyContent::new(200, head, br#"{"id": 7, "items": [{"n": "a"}, {"n": "a"}]}"#)
    }

    #[test]
    fn checks_that_fail_are_reported_by_name() {
        let path = |text| JsonPath::parse(text).unwrap();
        let answer = ExpectedResponse {
            status: vec![],
            json: vec![
                (path("$.id"), json!("${id}")),
                (path("$.items[*].n"), json!("a")),
                (path("$.none"), json!(1)),
            ],
            headers: vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                ("location".to_owned(), "/orders/${id}".to_owned()),
                ("x".to_owned(), "y".to_owned()),
            ],
            contains: vec!["\"id\"".to_owned(), "gone".to_owned()],
            matches: vec![Pattern::parse("id.: \\d").unwrap(), Pattern::parse("^x").unwrap()],
        };
        let values = Values::from([("id".to_owned(), json!(7))]);
        let checks = checks(&answer);
        let wrong: Vec<_> = checks.iter().filter(|check| !check.holds(&reply(), &values)).collect();
        let wrong: Vec<&str> = wrong.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(wrong, ["x is y", "body contains gone", "body matches ^x", "$.none is 1"]);
        assert_eq!(checks.len(), 10);
    }

    #[test]
    fn every_line_of_a_repeated_header_counts() {
        let head = b"HTTP/1.1 200 OK\r\nSet-Cookie: csrf=abc; Path=/\r\nVary: Accept\r\n\
            set-cookie: sid=s3cr3t; Path=/\r\nVary: Origin\r\n\r\n";
        let reply = ReplyContent::new(200, head, b"");
        let saved = |pattern| {
            let pattern = Pattern::parse(pattern).unwrap();
            let from = Extract::Header("set-cookie".to_owned(), Some(pattern));
            ValueToSave { name: String::new(), from }.take(&reply)
        };
        assert_eq!(saved("sid=([^;]+)"), Some(json!("s3cr3t")));
        assert_eq!(saved("csrf=([^;]+)"), Some(json!("abc")));
        assert_eq!(saved("lang=([^;]+)"), None);
        let holds = |name: &str, wanted: &str| {
            let headers = vec![(name.to_owned(), wanted.to_owned())];
            let answer = ExpectedResponse { headers, ..ExpectedResponse::default() };
            checks(&answer)[0].holds(&reply, &Values::new())
        };
        assert!(holds("vary", "Accept") && holds("Vary", "Origin"));
        assert!(holds("vary", "Accept, Origin") && holds("set-cookie", "sid=s3cr3t"));
        assert!(!holds("vary", "Cookie") && !holds("vary", "Origin, Accept"));
    }

    #[test]
    fn values_are_saved_from_bodies_and_headers() {
        let save = |from| ValueToSave { name: String::new(), from }.take(&reply());
        let pattern = |text| Pattern::parse(text).unwrap();
        let path = |text| Extract::Json(JsonPath::parse(text).unwrap());
        assert_eq!(save(path("$.id")), Some(json!(7)));
        assert_eq!(save(path("$.none")), None);
        assert_eq!(save(Extract::Header("LOCATION".to_owned(), None)), Some(json!("/orders/7")));
        assert_eq!(
            save(Extract::Header("location".to_owned(), Some(pattern("\\d+$")))),
            Some(json!("7"))
        );
        assert_eq!(save(Extract::Header("none".to_owned(), None)), None);
        assert_eq!(save(Extract::Body(pattern("\"n\": \"(.)\""))), Some(json!("a")));
    }
}
