//! Commands for what is written: scenarios before a run, and reports after it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::run::Tolerance;

/// `brunt validate`
#[derive(Debug, Args)]
pub struct Validate {
    /// Scenario files, folders of them, or built-in ones.
    #[arg(required = true)]
    pub scenarios: Vec<String>,
}

/// `brunt schema`
#[derive(Debug, Args)]
pub struct Schema {
    /// Of which kind of file.
    #[arg(value_enum, default_value = "scenario")]
    pub of: SchemaOf,
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemaOf {
    /// Scenario files.
    Scenario,
    /// System files.
    System,
    /// The report for programs, `report.json`.
    Report,
    /// Load files, of `brunt load`.
    Load,
}

/// `brunt compare`
#[derive(Debug, Args)]
pub struct Compare {
    /// Runs of the version before: a report.json, a run's folder, or a folder of them.
    pub base: PathBuf,
    /// Runs of the new version, likewise.
    pub new: PathBuf,
    #[command(flatten)]
    pub tolerance: Tolerance,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `brunt report`
#[derive(Debug, Args)]
pub struct Report {
    /// A report.json, a run's folder, or a folder of them: that gets an index.html.
    #[arg(default_value = ".brunt/runs")]
    pub path: PathBuf,
}
