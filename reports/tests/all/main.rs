//! Judging and rendering, rule by rule.

mod availability;
mod breaker;
mod bystanders;
mod calibration;
mod compare;
mod confidence;
mod cross_checks;
mod escaping;
mod fixture;
mod hpa;
mod latency;
mod ledger;
mod longest_outage;
mod pages;
mod proving;
mod recovers;
mod renderers;
mod restarts;
mod run;
mod samples;
mod schema;
mod slo;
mod statistical_power;
mod sums_and_steps;
mod throughput;
mod trials;
