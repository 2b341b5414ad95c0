//! The end of a log, for messages.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use brunt_scenarios::plain_text::printable;

use crate::own_file;

const LINES: usize = 10;
const BYTES: u64 = 4096;

/// The last lines of a log, each indented; a remark in their place when there are none.
pub(crate) fn log_tail(path: &Path) -> String {
    let text = end_of(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    if last.is_empty() {
        return "  (it is empty)".to_owned();
    }
    // A terminal would obey what a service has written into its log.
    let indented: Vec<String> = last.iter().map(|line| format!("  {}", printable(line))).collect();
    indented.join("\n")
}

fn end_of(path: &Path) -> std::io::Result<String> {
    let mut file = own_file::read(path)?;
    let length = file.metadata()?.len();
    // A service's log may be large, and errors must not take long.
    file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_log_only_the_last_lines_are_returned() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        let lines: Vec<String> = (0..5000).map(|n| format!("line {n}")).collect();
        std::fs::write(&path, lines.join("\n")).unwrap();
        let wanted: Vec<String> = (4990..5000).map(|n| format!("  line {n}")).collect();
        assert_eq!(log_tail(&path), wanted.join("\n"));
    }

    #[test]
    fn escape_characters_of_a_log_never_reach_the_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        std::fs::write(&path, "\u{1b}[2Jgone\tö").unwrap();
        assert_eq!(log_tail(&path), "  \u{fffd}[2Jgone ö");
    }

    #[test]
    fn an_empty_or_missing_log_yields_a_remark() {
        assert_eq!(log_tail(Path::new("/nowhere/at/all.log")), "  (it is empty)");
    }
}
