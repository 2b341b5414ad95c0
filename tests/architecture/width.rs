//! Comments and prose are as wide as code: 100 columns. rustfmt sees to code; data in strings,
//! tables and code blocks may be wider.

use std::process::Command;

const WIDTH: usize = 100;

/// The text files of the repository with this ending, and what is in them.
fn files(ending: &str) -> Vec<(String, String)> {
    let output = Command::new("git")
        .args(["ls-files", &format!("*{ending}")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let read = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        // A file that was removed and is still listed has no lines.
        (name.to_owned(), std::fs::read_to_string(path).unwrap_or_default())
    };
    listed.lines().map(read).collect()
}

/// `FILE:LINE` of each line that is too wide and is counted.
fn too_wide<'t>(name: &str, lines: impl Iterator<Item = (usize, &'t str)>) -> Vec<String> {
    lines
        // One word, such as an address, cannot be broken.
        .filter(|(_, line)| line.chars().count() > WIDTH && line.split_whitespace().count() > 2)
        .map(|(index, _)| format!("{name}:{}", index + 1))
        .collect()
}

#[test]
fn no_comment_is_wider_than_the_code() {
    let files = files(".rs");
    assert!(files.len() > 500, "git lists too few files: {}", files.len());
    let wide = files.iter().flat_map(|(name, text)| {
        let comments = text.lines().enumerate().filter(|(_, line)| line.trim().starts_with("//"));
        too_wide(name, comments)
    });
    assert_eq!(wide.collect::<Vec<_>>(), Vec::<String>::new(), "are wider than {WIDTH} columns");
}

#[test]
fn no_prose_is_wider_than_the_code() {
    let files = files(".md");
    assert!(files.len() > 10, "git lists too few files: {}", files.len());
    let wide = files.iter().flat_map(|(name, text)| {
        let mut in_code = false;
        let prose = text.lines().enumerate().filter(|(_, line)| {
            in_code ^= line.trim_start().starts_with("```");
            !in_code && !line.starts_with('|')
        });
        too_wide(name, prose)
    });
    assert_eq!(wide.collect::<Vec<_>>(), Vec::<String>::new(), "are wider than {WIDTH} columns");
}
