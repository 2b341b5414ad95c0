//! The rules of direction: who may know whom. ARCHITECTURE.md says why.
#![allow(clippy::unwrap_used)]

mod circles;
mod imports;
mod security;
mod width;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Folder of a crate → crates of this workspace that it depends on, tests included.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let folder_of = |manifest: &str| {
        let folder = Path::new(manifest).parent().unwrap();
        folder.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_str().unwrap().to_owned()
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let names: BTreeMap<String, String> = packages
        .iter()
        .map(|one| (text(&one["name"]), folder_of(one["manifest_path"].as_str().unwrap())))
        .collect();
    let of = |one: &serde_json::Value| {
        let all = one["dependencies"].as_array().unwrap().iter();
        all.filter_map(|dependency| names.get(dependency["name"].as_str().unwrap()).cloned())
            .collect()
    };
    packages.iter().map(|one| (names[one["name"].as_str().unwrap()].clone(), of(one))).collect()
}

/// Whether a crate's folder is this one or below it.
fn within(folder: &str, top: &str) -> bool {
    folder == top || folder.starts_with(&format!("{top}/"))
}

fn allowed(from: &str, to: &str) -> bool {
    match from {
        // The root is the binary: it wires everything.
        "" => true,
        _ if within(from, "scenarios") => false,
        // The header coding of HTTP/2 and unchecked TLS know nothing of this project, and each is
        // needed by two crates.
        "loadgen/hpack" | "loadgen/tls" => false,
        "loadgen" | "chaos/proxy" if to == "loadgen/hpack" => true,
        "loadgen" | "chaos/local" if to == "loadgen/tls" => true,
        // The load generator's command line shows what its engine measured as a report does.
        "loadgen/cli" => ["loadgen", "reports", "scenarios"].contains(&to),
        _ if within(from, "loadgen") => within(to, "scenarios"),
        _ if within(from, "reports") => within(to, "scenarios"),
        _ if within(from, "chaos") => within(to, "scenarios") || within(to, "chaos"),
        // Systems know the kit; the kit knows none of them; neither knows the toolkit.
        "reference-services/kit" => false,
        _ if within(from, "reference-services") => to == "reference-services/kit",
        _ => false,
    }
}

#[test]
fn dependencies_point_in_one_direction() {
    let dependencies = dependencies();
    assert!(dependencies.len() >= 9, "the workspace was read: {dependencies:?}");
    for (from, all) in &dependencies {
        for to in all {
            assert!(allowed(from, to), "{from} must not depend on {to}");
        }
    }
}

#[test]
fn faults_depend_on_no_platform() {
    let dependencies = dependencies();
    assert_eq!(dependencies["chaos/faults"], BTreeSet::from(["scenarios".to_owned()]));
    let proxy = ["loadgen/hpack", "scenarios"].map(str::to_owned);
    assert_eq!(dependencies["chaos/proxy"], BTreeSet::from(proxy));
}

#[test]
fn only_the_fixed_folders_stand_at_the_root() {
    let fixed = [
        "src",
        "tests",
        "docs",
        "scenarios",
        "loadgen",
        "chaos",
        "reports",
        "reference-services",
        "manifests",
    ];
    let entries =
        std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap().map(|entry| entry.unwrap().path());
    let folders = entries
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    for folder in folders {
        let made = folder.starts_with('.') || folder == "target";
        assert!(
            made || fixed.contains(&folder.as_str()),
            "{folder} is not one of the root's folders"
        );
    }
}
