//! `brunt schema`

use anyhow::Result;
use brunt_scenarios::schema;

use crate::cli::{Schema, SchemaOf};
use crate::exit::Exit;
use crate::say::say;

/// Prints a JSON Schema.
pub fn schema(options: &Schema) -> Result<Exit> {
    let schema = match options.of {
        SchemaOf::Scenario => schema::scenario(),
        SchemaOf::System => schema::system(),
        SchemaOf::Report => brunt_reports::schema(),
        SchemaOf::Load => schema::load(),
    };
    say!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(Exit::Pass)
}
