//! The key of a command, in the request that makes it.

use std::borrow::Cow;

use brunt_scenarios::plan::{CommandKey, SentKey};
use brunt_scenarios::url_text;

use crate::job::request_template::FilledRequest;

/// The key that a request was sent with; `None` if its key is in the reply, or if it has none.
pub(crate) fn sent_key(key: Option<&CommandKey>, filled: &FilledRequest) -> Option<String> {
    let Some(CommandKey::Request(place)) = key else { return None };
    let request = &filled.request;
    match place {
        SentKey::Json(path) => path.text(filled.document.as_ref()?),
        SentKey::Header(name, pattern) => {
            let mut lines = request.headers.iter();
            let (_, line) = lines.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
            match pattern {
                Some(pattern) => pattern.find(line).map(str::to_owned),
                None => Some(line.clone()),
            }
        }
        SentKey::Path(pattern) => pattern.find(&request.path).map(url_text::decoded),
        SentKey::Body(pattern) => {
            let body: Cow<'_, str> = String::from_utf8_lossy(&request.body);
            pattern.find(&body).map(str::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::plan::{JsonPath, Pattern};
    use serde_json::json;

    use super::*;
    use crate::address::Address;
    use crate::request::HttpRequest;

    fn filled() -> FilledRequest {
        let (address, _) = Address::split("http://h:1").unwrap();
        FilledRequest {
            request: HttpRequest {
                method: http::Method::PUT,
                address,
                path: "/orders/a%20b?by=7".to_owned(),
                headers: vec![("Idempotency-Key".to_owned(), "key-9".to_owned())],
                body: br#"{"id": "x", "n": 10.0}"#.to_vec(),
            },
            document: Some(json!({"id": "x", "n": 10.0})),
        }
    }

    fn key(place: SentKey) -> Option<String> {
        sent_key(Some(&CommandKey::Request(place)), &filled())
    }

    #[test]
    fn a_key_is_taken_from_each_part_of_what_was_sent() {
        let (path, pattern) =
            (|text| JsonPath::parse(text).unwrap(), |text| Pattern::parse(text).unwrap());
        let found = |text: &str| Some(text.to_owned());
        assert_eq!(key(SentKey::Json(path("$.id"))), found("x"));
        assert_eq!(key(SentKey::Json(path("$.n"))), found("10"));
        assert_eq!(key(SentKey::Json(path("$.none"))), None);
        assert_eq!(key(SentKey::Header("idempotency-key".to_owned(), None)), found("key-9"));
        let number = SentKey::Header("idempotency-key".to_owned(), Some(pattern("\\d+")));
        assert_eq!(key(number), found("9"));
        assert_eq!(key(SentKey::Header("x".to_owned(), None)), None);
        assert_eq!(key(SentKey::Path(pattern("/orders/([^?]+)"))), found("a b"));
        assert_eq!(key(SentKey::Body(pattern("\"id\": \"(.)\""))), found("x"));
        assert_eq!(sent_key(None, &filled()), None);
    }
}
