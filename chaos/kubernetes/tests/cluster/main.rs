//! What faults do on a real cluster, and that everything is restored afterwards. Each test has a
//! namespace of its own, which is deleted when the test ends.
//!
//! All of them are ignored unless they are asked for (`--ignored` or `--include-ignored`), as they
//! need a cluster that BRUNT_TEST_KUBECONFIG names, and an image of brunt that its nodes have,
//! named by BRUNT_TEST_IMAGE. Without these a test that is asked for fails, and says so.
//!
//! - `bypassed::`, `edges::`, `faults::`, `helpers::`, `irreversible::`, `kinds::`,
//!   `left_behind::`, `limit_ranges::`, `named_targets::`, `no_shell::`, `owned::`, `placement::`,
//!   `prepared::`, `replaced::`, `restored::`, `rollouts::`, `services::`, `stress_beside::`,
//!   `targets::` and `two_namespaces::` need nothing else, and take some minutes together.
//! - `proxy_lost::` also freezes a process, so that it needs nodes that run on this machine.
//! - `rollouts::` plays the part of Argo's controller, unless BRUNT_TEST_ARGO is set: then the
//!   cluster has one.
//! - `effects::` looks at the pods themselves; it takes longer, and needs metrics-server.
//! - `foreign_app::`, `situations::` and `properties::` have a foreign program in an image without
//!   a shell (`lab`), for which they need a C compiler, and start brunt as below.
//! - `cluster_failures::`, `killed::`, `leftovers::`, `not_repeated::`, `previews::` and
//!   `workers::` start the program itself, which BRUNT_TEST_BINARY names; without it, they take the
//!   one that `cargo build` puts beside these tests. `killed::` does as many kills as
//!   BRUNT_TEST_KILLS says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod argo_controller;
mod bypassed;
mod cluster_failures;
mod controller;
mod customers;
mod edges;
mod effects;
mod faults;
mod foreign_app;
mod forwarder;
mod helpers;
mod inject_fault;
mod irreversible;
mod killed;
mod kinds;
mod lab;
mod left_behind;
mod leftovers;
mod limit_ranges;
mod named_targets;
mod no_shell;
mod not_repeated;
mod owned;
mod placement;
mod pods;
mod prepared;
mod previews;
mod properties;
mod proxy_lost;
mod replaced;
mod restored;
mod rollouts;
mod secrets;
mod services;
mod shop;
mod shop_changes;
mod situations;
mod snapshot;
mod stress_beside;
mod targets;
mod two_namespaces;
mod workers;
