//! Names that folders, files, processes and cluster objects are called by.

use super::checker::Checker;
use crate::plain_text::printable;
use crate::source::{Located, Span};

/// Leaves room for an ending and a number in a file's name, which most file systems
/// bound to 255 bytes.
const LONGEST: usize = 128;

impl Checker<'_> {
    /// Reports a name that could not be part of a path, or that would lead out of its folder.
    pub(super) fn file_name(&mut self, span: impl Into<Option<Span>>, what: &str, name: &str) {
        if is_file_name(name) {
            return;
        }
        self.wrong(span, format!("{what} cannot be called `{}`", name.escape_debug())).help =
            Some(format!(
                "folders and files are named by it: 1 to {LONGEST} letters, digits, `-`, `_` and \
                 `.`, and first a letter, a digit or `_`"
            ));
    }

    /// Reports a name that terminals, tables and spreadsheets could not show as it is.
    pub(super) fn shown_name(&mut self, name: &Located<String>, what: &str) {
        if printable(name) != name.value {
            self.wrong(name.span, format!("{what} cannot be called `{}`", name.escape_debug()))
                .help = Some("write it on one line, without control characters".to_owned());
        }
    }
}

fn is_file_name(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    (1..=LONGEST).contains(&name.len())
        && name.starts_with(is_plain)
        && name.chars().all(|letter| is_plain(letter) || letter == '-' || letter == '.')
}

#[cfg(test)]
mod tests {
    use super::is_file_name;

    #[test]
    fn a_name_can_be_part_of_a_path_and_never_leads_out_of_its_folder() {
        let longest = "a".repeat(128);
        for good in ["coffee", "order-2", "my_shop", "v1.2", "_x", "7", &longest] {
            assert!(is_file_name(good), "{good}");
        }
        let too_long = "a".repeat(129);
        for bad in [
            "",
            ".",
            "..",
            "../precious",
            "/etc",
            "a/b",
            "a\\b",
            ".hidden",
            "-rf",
            "a b",
            "a\n",
            "a\0",
            "größe",
            "${data}",
            &too_long,
        ] {
            assert!(!is_file_name(bad), "{bad:?}");
        }
    }
}
