//! The schemas that editors use are those of the types. `UPDATE_SCHEMAS=1 cargo test -p
//! brunt-scenarios` writes them again.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use brunt_scenarios::schema;

fn is_current(name: &str, schema: &serde_json::Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let current = serde_json::to_string_pretty(schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == current,
        "{name} is not current: run UPDATE_SCHEMAS=1 cargo test -p brunt-scenarios"
    );
}

#[test]
fn the_scenario_schema_is_current() {
    is_current("scenario.schema.json", &schema::scenario());
}

#[test]
fn the_system_schema_is_current() {
    is_current("system.schema.json", &schema::system());
}

#[test]
fn the_load_schema_is_current() {
    is_current("load.schema.json", &schema::load());
}
