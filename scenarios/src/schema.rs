//! JSON Schemas of the files, for editors: made from the very types that the files are read into.

use schemars::generate::SchemaSettings;

use crate::scenario::LoadFile;
use crate::{Scenario, SystemSpec};

/// The schema of scenario files.
pub fn scenario() -> serde_json::Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<Scenario>().to_value()
}

/// The schema of system files.
pub fn system() -> serde_json::Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<SystemSpec>().to_value()
}

/// The schema of load files.
pub fn load() -> serde_json::Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<LoadFile>().to_value()
}
