//! `brunt serve`: one service of a built-in system.

use std::path::Path;

use anyhow::{Context, Result, bail};
use brunt_kit::system::System;
use brunt_scenarios::source::nearest;

use crate::builtin;
use crate::cli::ServeArgs;
use crate::exit::Exit;

/// Runs one service of a built-in system until SIGTERM or ctrl-C.
pub fn serve(options: &ServeArgs) -> Result<Exit> {
    let system = system(&options.system)?;
    let services: Vec<&str> = system.names().collect();
    if !services.contains(&options.service.as_str()) {
        let choice = choose(&options.service, &services);
        bail!("{} has no service `{}`{choice}", options.system, options.service);
    }
    if std::env::var_os("DATA_DIR").is_none() {
        brunt_local::refuse_links(&Path::new(".brunt/up").join(&options.system))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(system.serve(&options.service))
        .with_context(|| format!("{} of {} cannot run", options.service, options.system))?;
    Ok(Exit::Pass)
}

/// The built-in system of this name.
pub fn system(name: &str) -> Result<&'static System> {
    let names: Vec<&str> = builtin::SYSTEMS.iter().map(|system| system.name).collect();
    let found = builtin::SYSTEMS.iter().find(|system| system.name == name);
    found.copied().with_context(|| format!("there is no system `{name}`{}", choose(name, &names)))
}

fn choose(wrong: &str, names: &[&str]) -> String {
    match nearest(wrong, names) {
        Some(name) => format!(", did you mean `{name}`?"),
        None => format!(" (one of: {})", names.join(", ")),
    }
}
