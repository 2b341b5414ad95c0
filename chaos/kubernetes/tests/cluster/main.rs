//! What faults do on a real cluster, and that everything is as it was afterwards. Needs
//! BRUNT_TEST_KUBECONFIG, and an image of brunt that the nodes have, named by BRUNT_TEST_IMAGE;
//! says so and does nothing without them. Each test has a namespace of its own, which goes when the
//! test ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod altered;
mod controller;
mod edges;
mod effects;
mod faults;
mod forwarder;
mod inject_fault;
mod killed;
mod left_behind;
mod placement;
mod pods;
mod restored;
mod shop;
mod troubles;
mod whole;
mod workers;
