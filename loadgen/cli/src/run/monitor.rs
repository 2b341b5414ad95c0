//! What is shown of a load while it runs: a view on a terminal, a line every five seconds
//! elsewhere, nothing with `-q`.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use brunt_loadgen::{Bound, RunningLoads, Snapshot};

use crate::args::{DisplayConfig, Settings, Verbosity, ViewMode};
use crate::error::LoadCliError;
use crate::export::MetricsPush;
use crate::streams::OutputStreams;
use crate::view::{KeyCommand, ViewConfig, ViewState, ViewTerminal, has_terminal};

/// Between two looks at the load: often enough for a view that moves, and for each of its seconds
/// to be seen.
const INTERVAL: Duration = Duration::from_millis(100);
/// Between two lines, in seconds.
const LINE_INTERVAL: f64 = 5.0;

/// Shows a load, and sends its metrics, while it runs.
pub(crate) struct LoadMonitor {
    progress: ProgressDisplay,
    push: Option<MetricsPush>,
    next: Instant,
}

enum ProgressDisplay {
    Screen(Box<(ViewTerminal, ViewState)>),
    /// When the next line is due, in seconds after the start.
    Lines(f64),
    Nothing,
}

impl LoadMonitor {
    /// Takes the terminal if there is one to be drawn on.
    pub fn new(
        display: DisplayConfig,
        view: ViewConfig,
        streams: &OutputStreams<'_>,
    ) -> Result<Self, LoadCliError> {
        let wanted = match display.view {
            ViewMode::Always if !has_terminal() => return Err(LoadCliError::NoTerminal),
            ViewMode::Always => true,
            ViewMode::Never => false,
            // Hits and a view cannot have the same screen.
            ViewMode::Auto => streams.terminal && display.detail == Verbosity::Summary,
        };
        let progress = if wanted {
            ProgressDisplay::Screen(Box::new((ViewTerminal::take()?, ViewState::new(view))))
        } else if display.prints_text() {
            ProgressDisplay::Lines(LINE_INTERVAL)
        } else {
            ProgressDisplay::Nothing
        };
        Ok(Self { progress, push: None, next: Instant::now() })
    }

    /// Sends the metrics of each look as well.
    pub fn with_push(self, push: MetricsPush) -> Self {
        Self { push: push.is_some().then_some(push), ..self }
    }

    /// Gives the terminal back, then waits for what is still being sent.
    pub fn finish(self, err: &mut dyn Write) -> io::Result<()> {
        let prints = !matches!(self.progress, ProgressDisplay::Nothing);
        // The collector's trouble is text for the prompt's screen, not for the view's.
        drop(self.progress);
        let Some(mut push) = self.push else { return Ok(()) };
        let trouble = push.trouble().filter(|_| prints);
        push.finish();
        trouble.map_or(Ok(()), |trouble| writeln!(err, "{trouble}"))
    }

    /// A monitor that shows and sends nothing.
    pub fn silent() -> Self {
        Self { progress: ProgressDisplay::Nothing, push: None, next: Instant::now() }
    }

    /// Shows the load's progress, if that is due; `true` when a key asks for its end.
    /// Call it often.
    pub fn poll(&mut self, running: &RunningLoads, err: &mut dyn Write) -> io::Result<bool> {
        if self.next > Instant::now() {
            return Ok(false);
        }
        self.next = Instant::now() + INTERVAL;
        if let Some(push) = &mut self.push {
            push.update(&running.snapshot());
            // What is drawn on a terminal is not written into.
            if matches!(self.progress, ProgressDisplay::Lines(_))
                && let Some(trouble) = push.trouble()
            {
                writeln!(err, "{trouble}")?;
            }
        }
        match &mut self.progress {
            ProgressDisplay::Nothing => {}
            ProgressDisplay::Lines(due) => {
                let snapshot = running.snapshot();
                if snapshot.at >= *due {
                    *due += LINE_INTERVAL;
                    err.write_all(line(&snapshot).as_bytes())?;
                }
            }
            ProgressDisplay::Screen(screen) => {
                let (terminal, state) = screen.as_mut();
                state.update(&running.snapshot());
                terminal.draw(state)?;
                if terminal.read_keys()? == KeyCommand::Stop {
                    state.stop();
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// The view of a load that the options ask for.
pub(super) fn view_config(settings: &Settings) -> ViewConfig {
    let users = || format!("{} users", settings.users);
    ViewConfig {
        what: settings.requests_in_words(),
        how: settings.rate.map_or_else(users, |rate| rate.to_string()),
        lasts: settings.bound.and_then(Bound::time),
        requests: settings.repetitions().map(|each| each.saturating_mul(settings.users.into())),
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
    use brunt_loadgen::{LastSecond, LoadSnapshot, Totals};

    #[test]
    fn a_line_says_how_it_goes() {
        let second = LastSecond {
            number: 5,
            ok: 99,
            failed: 1,
            latency: SparseHistogram::from(vec![(1_500, 100)]),
            lag: 0,
        };
        let totals = Totals { ok: 490, failed: [(Failure::Reset, 10)].into(), ..Totals::default() };
        let load = LoadSnapshot { second, totals, ..LoadSnapshot::default() };
        let snapshot = Snapshot { at: 5.04, loads: vec![load] };
        insta::assert_snapshot!(line(&snapshot), @"    5.0 s: 100/s, p99 1.500 ms; 490 ok, 10 \
            failed");
    }
}
