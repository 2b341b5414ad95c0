//! Marks for what happened to a service.

use brunt_scenarios::timeline::{Event, EventKind, RestartReason};

use crate::format;
use crate::html::clock::{self, Clock};

/// Something that happened, as a sign in the lane.
pub struct Mark {
    pub at: f64,
    /// `gone`, `restart`, `unhealthy`, `rollout` or `scale`.
    pub class: &'static str,
    pub sign: &'static str,
    pub title: String,
}

// Marks nearer than this, in percent of the width, would cover one another.
const NEAR: f64 = 0.8;

/// All marks. An exit or a failed probe that leads to a restart at once has only the restart's
/// mark, as the two would cover one another.
pub fn all(clock: &Clock, events: &[&Event]) -> Vec<Mark> {
    let marks: Vec<Mark> = events.iter().filter_map(|event| mark(clock, event)).collect();
    let restarts: Vec<f64> =
        marks.iter().filter(|mark| mark.class == "restart").map(|mark| mark.at).collect();
    let is_shown_by_restart = |mark: &Mark| {
        let leads = matches!(mark.class, "gone" | "unhealthy");
        leads && restarts.iter().any(|at| (0.0..NEAR).contains(&(at - mark.at)))
    };
    clock::apart(marks.into_iter().filter(|mark| !is_shown_by_restart(mark)), |mark| mark.at)
}

fn mark(clock: &Clock, event: &Event) -> Option<Mark> {
    let (class, sign) = match &event.what {
        EventKind::Exited { .. } => ("gone", "✕"),
        EventKind::Restarting { reason: RestartReason::Liveness | RestartReason::Crash } => {
            ("restart", "▲")
        }
        EventKind::Unhealthy => ("unhealthy", "!"),
        EventKind::RolloutStarted | EventKind::RolloutDone => ("rollout", "◆"),
        EventKind::Scaled { .. } => ("scale", "↕"),
        _ => return None,
    };
    let replica = event.replica.map_or(String::new(), |replica| format!(" {replica}"));
    (event.at.0 >= clock.start).then(|| Mark {
        at: clock.at(event.at.0),
        class,
        sign,
        title: format!("{}{replica} {}, {}", event.service, event.what, format::moment(event.at.0)),
    })
}
