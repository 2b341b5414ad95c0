//! The JSON Schema of the report for programs: made from the very types that it is written from.

use schemars::generate::SchemaSettings;

use crate::Report;

/// The schema of `report.json`, format 1. Fields may be added to a format; none is taken away or
/// changes its meaning.
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft07().for_serialize();
    settings.into_generator().into_root_schema_for::<Report>().to_value()
}
