//! Judging and rendering, rule by rule.

mod availability;
mod breaker;
mod bystanders;
mod calibration;
mod compare;
mod confidence;
mod cross_checks;
#[path = "../../../tests/hostile/damage.rs"]
mod damage;
mod escaping;
mod fixture;
mod gaps;
mod hostile;
mod hpa;
mod lag;
mod latency;
mod ledger;
mod longest_outage;
mod pages;
mod planned_failures;
mod proving;
mod recovers;
mod renderers;
mod restarts;
mod run;
mod samples;
mod schema;
mod secrets;
mod slo;
mod statistical_power;
mod sums_and_steps;
mod throughput;
mod trials;
