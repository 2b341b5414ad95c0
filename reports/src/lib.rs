//! From what happened to a verdict with its evidence, and from both to reports that people and
//! machines read.
//!
//! [`judge`] is pure: a [`Plan`](brunt_scenarios::Plan) and a
//! [`Timeline`](brunt_scenarios::timeline::Timeline) go in, a [`Verdict`] comes out. Each renderer
//! is a pure function of a [`Report`].

mod annotations;
mod calibration;
mod compare;
pub mod confidence;
mod error;
mod exit;
mod format;
mod html;
mod index;
mod json;
mod judge;
mod junit;
mod markdown;
mod read;
mod report;
mod samples;
mod schema;
mod secrets;
mod stated;
mod statistical_power;
mod summary;
mod text;
mod trials;
mod verdict;
mod windows;

pub use annotations::annotations;
pub use calibration::{Calibration, RunCorrectness, Tally};
pub use compare::{
    Allowed, CompareError, Comparison, Difference, Metric, RunPart, compare, comparison_text,
};
pub use error::RenderError;
pub use exit::Exit;
pub use format::{counted, no_command};
pub use html::{html, live_frame, live_page, main_part};
pub use index::{IndexEntry, index};
pub use json::json;
pub use judge::{RunCounts, failures_before_faults, judge, windows_without_lag};
pub use junit::junit;
pub use markdown::markdown;
pub use read::{ReadError, read};
pub use report::{
    Fact, FaultSite, Limit, Origin, PlanSummary, Report, RequestCommands, ServiceBounds,
    ServiceCall,
};
pub use samples::Samples;
pub use schema::schema;
pub use secrets::{MASK, Secrets};
pub use statistical_power::power_warnings;
pub use text::{Colour, text, verdict_text};
pub use trials::{share_bounds, trials};
pub use verdict::{Finding, Judgement, Outcome, PlannedFailure, Proving, Verdict};
pub use windows::{WindowColumn, WindowRow, window_table, windows_csv};
