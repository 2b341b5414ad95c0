//! Keys as PostgreSQL takes them: its texts cannot contain the character U+0000, which what users
//! write can.

use std::borrow::Cow;

const ESCAPE: char = '\u{1}';

/// The order of keys stays as it was: U+0000 becomes the least thing that begins with U+0001.
pub(super) fn escaped(key: &str) -> Cow<'_, str> {
    if key.contains(['\0', ESCAPE]) {
        Cow::Owned(key.replace(ESCAPE, "\u{1}\u{2}").replace('\0', "\u{1}\u{1}"))
    } else {
        Cow::Borrowed(key)
    }
}

pub(super) fn unescaped(key: String) -> String {
    if key.contains(ESCAPE) {
        key.replace("\u{1}\u{1}", "\0").replace("\u{1}\u{2}", "\u{1}")
    } else {
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_and_keep_their_order() {
        let mut keys = [
            "a",
            "a\0",
            "a\0\0",
            "a\0b",
            "a\u{1}",
            "a\u{1}\u{1}",
            "a\u{1}\u{2}",
            "a\u{2}",
            "b",
            "\0",
            "커피",
        ];
        keys.sort_unstable();
        let escapes: Vec<String> = keys.iter().map(|key| escaped(key).into_owned()).collect();
        assert!(escapes.is_sorted(), "{escapes:?}");
        assert!(escapes.iter().all(|key| !key.contains('\0')));
        assert_eq!(escapes.into_iter().map(unescaped).collect::<Vec<_>>(), keys);
    }
}
