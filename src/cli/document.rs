//! Options of commands for files: scenarios before a run, and reports after it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::platform::PlatformArgs;
use super::run::ToleranceArgs;

/// Options of `brunt validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Scenario, system and load files, folders of them, or built-in scenarios.
    #[arg(required = true, value_name = "FILES")]
    pub files: Vec<String>,
    #[command(flatten)]
    pub platform: PlatformArgs,
}

/// Options of `brunt schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Kind of file.
    #[arg(value_enum, default_value = "scenario")]
    pub of: SchemaKind,
}

/// Kinds of files that have a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemaKind {
    /// Scenarios, for `brunt run`.
    Scenario,
    /// Systems, which scenarios name.
    System,
    /// The report for programs, `report.json`.
    Report,
    /// Load files, of `brunt load`.
    Load,
}

/// Options of `brunt compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Runs of the previous version: a report.json, a run's folder, or a folder of them.
    pub base: PathBuf,
    /// Runs of the new version, likewise.
    pub new: PathBuf,
    #[command(flatten)]
    pub tolerance: ToleranceArgs,
    /// Print the comparison as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `brunt report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// A report.json, a run's folder, or a folder of them, which gets an index.html.
    #[arg(default_value = ".brunt/runs")]
    pub path: PathBuf,
}
