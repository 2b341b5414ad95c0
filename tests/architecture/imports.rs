//! Which file of a crate uses which other, read from the text alone.
//!
//! Counted are all paths to a module of the crate: in `use` statements and written out in code, by
//! `crate::`, `super::`, `self::` or the name of a child module. A path goes to the file that
//! defines what it names: `pub use` is followed, and is itself no use. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Module path (empty: the crate's root) → module paths of the files that it uses.
pub type Uses = BTreeMap<String, BTreeSet<String>>;

/// Segments of a path, from the crate's root on.
type Segments = Vec<String>;

/// A file, as far as it matters here.
#[derive(Default)]
struct Module {
    /// What it uses.
    paths: Vec<Segments>,
    /// What it passes on by `pub use`, by the name that it has here.
    passed_on: BTreeMap<String, Segments>,
}

/// The uses between the files below a crate's `src` folder.
pub fn uses(src: &Path) -> Uses {
    let mut texts = BTreeMap::new();
    read(src, src, &mut texts);
    let names: BTreeSet<String> = texts.keys().cloned().collect();
    let modules: BTreeMap<&String, Module> =
        texts.iter().map(|(name, text)| (name, module(name, text, &names))).collect();
    let targets = |name: &String, module: &Module| {
        let targets = module.paths.iter().filter_map(|path| file_of(path, &modules, 0));
        targets.filter(|target| target != name).collect()
    };
    modules.iter().map(|(name, module)| ((*name).clone(), targets(name, module))).collect()
}

/// Module path → code, of all files that are no tests.
fn read(folder: &Path, src: &Path, texts: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name == "tests" {
            continue;
        }
        if path.is_dir() {
            read(&path, src, texts);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let below = path.strip_prefix(src).unwrap().with_extension("");
            let below = below.to_str().unwrap().replace('/', "::");
            let module = if below == "lib" || below == "main" { String::new() } else { below };
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            texts.insert(module, without_comments(code));
        }
    }
}

fn without_comments(code: &str) -> String {
    let lines = code.lines().map(|line| line.split("//").next().unwrap());
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn module(name: &str, code: &str, names: &BTreeSet<String>) -> Module {
    let here: Segments =
        name.split("::").filter(|one| !one.is_empty()).map(str::to_owned).collect();
    let absolute = |path: &str| absolute(path, &here, names);
    let mut module = Module::default();
    let (statements, rest) = use_statements(code);
    for (is_public, tree) in statements {
        for (path, name) in leaves(&tree) {
            match absolute(&path) {
                Some(path) if is_public => drop(module.passed_on.insert(name, path)),
                Some(path) => module.paths.push(path),
                None => {}
            }
        }
    }
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let paths = rest.split(|letter| !is_path(letter)).filter(|word| word.contains("::"));
    module.paths.extend(paths.filter_map(absolute));
    module
}

/// Each `use` statement, with whether it is public, and the code without them.
fn use_statements(code: &str) -> (Vec<(bool, String)>, String) {
    let (mut statements, mut rest) = (Vec::new(), String::new());
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        let is_public = bare.starts_with("pub");
        let private =
            if is_public { bare.split_once(' ').map_or("", |(_, rest)| rest) } else { bare };
        let Some(first) = private.strip_prefix("use ") else {
            rest.extend([line, "\n"]);
            continue;
        };
        let mut statement = first.to_owned();
        while !statement.contains(';') {
            statement += lines.next().unwrap().trim();
        }
        statements.push((is_public, statement.split(';').next().unwrap().to_owned()));
    }
    (statements, rest)
}

/// The paths of a use tree, each with the name that it brings in.
fn leaves(tree: &str) -> Vec<(String, String)> {
    let tree = tree.trim();
    if let Some((prefix, rest)) = tree.split_once('{') {
        let inner = rest.trim_end().strip_suffix('}').unwrap();
        let prefix = prefix.trim();
        let below = branches(inner).into_iter().flat_map(leaves);
        return below
            .map(|(path, name)| match path.as_str() {
                "self" => (prefix.trim_end_matches(':').to_owned(), name),
                _ => (format!("{prefix}{path}"), name),
            })
            .collect();
    }
    let (path, alias) = tree.split_once(" as ").unwrap_or((tree, tree));
    let name = alias.rsplit("::").next().unwrap().trim();
    vec![(path.trim().to_owned(), name.to_owned())]
}

/// Splits at the commas outside of inner braces.
fn branches(inner: &str) -> Vec<&str> {
    let mut depth = 0;
    let at_comma = |letter: char| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    };
    inner.split(at_comma).filter(|branch| !branch.trim().is_empty()).collect()
}

/// A path from the crate's root on; `None` if it leads out of the crate.
fn absolute(path: &str, here: &[String], names: &BTreeSet<String>) -> Option<Segments> {
    let mut segments: Vec<&str> = path.split("::").filter(|one| !one.is_empty()).collect();
    let first = *segments.first()?;
    let mut base = here.to_vec();
    match first {
        "crate" => {
            base.clear();
            segments.remove(0);
        }
        "self" => drop(segments.remove(0)),
        "super" => {
            while segments.first() == Some(&"super") {
                base.pop();
                segments.remove(0);
            }
        }
        child => {
            let child = [here, &[child.to_owned()]].concat().join("::");
            names.contains(&child).then_some(())?;
        }
    }
    base.extend(segments.into_iter().map(str::to_owned));
    Some(base)
}

/// The file that defines what a path names.
fn file_of(path: &[String], modules: &BTreeMap<&String, Module>, depth: usize) -> Option<String> {
    let named = |length: &usize| modules.contains_key(&path[..*length].join("::"));
    let length = (0..=path.len()).rev().find(named)?;
    let name = path[..length].join("::");
    let passed_on = path.get(length).and_then(|item| modules[&name].passed_on.get(item));
    match passed_on {
        // A name can be passed on under itself, from another namespace or crate.
        Some(origin) if depth < 8 && origin != path => {
            let origin = [origin.as_slice(), &path[length + 1..]].concat();
            file_of(&origin, modules, depth + 1)
        }
        _ => Some(name),
    }
}
