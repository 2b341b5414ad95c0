//! Names and passwords in URLs.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A URL without `user:password@`, and the value of `Authorization` that these become.
pub fn without_user_info(url: &str) -> (Cow<'_, str>, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (Cow::Borrowed(url), None) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let Some((user_info, host)) = rest[..end].rsplit_once('@') else {
        return (Cow::Borrowed(url), None);
    };
    let (name, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    let pair = [percent_decoded(name), percent_decoded(password)].join(&b':');
    let plain = format!("{scheme}://{host}{}", &rest[end..]);
    (Cow::Owned(plain), Some(format!("Basic {}", STANDARD.encode(pair))))
}

/// Bytes in which `%XX` is one byte.
fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let escaped = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    plain
}
