//! `brunt serve`

use anyhow::{Context, Result, bail};
use brunt_scenarios::source::nearest;

use crate::builtin;
use crate::cli::Serve;
use crate::exit::Exit;

/// Runs one service of a built-in system until it is told to stop.
pub fn serve(options: &Serve) -> Result<Exit> {
    let names: Vec<&str> = builtin::SYSTEMS.iter().map(|(name, _)| *name).collect();
    let services = match options.system.as_str() {
        "coffee" => brunt_coffee::SERVICES,
        other => bail!("there is no system `{other}`{}", choose(other, &names)),
    };
    if !services.contains(&options.service.as_str()) {
        bail!(
            "{} has no service `{}`{}",
            options.system,
            options.service,
            choose(&options.service, services)
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(brunt_coffee::serve(&options.service))
        .with_context(|| format!("{} of {} cannot run", options.service, options.system))?;
    Ok(Exit::Pass)
}

fn choose(wrong: &str, names: &[&str]) -> String {
    match nearest(wrong, names) {
        Some(name) => format!(", did you mean `{name}`?"),
        None => format!(" (one of: {})", names.join(", ")),
    }
}
