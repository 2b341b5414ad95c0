//! Lines for a terminal of 80 columns.

use textwrap::{Options, WordSplitter, fill};

/// The widest line, unless a single word is wider.
const WIDTH: usize = 80;

/// A line, folded at its spaces; what goes on is indented below its beginning.
pub fn folded(line: &str) -> String {
    if line.chars().count() <= WIDTH || is_excerpt(line) {
        return line.to_owned();
    }
    let text = line.trim_start();
    let begin = " ".repeat(line.chars().count() - text.chars().count());
    let indent = format!("{begin}  ");
    // Words are kept whole: a path that is broken cannot be copied.
    let words = Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    fill(text, words.initial_indent(&begin).subsequent_indent(&indent))
}

/// Whether it shows a line of a file, or points into the one above it.
fn is_excerpt(line: &str) -> bool {
    let number = line.trim_start();
    number.trim_start_matches(|letter: char| letter.is_ascii_digit()).trim_start().starts_with("| ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_and_words_and_excerpts_are_not() {
        let line = format!("  warning: {}", "some words ".repeat(20));
        let lines = folded(&line);
        assert!(lines.lines().count() > 2 && lines.lines().all(|line| line.len() <= WIDTH));
        assert!(lines.lines().skip(1).all(|line| line.starts_with("    ")), "{lines}");
        let path = format!("its whole log is /tmp/{}", "a-b".repeat(40));
        assert!(
            folded(&path).lines().any(|line| line.trim() == format!("/tmp/{}", "a-b".repeat(40)))
        );
        for whole in [format!("   12 | {line}"), format!("      | {:>90}", "^")] {
            assert_eq!(folded(&whole), whole);
        }
        assert_eq!(folded("short"), "short");
    }
}
