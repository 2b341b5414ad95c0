//! `brunt schema`: schemas of files, for editors.

use anyhow::Result;
use brunt_scenarios::schema;

use crate::cli::{SchemaArgs, SchemaKind};
use crate::console::outln;
use crate::exit::Exit;

/// Prints the JSON Schema of a kind of file.
pub fn schema(options: &SchemaArgs) -> Result<Exit> {
    let schema = match options.of {
        SchemaKind::Scenario => schema::scenario(),
        SchemaKind::System => schema::system(),
        SchemaKind::Report => brunt_reports::schema(),
        SchemaKind::Load => schema::load(),
    };
    outln!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(Exit::Pass)
}
