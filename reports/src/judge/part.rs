//! The part of a run that a claim is about.

use brunt_scenarios::plan::During;
use brunt_scenarios::timeline::{FaultRecord, LoadRecord, Timeline, Window};

/// The windows of a load that lie in a part of the run. One that is partly in a fault counts as
/// during the faults.
pub fn windows<'a>(
    timeline: &'a Timeline,
    load: &'a LoadRecord,
    during: During,
) -> Vec<&'a Window> {
    let within = |window: &&Window| has(timeline, during, window.start, load.window);
    load.windows.iter().filter(within).collect()
}

/// Whether a window that starts then and is so long belongs to a part of the run.
pub fn has(timeline: &Timeline, during: During, start: f64, length: f64) -> bool {
    let faults = &timeline.faults;
    match during {
        During::Run => true,
        During::Before => is_before(faults, start + length),
        During::Faults => faults.iter().any(|fault| touches(fault, start, length)),
        During::After => is_after(faults, start, length),
    }
}

fn is_before(faults: &[FaultRecord], end: f64) -> bool {
    faults.iter().all(|fault| end <= fault.start.0)
}

fn touches(fault: &FaultRecord, start: f64, length: f64) -> bool {
    let (begun, ended) = (fault.start.0, fault.end.0);
    // It has no length, so no window would overlap it.
    let at_once = begun == ended && begun >= start;
    begun < start + length && (ended > start || at_once)
}

fn is_after(faults: &[FaultRecord], start: f64, length: f64) -> bool {
    // One that happened at once when the window began has ended by then, and touches it.
    let after = |fault: &FaultRecord| fault.end.0 <= start && !touches(fault, start, length);
    !faults.is_empty() && faults.iter().all(after)
}
