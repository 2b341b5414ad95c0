//! Using up processor and memory of containers, by a program that ends when its input does: no
//! stress outlives the controller. It runs in the container, or where its image holds no shell, in
//! an ephemeral container beside it.

mod command;
mod limits;
mod load;
mod processes;

use brunt_faults::TargetError;
use k8s_openapi::api::core::v1::Pod;

use self::limits::MemoryLimit;
pub(crate) use self::load::StressLoad;
pub(crate) use self::processes::StressProcesses;
use self::processes::{StressConnection, StressProcess};
use super::context::FaultContext;
use super::not_run::not_run;
use crate::changes::changer::Changer;
use crate::client::call::call_api;
use crate::client::ephemeral::{EphemeralProgram, EphemeralUser};
use crate::client::exec::first_line;
use crate::client::program_error::ProgramError;
use crate::observe::workload::Workload;

/// Starts the program in each replica, and waits until it says that it is at work.
pub(super) async fn inject(
    with: FaultContext<'_>,
    (service, workload): (&str, &Workload),
    replicas: &[u32],
    load: StressLoad,
) -> Result<u64, TargetError> {
    let FaultContext { changer, observer, services, stress, .. } = with;
    let command = command::in_container(services.runs_brunt(service)?, load);
    let mut processes = Vec::new();
    for replica in replicas {
        let pod = observer.pod(service, *replica)?;
        changer.note(format!("Pod {} on {}: {}", pod.name, pod.node, command.join(" ")));
        if changer.is_dry_run() {
            continue;
        }
        match start(with, workload, &pod.name, &command, load).await {
            Ok(process) => processes.push(process),
            Err(error) => {
                processes::end(changer, processes);
                return Err(error);
            }
        }
    }
    stress.add(service, processes).await;
    Ok(replicas.len() as u64)
}

async fn start(
    with: FaultContext<'_>,
    workload: &Workload,
    pod: &str,
    command: &[String],
    load: StressLoad,
) -> Result<StressProcess, TargetError> {
    let changer = with.changer;
    changer.check_lease()?;
    let container = workload.container();
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let name = container.map(|one| one.name.as_str());
    let process = changer.writer().exec((pod, name), &words).await?;
    let connection = StressConnection::Inside(process);
    let started = StressProcess::new(connection, pod, &words, MemoryLimit::of(container));
    match at_work(changer, started).await {
        Ok(started) => Ok(started),
        Err(error) if error.is_not_in_image() => beside(with, workload, pod, load, error).await,
        Err(error) => Err(not_run(pod, error)),
    }
}

/// Waits until it says that it is at work; else why it does not.
async fn at_work(
    changer: &Changer,
    mut started: StressProcess,
) -> Result<StressProcess, ProgramError> {
    match first_line(started.process()).await {
        Ok(()) => Ok(started.at_work()),
        Err(said) => {
            let why = started.not_begun(changer.cluster(), said).await;
            processes::end(changer, vec![started]);
            Err(why)
        }
    }
}

/// The same from an ephemeral container, if an image of brunt is known and what limits the
/// container limits its pod as well.
async fn beside(
    with: FaultContext<'_>,
    workload: &Workload,
    pod: &str,
    load: StressLoad,
    error: ProgramError,
) -> Result<StressProcess, TargetError> {
    let FaultContext { changer, image, .. } = with;
    let Some((image, container)) = image.zip(workload.container()) else {
        return Err(not_run(pod, ProgramError::NotInImage(error.to_string())));
    };
    // The pod's own: a limit range may have given its containers limits that no template has.
    let pods = changer.cluster().api::<Pod>();
    let found = call_api(&format!("read pod {pod}"), pods.get(pod)).await?;
    let bounds = limits::beside(&found.spec.unwrap_or_default(), &container.name, load)
        .map_err(TargetError::platform)?;
    tracing::warn!(pod, container = container.name, %bounds, "stress from beside a container");
    changer.note(format!("Pod {pod}: from an ephemeral container; {bounds}"));
    let left = changer.lease().expires.duration_since(jiff::Timestamp::now()).as_secs().max(0);
    let args = command::of_brunt(load, &["--attached", "--at-most", &left.to_string()]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (target, user) = (Some(container.name.as_str()), EphemeralUser::Own);
    let program = EphemeralProgram { pod, target, image, args: &args, user };
    let connection = StressConnection::Beside(program.attach(changer.writer()).await?);
    let started = StressProcess::new(connection, pod, &args, bounds.memory_limit());
    at_work(changer, started).await.map_err(|error| not_run(pod, error))
}
