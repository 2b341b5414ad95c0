//! Values as they stand in URLs (RFC 3986): what would mean something there is percent-encoded.

/// A value as one part of a query: `a&b=c` is `a%26b%3Dc`.
///
/// ```
/// use brunt_scenarios::url_text::{decoded, in_path, in_query};
/// assert_eq!(in_query("a+b/c==&d é"), "a%2Bb%2Fc%3D%3D%26d%20%C3%A9");
/// assert_eq!(in_path("A&B/50% #1?"), "A&B/50%25%20%231%3F");
/// assert_eq!(decoded("a%2Bb%20%C3%A9%"), "a+b é%");
/// ```
pub fn in_query(value: &str) -> String {
    encoded(value, b"")
}

/// A value as a part of a path, of which it may be several segments: slashes stay.
pub fn in_path(value: &str) -> String {
    encoded(value, b"/!$&'()*+,;=:@")
}

/// What a percent-encoded text stands for. A `%` that begins no code stands for itself.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                plain.push(byte);
                at += 3;
            }
            _ => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn encoded(value: &str, safe: &[u8]) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || safe.contains(&byte) {
            true => text.push(char::from(byte)),
            false => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
