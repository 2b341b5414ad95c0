//! `brunt calibrate`

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result};
use brunt_reports::{Calibration, Outcome, RunCorrectness};
use brunt_scenarios::plan::Proof;

use crate::cli::CalibrateArgs;
use crate::commands::attempt::{self, Attempt};
use crate::commands::parallel;
use crate::commands::platform;
use crate::console::{errln, out, outln};
use crate::exit::Exit;
use crate::files::Planned;
use crate::run_folder;

/// One planned run: a scenario as it is, or without a guard.
struct CalibrationRun<'p> {
    planned: &'p Planned,
    proof: Option<&'p Proof>,
}

/// Runs scenarios many times, as they are and without each guard, and counts how often verdicts are
/// wrong. The counts are added to those of earlier calls with the same `--out`.
pub fn calibrate(options: &CalibrateArgs) -> Result<Exit> {
    let began = Instant::now();
    let plans = platform::plans(&options.scenarios, &options.common.platform)?;
    let path = options.common.out.join("calibration.json");
    let mut counted = read(&path)?;
    for task in plans.iter().flat_map(tasks_of) {
        counted.expect(&task.planned.slug, task.broken().as_deref());
    }
    let counted = Mutex::new(counted);
    let one_round = || plans.iter().flat_map(tasks_of);
    // Round by round, so that an early end leaves every row with about as many runs.
    let tasks: Vec<CalibrationRun<'_>> = (0..options.runs).flat_map(|_| one_round()).collect();
    let ended = parallel::all(options.common.jobs, &tasks, |task| {
        if options.lasts.is_some_and(|most| began.elapsed() >= most.0) {
            return Ok(Exit::Pass);
        }
        task.carry_out(options, &counted, &path)
    })?;
    let counted = counted.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    out!("{}", counted.table());
    outln!("{} s; counts are in {}", began.elapsed().as_secs(), path.display());
    // Wrong verdicts are what is measured; they are a failure only beyond the allowed share.
    let worse = counted.worse_than(options.false_alarms, options.detection);
    for line in &worse {
        outln!("{line}");
    }
    let stopped = ended.into_iter().any(|exit| exit == Exit::Aborted);
    Ok(match (stopped, worse.is_empty()) {
        (true, _) => Exit::Aborted,
        (false, true) => Exit::Pass,
        (false, false) => Exit::Fail,
    })
}

fn tasks_of(planned: &Planned) -> impl Iterator<Item = CalibrationRun<'_>> {
    let proofs = planned.plan.proofs.iter().map(Some);
    std::iter::once(None).chain(proofs).map(move |proof| CalibrationRun { planned, proof })
}

impl CalibrationRun<'_> {
    /// The guard that is taken away, as the tables name it.
    fn broken(&self) -> Option<String> {
        self.proof.map(ToString::to_string)
    }

    fn carry_out(
        &self,
        options: &CalibrateArgs,
        counted: &Mutex<Calibration>,
        path: &Path,
    ) -> Result<Exit> {
        let Self { planned, proof } = self;
        let plan =
            proof.map_or_else(|| planned.plan.clone(), |proof| planned.plan.broken_by(proof));
        let attempt = Attempt {
            planned,
            plan: &plan,
            proof: *proof,
            slug: &planned.slug,
            command: "calibrate",
            live: None,
        };
        let (report, page) = attempt::make(&attempt, &options.common)?;
        // A run that was interrupted is not counted.
        if report.verdict.outcome == Outcome::Aborted {
            return Ok(Exit::Aborted);
        }
        let guard = self.broken();
        let without = guard.as_deref().zip(proof.map(|proof| proof.fails.as_slice()));
        let mut counted = counted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match counted.count(&planned.slug, without, &report.verdict) {
            RunCorrectness::Right if !options.common.keep => {
                drop(page.parent().map(brunt_local::remove_folder));
            }
            RunCorrectness::Right => {}
            RunCorrectness::Wrong => errln!("{}: {}", report.verdict.outcome, page.display()),
        }
        // After each run, as a calibration takes hours and may be interrupted.
        run_folder::write_file(path, &serde_json::to_string_pretty(&*counted)?)?;
        Ok(Exit::Pass)
    }
}

fn read(path: &PathBuf) -> Result<Calibration> {
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).with_context(|| {
            format!("{} cannot be read; remove it to start again from zero", path.display())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Calibration::default()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
