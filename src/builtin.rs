//! The systems and scenarios that are part of the binary, so that it works anywhere.

/// Name and system file of each built-in system.
pub const SYSTEMS: &[(&str, &str)] = &[("coffee", brunt_coffee::SYSTEM)];

macro_rules! scenarios {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../scenarios/", $path, ".yaml")))),*]
    };
}

/// Path below `scenarios/`, without its ending, and text of each built-in scenario.
pub const SCENARIOS: &[(&str, &str)] = scenarios![
    "coffee/cancel",
    "coffee/kill-storm",
    "coffee/lost-reply",
    "coffee/product-down",
    "coffee/rollout",
    "coffee/scale",
    "coffee/slow-stock",
    "coffee/zombie",
];

/// The built-in scenarios that a path means: one, or all below a folder. `scenarios/` and `.yaml` may be left out.
pub fn scenarios(path: &str) -> Vec<(&'static str, &'static str)> {
    let name = path.trim_start_matches("./").trim_start_matches("scenarios/");
    let name = name.trim_end_matches('/').trim_end_matches(".yaml");
    let below = format!("{name}/");
    SCENARIOS.iter().filter(|(path, _)| *path == name || path.starts_with(&below)).copied().collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn every_scenario_of_the_repository_is_built_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for (system, _) in super::SYSTEMS {
            let files = std::fs::read_dir(root.join(system)).unwrap();
            for file in files.map(|entry| entry.unwrap().path()) {
                let name = format!("{system}/{}", file.file_stem().unwrap().to_str().unwrap());
                assert_eq!(super::scenarios(&name).len(), 1, "{name} is not in builtin.rs");
            }
        }
    }
}
