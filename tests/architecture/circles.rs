//! Files that need one another can only be read, tested and moved together. So there are no circles
//! of uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::imports::{Uses, uses};

#[test]
fn files_do_not_import_each_other_in_circles() {
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
    let all: String = found.iter().map(list).collect();
    assert!(found.is_empty(), "{} circles of files:{all}", found.len());
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
