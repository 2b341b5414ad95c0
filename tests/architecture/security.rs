//! The table of threats names guards that are there.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The third cells of the tables' rows, without their heads.
fn shown_by(page: &str) -> Vec<&str> {
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.contains("| test |"));
    rows.filter_map(|row| row.split(" | ").nth(2)).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_test_that_the_table_of_threats_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let mut search = Command::new("git");
    search.args(["grep", "-hoE", "fn [a-z0-9_]+", "--", "*.rs"]).current_dir(root);
    let listed = search.output().unwrap();
    assert!(listed.status.success(), "the sources are searched with git");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let tests: BTreeSet<&str> =
        listed.lines().filter_map(|line| line.strip_prefix("fn ")).collect();
    let cells = shown_by(&page);
    assert!(cells.len() > 30, "{} rows", cells.len());
    for cell in cells {
        assert!(quoted(cell).next().is_some(), "no test: {cell}");
        let gone: Vec<&str> = quoted(cell)
            .filter(|name| !tests.contains(name) && !root.join(name).is_file())
            .collect();
        assert_eq!(gone, [""; 0], "tests that docs/security.md names and nobody has");
    }
}
