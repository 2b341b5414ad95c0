//! The part of a line that is shown below an error.

/// The most characters of a line that are shown: a document of JSON may be one line of megabytes.
const LONGEST: usize = 160;

/// Part of a line around a place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, or what is around the place, between dots.
    pub text: String,
    /// The place in that text, in characters from 1.
    pub column: usize,
}

impl Excerpt {
    /// The part of a line around a column, which counts characters from 1.
    pub(super) fn of(line: &str, column: usize) -> Self {
        let length = line.chars().count();
        if length <= LONGEST {
            // A place behind the end of a line is where something is missing.
            return Self { text: line.to_owned(), column: column.min(length + 1) };
        }
        let first = column.saturating_sub(LONGEST / 2).min(length - LONGEST);
        let part: String = line.chars().skip(first).take(LONGEST).collect();
        let (before, after) =
            (if first > 0 { "…" } else { "" }, if first + LONGEST < length { "…" } else { "" });
        let column = column.saturating_sub(first).min(LONGEST + 1) + before.chars().count();
        Self { text: format!("{before}{part}{after}"), column }
    }
}

/// A text that is cut where it would fill the screen.
pub(super) fn cut(text: &str) -> String {
    const MOST: usize = 1_000;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_is_shown_whole_and_a_long_one_around_its_place() {
        let short = Excerpt::of("a: b", 4);
        assert_eq!((short.text.as_str(), short.column), ("a: b", 4));
        let line = format!("{}X{}", "a".repeat(100_000), "b".repeat(100_000));
        let long = Excerpt::of(&line, 100_001);
        assert_eq!(long.text.chars().nth(long.column - 1), Some('X'));
        assert!(long.text.starts_with("…a") && long.text.ends_with("b…"), "{}", long.text);
        assert_eq!(long.text.chars().count(), LONGEST + 2);
        for column in [1, 5, 199_999, 200_001, usize::MAX] {
            let shown = Excerpt::of(&line, column);
            assert!(shown.column <= LONGEST + 3 && shown.column > 0, "{column}: {}", shown.column);
        }
    }
}
