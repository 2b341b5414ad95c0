//! When services were down, and what was sent to others meanwhile.

use std::collections::BTreeSet;

use brunt_scenarios::timeline::{Event, EventKind, LoadRecord, Timeline, Window};

/// From when to when, in seconds.
pub type DownSpan = (f64, f64);

/// When a service had no replica that could answer, from the load's start on; one that was still
/// down at the end was so until then.
pub fn spans(timeline: &Timeline, service: &str) -> Vec<DownSpan> {
    let (mut ready, mut frozen) = (BTreeSet::new(), BTreeSet::new());
    let (mut been_up, mut since) = (false, None);
    let mut spans = vec![];
    for event in timeline.events.iter().filter(|event| event.service == service) {
        follow(&mut ready, &mut frozen, event);
        let up = ready.difference(&frozen).next().is_some();
        // Before a service is up for the first time it starts, and is not down.
        been_up |= up;
        match since {
            None if been_up && !up => since = Some(event.at.0),
            Some(from) if up => {
                spans.push((from, event.at.0));
                since = None;
            }
            _ => {}
        }
    }
    spans.extend(since.map(|from| (from, timeline.ended.0)));
    spans.into_iter().map(|(from, to)| (from.max(0.0), to)).filter(|(from, to)| to > from).collect()
}

fn follow(ready: &mut BTreeSet<u32>, frozen: &mut BTreeSet<u32>, event: &Event) {
    let Some(replica) = event.replica else { return };
    match event.what {
        EventKind::Ready => drop(ready.insert(replica)),
        EventKind::Paused => drop(frozen.insert(replica)),
        EventKind::Resumed => drop(frozen.remove(&replica)),
        EventKind::NotReady
        | EventKind::Exited { .. }
        | EventKind::Restarting { .. }
        | EventKind::Started => {
            ready.remove(&replica);
            // A frozen process may have been killed, and the next one of this number is not frozen.
            frozen.remove(&replica);
        }
        _ => {}
    }
}

/// The windows of a load that lie in one of these spans at least in part.
pub fn touched<'l>(load: &'l LoadRecord, spans: &[DownSpan]) -> Vec<&'l Window> {
    let touches = |window: &&Window| {
        spans.iter().any(|(from, to)| window.start < *to && window.start + load.window > *from)
    };
    load.windows.iter().filter(touches).collect()
}

/// The windows of a load that lie wholly in one of these spans.
pub fn inside<'l>(load: &'l LoadRecord, spans: &[DownSpan]) -> Vec<&'l Window> {
    let within = |window: &&Window| {
        spans.iter().any(|(from, to)| window.start >= *from && window.start + load.window <= *to)
    };
    load.windows.iter().filter(within).collect()
}

/// Requests that were meant to be sent in these windows.
pub fn requests(windows: &[&Window]) -> u64 {
    windows.iter().map(|window| window.ok + window.failures()).sum()
}
