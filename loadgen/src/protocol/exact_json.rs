//! JSON in which no digit of an integer is lost. The parser keeps integers of 64 bits; longer ones
//! would become floats, of which two that differ are the same. They are kept as text.

use std::borrow::Cow;

use serde_json::Value;

/// The fewest digits of an integer that may not fit into 64 bits.
const FEWEST_DIGITS: usize = 19;

/// Parses a document, with integers beyond 64 bits as texts of their digits.
pub(crate) fn parse(document: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(&quoted(document))
}

/// The document with quotes around integers beyond 64 bits.
fn quoted(document: &[u8]) -> Cow<'_, [u8]> {
    let mut quoted = Vec::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(byte) = document.get(at) {
        match byte {
            b'"' => at = behind_string(document, at),
            b'-' | b'0'..=b'9' => {
                let rest = &document[at..];
                let is_other = |byte: &u8| {
                    !byte.is_ascii_digit() && !matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
                };
                let length = rest.iter().position(is_other).unwrap_or(rest.len());
                if is_long(&rest[..length]) {
                    quoted.extend_from_slice(&document[copied..at]);
                    quoted.extend([b"\"", &rest[..length], b"\""].concat());
                    copied = at + length;
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(document);
    }
    quoted.extend_from_slice(&document[copied..]);
    Cow::Owned(quoted)
}

/// Behind the string that begins here.
fn behind_string(document: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(byte) = document.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    document.len()
}

/// Whether a number is an integer that 64 bits do not hold.
fn is_long(number: &[u8]) -> bool {
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    if digits.len() < FEWEST_DIGITS || !digits.iter().all(u8::is_ascii_digit) || digits[0] == b'0' {
        return false;
    }
    let text = std::str::from_utf8(number).unwrap_or_default();
    text.parse::<i64>().is_err() && text.parse::<u64>().is_err()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn integers_beyond_64_bits_keep_their_digits() {
        let read = |text: &str| parse(text.as_bytes()).unwrap();
        assert_eq!(
            read(r#"{"a": 12345678901234567890123, "b": [-98765432109876543210,7]}"#),
            json!({"a": "12345678901234567890123", "b": ["-98765432109876543210", 7]})
        );
        assert_eq!(read("18446744073709551616"), json!("18446744073709551616"));
        for same in [
            "18446744073709551615",
            "-9223372036854775808",
            "1e30",
            "12345678901234567890123.5",
            r#"{"12345678901234567890123": "\"98765432109876543210"}"#,
        ] {
            assert_eq!(read(same), serde_json::from_str::<Value>(same).unwrap(), "{same}");
        }
        assert!(parse(b"012345678901234567890123").is_err(), "no JSON becomes none");
    }

    proptest! {
        #[test]
        fn what_is_no_json_stays_none(text in "[0-9\"\\\\{}:,e.-]{0,60}") {
            let plain = serde_json::from_str::<Value>(&text);
            prop_assert_eq!(parse(text.as_bytes()).is_ok(), plain.is_ok(), "{}", text);
        }
    }
}
