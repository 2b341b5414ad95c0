//! The task of a run's load workers: the scenario's files, and what became known during the run. A
//! worker makes its loads from the same files by the same functions as this process does.

use std::collections::BTreeMap;
use std::io;

use anyhow::{Context, Result};
use brunt_loadgen::{Job, JobContext, Portion, Transport};
use brunt_scenarios::plan::{self, Load};
use brunt_scenarios::scenario::read_beside;
use brunt_scenarios::{Scenario, Source, SystemSpec};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Diagnostics;
use crate::files::Planned;

/// The task, the same for all workers of a run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkerTask {
    scenario: TaskFile,
    system: TaskFile,
    /// Feeds and .proto files, by the names that the scenario's loads have for them.
    files: BTreeMap<String, String>,
    /// Base URL of each service, as it is reached within the cluster.
    urls: BTreeMap<String, String>,
    /// Variables that the setup steps have saved.
    values: BTreeMap<String, Value>,
    workers: usize,
}

/// Name and text of a file.
#[derive(Debug, Serialize, Deserialize)]
struct TaskFile {
    name: String,
    text: String,
}

impl TaskFile {
    fn of(source: &Source) -> Self {
        Self { name: source.name.clone(), text: source.text.clone() }
    }

    fn source(&self) -> Source {
        Source::new(self.name.clone(), self.text.clone())
    }
}

impl WorkerTask {
    /// The task for a scenario's loads.
    pub fn new(
        planned: &Planned,
        urls: BTreeMap<String, String>,
        values: &BTreeMap<String, Value>,
        workers: usize,
    ) -> Self {
        Self {
            scenario: TaskFile::of(&planned.source),
            system: TaskFile::of(&planned.system),
            files: planned.files.clone(),
            urls,
            values: values.clone(),
            workers,
        }
    }

    /// The loads of one worker.
    ///
    /// # Errors
    /// When the task is not one that this version of brunt understands.
    pub fn jobs(&self, number: usize) -> Result<Vec<Job>> {
        let portion = Portion { number, of: self.workers };
        let url = |service: &str| self.urls.get(service).cloned();
        let transport = Transport::default();
        let setting =
            JobContext { url: &url, values: &self.values, transport: &transport, portion };
        let job = |load: &Load| {
            Job::from_plan(load, &setting).with_context(|| format!("load {}", load.name))
        };
        self.loads()?.iter().map(job).collect()
    }

    fn loads(&self) -> Result<Vec<Load>> {
        let (source, system_source) = (self.scenario.source(), self.system.source());
        let system: SystemSpec = system_source.parse().map_err(Diagnostics::from)?;
        let system = plan::System::check(&system, &system_source).map_err(Diagnostics)?;
        let mut written: Scenario = source.parse().map_err(Diagnostics::from)?;
        let read = |name: &str| {
            self.files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
        };
        read_beside(&mut written.load, &source, read).map_err(Diagnostics)?;
        Ok(Load::of_scenario(&written, &source, &system).map_err(Diagnostics)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(workers: usize) -> WorkerTask {
        let planned = crate::files::plans(&["coffee/product-down".to_owned()]).unwrap().remove(0);
        let names = planned.plan.system.services.keys();
        let urls = names.map(|name| (name.clone(), format!("http://{name}:8080"))).collect();
        let written =
            serde_json::to_string(&WorkerTask::new(&planned, urls, &BTreeMap::new(), workers))
                .unwrap();
        serde_json::from_str(&written).unwrap()
    }

    #[test]
    fn a_worker_makes_the_loads_of_the_plan_from_its_task() {
        let planned = crate::files::plans(&["coffee/product-down".to_owned()]).unwrap().remove(0);
        let jobs = task(3).jobs(2).unwrap();
        let names = |job: &Job| (job.name.clone(), job.arrival.clone());
        let wanted = |load: &Load| (load.name.clone(), load.arrival.clone());
        assert_eq!(
            jobs.iter().map(names).collect::<Vec<_>>(),
            planned.plan.loads.iter().map(wanted).collect::<Vec<_>>()
        );
        assert!(jobs.iter().all(|job| job.portion == Portion { number: 2, of: 3 }));
        assert!(jobs[0].requests[0].address.to_string().contains("gateway"));
    }

    #[test]
    fn a_task_without_a_service_s_address_names_the_service() {
        let error = WorkerTask { urls: BTreeMap::new(), ..task(1) }.jobs(0).unwrap_err();
        assert!(format!("{error:#}").contains("gateway has no address"), "{error:#}");
    }
}
