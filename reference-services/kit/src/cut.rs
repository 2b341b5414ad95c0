//! Texts from outside that are kept: bounded, so that nobody can fill the memory with them.

/// The text up to `bytes`, or a little less where that would be within a character.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    // A character has four bytes at most.
    (0..=bytes).rev().find_map(|end| text.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_two_characters() {
        assert_eq!(cut("latte", 9), "latte");
        assert_eq!(cut("latte", 3), "lat");
        assert_eq!(cut("라떼", 3), "라");
        assert_eq!(cut("라떼", 5), "라");
        assert_eq!(cut("라떼", 2), "");
    }
}
