//! HPACK's static table (RFC 7541, appendix A).

/// The number of its fields.
pub(crate) const LENGTH: usize = 61;

const FIELDS: [(&str, &str); LENGTH] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// The name and value at an index, counted from 1.
pub(super) fn field(number: usize) -> Option<(&'static str, &'static str)> {
    FIELDS.get(number.checked_sub(1)?).copied()
}

/// The index of a name with its value, and of the name alone.
pub(super) fn find(name: &[u8], value: &[u8]) -> (Option<usize>, Option<usize>) {
    let number =
        |is: &dyn Fn(&(&str, &str)) -> bool| FIELDS.iter().position(is).map(|place| place + 1);
    (
        number(&|field| field.0.as_bytes() == name && field.1.as_bytes() == value),
        number(&|field| field.0.as_bytes() == name),
    )
}
