//! What a file is, by the keys at its top.

use super::Source;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A scenario: what `brunt run` runs.
    Scenario,
    /// The services of a system.
    System,
    /// Load on URLs: what `brunt load` puts on.
    Load,
    /// A document of somebody else, such as a manifest, a Compose file or an OpenSLO document.
    Foreign,
}

/// Keys at the top of a scenario that no load file has.
const OF_SCENARIOS: [&str; 7] = ["system", "expect", "faults", "steps", "setup", "proof", "limits"];

/// Keys at the top of a Compose file that no system file has.
const OF_COMPOSE: [&str; 4] = ["volumes", "networks", "configs", "secrets"];

/// Keys by which a file is known to be meant for brunt.
const OURS: [&str; 6] = ["version", "system", "load", "expect", "openapi", "swagger"];

/// Keys at the top of a file for `--helper-config`.
const OF_HELPERS: [&str; 4] = ["tolerations", "nodeSelector", "imagePullSecrets", "serviceAccount"];

impl Source {
    /// What it is. A file that is none of the known ones counts as a scenario, so that
    /// its faults are reported.
    pub fn kind(&self) -> FileKind {
        let keys = self.top_keys();
        let has = |key: &str| keys.iter().any(|one| one == key);
        match () {
            // First, as a manifest or an API may have a key of brunt's at its top by chance.
            () if has("apiVersion") || has("openapi") || has("swagger") => FileKind::Foreign,
            () if has("services")
                && (OF_COMPOSE.iter().any(|key| has(key)) || self.is_compose()) =>
            {
                FileKind::Foreign
            }
            () if has("services") && !has("system") => FileKind::System,
            () if has("load") && !OF_SCENARIOS.iter().any(|key| has(key)) => FileKind::Load,
            () => FileKind::Scenario,
        }
    }

    /// Whether it has a name that Compose looks for.
    fn is_compose(&self) -> bool {
        let name = self.name.rsplit('/').next().unwrap_or_default();
        ["compose.", "docker-compose."].iter().any(|begin| name.starts_with(begin))
    }

    /// What it is for sure, where another kind of file was expected: `a scenario`.
    pub fn is_instead(&self, expected: FileKind) -> Option<&'static str> {
        match self.kind() {
            kind if kind == expected => None,
            FileKind::System => Some("a system file"),
            FileKind::Load => Some("a load file"),
            FileKind::Scenario if self.top_keys().iter().any(|key| key == "system") => {
                Some("a scenario")
            }
            FileKind::Scenario | FileKind::Foreign => None,
        }
    }

    /// Whether messages may quote it. A file that is none of brunt's, named by mistake or on
    /// purpose, may hold secrets, and messages end up in the logs of continuous integration.
    pub fn may_be_quoted(&self) -> bool {
        let is_ours = || {
            let keys = self.top_keys();
            OURS.iter().chain(&OF_HELPERS).any(|ours| keys.iter().any(|key| key == ours))
        };
        *self.may_be_quoted.get_or_init(is_ours)
    }

    fn top_keys(&self) -> Vec<String> {
        // A map in braces may be one line, and its keys do not begin lines.
        if self.text.trim_start().starts_with('{') {
            return crate::yaml::top_keys(&self.text);
        }
        // By its lines, so that it is known of a file that cannot be read as well.
        let keys = self.text.lines().filter(|line| !line.starts_with([' ', '#', '-']));
        let keys = keys.filter_map(|line| line.split_once(':'));
        let is_key = |key: &str| key.chars().all(char::is_alphanumeric);
        let bare = keys.map(|(key, _)| key.trim_matches(['"', '\'']));
        bare.filter(|key| is_key(key)).map(str::to_owned).collect()
    }
}
