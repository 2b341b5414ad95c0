//! Header values with bytes that are no UTF-8. Their encoding is not known (RFC 9110, 5.5), so a
//! cookie of such bytes is sent back byte for byte.

use std::borrow::Cow;

/// Each byte that is no UTF-8 becomes a character of its own, in a range that nothing else uses.
const FIRST: u32 = 0xf700;

/// A value as text, from which [`bytes`] makes the same bytes again.
pub(crate) fn text(value: &[u8]) -> String {
    let mut text = String::with_capacity(value.len());
    for chunk in value.utf8_chunks() {
        text.push_str(chunk.valid());
        let stands_for = |byte: &u8| char::from_u32(FIRST + u32::from(*byte));
        text.extend(chunk.invalid().iter().filter_map(stands_for));
    }
    text
}

/// The bytes of a text.
pub(crate) fn bytes(text: &str) -> Cow<'_, [u8]> {
    // Hardly any head has one.
    if text.is_ascii() || !text.chars().any(|letter| byte(letter).is_some()) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match byte(letter) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(bytes)
}

fn byte(letter: char) -> Option<u8> {
    u8::try_from(u32::from(letter).checked_sub(FIRST)?).ok().filter(|byte| !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back_as_they_were() {
        let all: Vec<u8> = (0..=255).collect();
        for value in [b"sid=\xc5rhus; a".as_slice(), "Århus 😀".as_bytes(), b"plain", b"", &all]
        {
            assert_eq!(bytes(&text(value)), value);
        }
        assert_eq!(text("Århus".as_bytes()), "Århus");
    }
}
