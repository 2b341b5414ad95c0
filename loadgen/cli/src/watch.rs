//! What is shown of a load while it runs: a view on a terminal, a line now and then elsewhere,
//! nothing with `-q`.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::exports::Exports;
use super::settings::{Detail, Settings, Showing, Viewing};
use super::told::what;
use super::{Output, SiegeError};
use crate::view::{Setting, State, Terminal, Wish, is_there};
use brunt_loadgen::Bound;
use brunt_loadgen::Running;
use brunt_loadgen::Snapshot;

/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(100);
/// Seconds between two lines.
const LINE_EVERY: f64 = 5.0;

/// Watches a load.
pub(super) struct Watcher {
    shows: Shows,
    exports: Option<Exports>,
    next: Instant,
}

enum Shows {
    Screen(Box<(Terminal, State)>),
    /// When the next is due, in seconds after the start.
    Lines(f64),
    Nothing,
}

impl Watcher {
    /// Takes the terminal if there is one to be drawn on.
    pub fn new(
        showing: Showing,
        setting: Setting,
        output: &Output<'_>,
    ) -> Result<Self, SiegeError> {
        let wanted = match showing.viewing {
            Viewing::Always if !is_there() => return Err(SiegeError::NoTerminal),
            Viewing::Always => true,
            Viewing::Never => false,
            // Hits and a view cannot have the same screen.
            Viewing::Auto => output.terminal && showing.detail == Detail::Summary,
        };
        let shows = if wanted {
            Shows::Screen(Box::new((Terminal::take()?, State::new(setting))))
        } else if showing.speaks() {
            Shows::Lines(LINE_EVERY)
        } else {
            Shows::Nothing
        };
        Ok(Self { shows, exports: None, next: Instant::now() })
    }

    /// Sends what it sees as well.
    pub fn exporting(self, exports: Exports) -> Self {
        Self { exports: exports.is_some().then_some(exports), ..self }
    }

    /// Gives the terminal back, then waits for what is still being sent.
    pub fn leave(self, err: &mut dyn Write) -> io::Result<()> {
        let speaks = !matches!(self.shows, Shows::Nothing);
        drop(self.shows);
        let Some(mut exports) = self.exports else { return Ok(()) };
        let trouble = exports.trouble().filter(|_| speaks);
        exports.finish();
        trouble.map_or(Ok(()), |trouble| writeln!(err, "{trouble}"))
    }

    /// One that shows nothing.
    pub fn nobody() -> Self {
        Self { shows: Shows::Nothing, exports: None, next: Instant::now() }
    }

    /// Shows how it goes, if that is due; true when whoever watches wants it to end.
    pub fn look(&mut self, running: &Running, err: &mut dyn Write) -> io::Result<bool> {
        if self.next > Instant::now() {
            return Ok(false);
        }
        self.next = Instant::now() + EVERY;
        if let Some(exports) = &mut self.exports {
            exports.look(&running.snapshot());
            // What is drawn on a terminal is not written into.
            if matches!(self.shows, Shows::Lines(_))
                && let Some(trouble) = exports.trouble()
            {
                writeln!(err, "{trouble}")?;
            }
        }
        match &mut self.shows {
            Shows::Nothing => {}
            Shows::Lines(due) => {
                let snapshot = running.snapshot();
                if snapshot.at >= *due {
                    *due += LINE_EVERY;
                    err.write_all(line(&snapshot).as_bytes())?;
                }
            }
            Shows::Screen(screen) => {
                let (terminal, state) = screen.as_mut();
                state.see(&running.snapshot());
                terminal.draw(state)?;
                if terminal.wish()? == Wish::Stop {
                    state.stop();
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// What is shown of a load beside its figures.
pub(super) fn setting(settings: &Settings) -> Setting {
    let repetitions = settings.bound.map(Bound::repetitions).filter(|each| *each < u64::MAX);
    Setting {
        what: what(settings),
        how: settings
            .rate
            .map_or_else(|| format!("{} users", settings.users), |rate| rate.to_string()),
        lasts: settings.bound.and_then(Bound::time),
        requests: repetitions.map(|each| each.saturating_mul(settings.users.into())),
    }
}

fn line(snapshot: &Snapshot) -> String {
    let loads = snapshot.loads.iter().map(|load| {
        let second = &load.second;
        let p99 =
            second.quantile(0.99).map_or("-".to_owned(), |p99| format!("{:.3} ms", p99 * 1e3));
        let (rate, totals) = (second.ok + second.failed, &load.totals);
        format!("{rate}/s, p99 {p99}; {} ok, {} failed", totals.ok, totals.failures())
    });
    format!("{:>7.1} s: {}\n", snapshot.at, loads.collect::<Vec<_>>().join(" | "))
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::timeline::{Failure, SparseHistogram};

    use super::*;
    use brunt_loadgen::{LoadSnapshot, Second, Totals};

    #[test]
    fn a_line_says_how_it_goes() {
        let second = Second {
            number: 5,
            ok: 99,
            failed: 1,
            latency: SparseHistogram::from(vec![(1_500, 100)]),
            lag: 0,
        };
        let totals = Totals { ok: 490, failed: [(Failure::Reset, 10)].into(), ..Totals::default() };
        let load = LoadSnapshot { second, totals, ..LoadSnapshot::default() };
        let snapshot = Snapshot { at: 5.04, loads: vec![load] };
        insta::assert_snapshot!(line(&snapshot), @"    5.0 s: 100/s, p99 1.500 ms; 490 ok, 10 failed");
    }
}
