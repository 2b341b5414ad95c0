//! Judging and rendering, rule by rule.

mod availability;
mod calibration;
mod compare;
mod confidence;
mod escaping;
mod fixture;
mod foresight;
mod latency;
mod ledger;
mod pages;
mod proving;
mod recovers;
mod renderers;
mod restarts;
mod run;
mod samples;
mod schema;
mod sums_and_steps;
