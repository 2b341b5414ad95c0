//! The systems and scenarios that are part of the binary, so that it works in any folder.

use brunt_kit::system::System;

/// The built-in systems.
pub const SYSTEMS: &[&System] = &[
    &brunt_coffee::SYSTEM,
    &brunt_bookstore::SYSTEM,
    &brunt_baemin::SYSTEM,
    &brunt_fooddelivery::SYSTEM,
    &brunt_cleaning::SYSTEM,
];

macro_rules! scenarios {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../scenarios/", $path, ".yaml")))),*]
    };
}

/// Path below `scenarios/`, without its ending, and text of each built-in scenario, by system.
const SCENARIOS: &[&[(&str, &str)]] = &[
    scenarios![
        "coffee/cancel",
        "coffee/kill-storm",
        "coffee/lost-reply",
        "coffee/product-down",
        "coffee/rate-limit",
        "coffee/rollout",
        "coffee/scale",
        "coffee/slow-stock",
        "coffee/thin-stock",
        "coffee/zombie",
    ],
    scenarios![
        "bookstore/autoscale",
        "bookstore/cancel",
        "bookstore/one-coupon",
        "bookstore/racing-orders",
        "bookstore/rollout",
        "bookstore/slow-inventory",
        "bookstore/stock-arrives-later",
        "bookstore/unknown-book",
        "bookstore/zombie",
    ],
    scenarios![
        "baemin/cancel",
        "baemin/lost-payment-reply",
        "baemin/no-unpaid-order",
        "baemin/overloaded-payment",
        "baemin/view-always-readable",
    ],
    scenarios![
        "fooddelivery/cancel",
        "fooddelivery/every-change",
        "fooddelivery/notifications",
        "fooddelivery/saga",
        "fooddelivery/slow-payment",
        "fooddelivery/store-down",
    ],
    scenarios![
        "cleaning/breaker",
        "cleaning/cleaned",
        "cleaning/lost-payment-reply",
        "cleaning/message-down",
        "cleaning/payment-down",
        "cleaning/service-levels",
    ],
    // Short ones of several systems: `brunt calibrate` runs each many times.
    scenarios![
        "calibration/acknowledged",
        "calibration/decoupled",
        "calibration/events",
        "calibration/grace",
        "calibration/hpa",
        "calibration/retries",
        "calibration/rollout",
        "calibration/slow-payment",
        "calibration/slow-replica",
        "calibration/view",
        "calibration/zombie",
    ],
    // For clusters, where pods and probes take longer than processes.
    scenarios![
        "cluster/autoscale",
        "cluster/breaker",
        "cluster/config",
        "cluster/drain",
        "cluster/killed",
        "cluster/liveness",
        "cluster/node-lost",
        "cluster/payment-deleted",
        "cluster/product-deleted",
        "cluster/readiness",
        "cluster/zone-lost",
    ],
];

macro_rules! manifests {
    ($($system:literal),* $(,)?) => {
        &[$(($system, include_str!(concat!("../manifests/rendered/", $system, ".yaml")))),*]
    };
}

/// The objects of each system, for `kubectl apply`.
const MANIFESTS: &[(&str, &str)] =
    manifests!["coffee", "bookstore", "baemin", "fooddelivery", "cleaning"];

/// The objects of Kafka and of PostgreSQL, for clusters without them.
pub const ENGINES: [&str; 2] = [
    include_str!("../manifests/components/kafka/kafka.yaml"),
    include_str!("../manifests/components/postgres/postgres.yaml"),
];

/// The objects of a built-in system on a cluster, as YAML.
pub fn manifest(system: &str) -> Option<&'static str> {
    MANIFESTS.iter().find(|(name, _)| *name == system).map(|(_, text)| *text)
}

/// Path and text of every built-in scenario.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCENARIOS.iter().copied().flatten().copied()
}

/// The built-in scenario of this path, or all below this folder. `scenarios/` and `.yaml` may
/// be left out.
pub fn scenarios(path: &str) -> Vec<(&'static str, &'static str)> {
    let name = path.trim_start_matches("./").trim_start_matches("scenarios/");
    let name = name.trim_end_matches('/').trim_end_matches(".yaml");
    let below = format!("{name}/");
    all().filter(|(path, _)| *path == name || path.starts_with(&below)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn every_scenario_of_the_repository_is_built_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for system in
            super::SYSTEMS.iter().map(|system| system.name).chain(["calibration", "cluster"])
        {
            let files = std::fs::read_dir(root.join(system)).into_iter().flatten();
            for file in files.map(|entry| entry.unwrap().path()) {
                let name = format!("{system}/{}", file.file_stem().unwrap().to_str().unwrap());
                assert_eq!(super::scenarios(&name).len(), 1, "{name} is not in builtin.rs");
            }
        }
    }
}
