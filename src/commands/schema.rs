//! `brunt schema`

use anyhow::Result;
use brunt_scenarios::schema;

use crate::cli::{Schema, SchemaOf};
use crate::console::outln;
use crate::exit::Exit;

/// Prints a JSON Schema.
pub fn schema(options: &Schema) -> Result<Exit> {
    let schema = match options.of {
        SchemaOf::Scenario => schema::scenario(),
        SchemaOf::System => schema::system(),
        SchemaOf::Report => brunt_reports::schema(),
        SchemaOf::Load => schema::load(),
    };
    outln!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(Exit::Pass)
}
