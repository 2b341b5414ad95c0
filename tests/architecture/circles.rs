//! Files that need one another can only be read, tested and moved together. So circles of uses are
//! few, and small.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::imports::{Uses, uses};

/// How many circles there may be in the whole workspace.
const MOST_CIRCLES: usize = 2;

/// How many files one circle may have.
const MOST_FILES: usize = 4;

/// Crates in which there is none, and none may come.
const WITHOUT: [&str; 2] = ["loadgen", "loadgen/cli"];

#[test]
fn the_load_generator_has_no_circles_of_imports() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in WITHOUT {
        let uses = uses(&root.join(folder).join("src"));
        assert!(!uses.is_empty(), "{folder} has no files");
        let found = circles(&uses);
        assert!(found.is_empty(), "{folder}: {found:?}");
    }
}

#[test]
fn circles_of_imports_are_few_and_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in crate::dependencies().keys() {
        let uses = uses(&root.join(folder).join("src"));
        found.extend(circles(&uses).into_iter().map(|circle| (folder.clone(), circle)));
    }
    let list = |(folder, circle): &(String, BTreeSet<String>)| {
        let files: Vec<&str> = circle.iter().map(String::as_str).collect();
        format!("\n  {folder}: {}", files.join(", "))
    };
    let large: String = found.iter().filter(|(_, one)| one.len() > MOST_FILES).map(list).collect();
    assert!(large.is_empty(), "circles of more than {MOST_FILES} files:{large}");
    let all: String = found.iter().map(list).collect();
    assert!(found.len() <= MOST_CIRCLES, "{} circles of files:{all}", found.len());
}

/// The sets of files that reach one another, of more than one file.
fn circles(uses: &Uses) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        uses.keys().map(|from| (from, reached_from(from, uses))).collect();
    let circle = |from: &String| -> BTreeSet<String> {
        let back = reached[from].iter().filter(|to| reached[**to].contains(from));
        back.map(|to| (*to).clone()).collect()
    };
    let all: BTreeSet<BTreeSet<String>> = uses.keys().map(circle).collect();
    all.into_iter().filter(|circle| circle.len() > 1).collect()
}

fn reached_from<'u>(from: &String, uses: &'u Uses) -> BTreeSet<&'u String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = uses[from].iter().collect();
    while let Some(one) = next.pop() {
        if reached.insert(one) {
            next.extend(&uses[one]);
        }
    }
    reached
}

#[test]
fn files_that_use_one_another_are_a_circle() {
    let uses = |pairs: &[(&str, &[&str])]| -> Uses {
        let set = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        pairs.iter().map(|(from, to)| ((*from).to_owned(), set(to))).collect()
    };
    let all = uses(&[("a", &["b"]), ("b", &["c"]), ("c", &["a", "d"]), ("d", &[])]);
    let names = |circle: &BTreeSet<String>| circle.iter().cloned().collect::<String>();
    assert_eq!(circles(&all).iter().map(names).collect::<Vec<_>>(), ["abc"]);
}
