//! Faults and counts between two services: an edge proxy from brunt's image is put in a callee's
//! place. The callee's Service leads to it, and a second Service, which the run adds, leads to the
//! callee as the first one did.
//!
//! None of it needs privileges or a mesh. Callers are told apart by their pods' addresses, which
//! the proxy gets with its routing table.

mod callee_service;
mod check;
pub(crate) mod connection_tables;
pub(crate) mod control_connection;
mod counts;
mod create;
mod drain_connections;
mod faults;
mod faults_by_caller;
mod guard;
mod install;
mod objects;
pub(crate) mod proxies;
mod routing_table;
#[cfg(test)]
mod tests;
mod token;
mod uninstall;
