//! Headers that belong to one connection and are not passed on (RFC 9110, section 7.6.1).

use http::HeaderValue;
use http::header::{CONNECTION, HeaderMap, HeaderName, TE, TRANSFER_ENCODING, UPGRADE};

const PER_CONNECTION: [HeaderName; 6] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Removes what must not be passed on; everything else stays as it is. A change to another protocol
/// is passed on: both connections change to it.
pub(crate) fn strip(headers: &mut HeaderMap) {
    let named = named_by_connection(headers);
    let protocols = if named.contains(&UPGRADE) { values(headers, &UPGRADE) } else { Vec::new() };
    for name in named.iter().chain(&PER_CONNECTION) {
        headers.remove(name);
    }
    if !protocols.is_empty() {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    }
    for protocol in protocols {
        headers.append(UPGRADE, protocol);
    }
}

fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<HeaderValue> {
    headers.get_all(name).iter().cloned().collect()
}

fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_headers_of_the_connection_are_stripped() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, x-mine"),
            ("connection", "X-Other"),
            ("x-mine", "1"),
            ("x-other", "2"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("host", "shop:8080"),
            ("content-length", "3"),
            ("trailer", "x-sum"),
            ("x-forwarded-for", "10.0.0.1"),
        ] {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        strip(&mut headers);
        let mut left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-length", "host", "trailer", "x-forwarded-for"]);
    }

    #[test]
    fn a_change_of_protocol_is_passed_on_if_the_connection_header_names_it() {
        for (connection, passed_on) in [("keep-alive, Upgrade", true), ("keep-alive", false)] {
            let mut headers = HeaderMap::new();
            headers.insert(CONNECTION, connection.parse().unwrap());
            headers.insert(UPGRADE, "websocket".parse().unwrap());
            strip(&mut headers);
            let left = [CONNECTION, UPGRADE].map(|name| headers.get(name).cloned());
            let wanted = ["Upgrade", "websocket"]
                .map(|value| passed_on.then(|| HeaderValue::from_static(value)));
            assert_eq!(left, wanted, "{connection}");
        }
    }
}
