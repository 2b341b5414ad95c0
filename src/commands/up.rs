//! `brunt up`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use brunt_local::{LocalSystem, Ports, ServiceStatus};
use brunt_scenarios::plan::System;
use brunt_scenarios::timeline::Moment;

use crate::cli::UpArgs;
use crate::console::{errln, outln};
use crate::exit::Exit;
use crate::files;
use crate::progress::RunProgress;
use crate::runner::StopSignal;
use crate::runtime;
use crate::target::{self, LocalDirs};

/// The longest grace of services: the command ends within two seconds of a signal.
const HURRY: Duration = Duration::from_millis(1500);

/// Starts a system, prints where its services are, and keeps it running until a signal.
pub fn up(options: &UpArgs) -> Result<Exit> {
    let cluster = &options.cluster;
    if [&cluster.context, &cluster.namespace, &options.event_log, &options.store]
        .into_iter()
        .any(Option::is_some)
    {
        bail!(
            "--context, --namespace, --event-log and --store are for systems on a cluster: \
             add --on kubernetes"
        );
    }
    let (mut system, base) = files::system(&options.system)?;
    shift(&mut system, options.port_offset)?;
    let home =
        options.data.clone().unwrap_or_else(|| PathBuf::from(".brunt/up").join(&system.name));
    let dirs = LocalDirs {
        base,
        data: home.join("data"),
        fresh: options.fresh,
        logs: home.join("logs"),
        ports: if options.free_ports { Ports::Free } else { Ports::Declared },
    };
    runtime::new()?.block_on(keep_up(&system, &dirs))
}

/// Adds `offset` to each declared port.
fn shift(system: &mut System, offset: u16) -> Result<()> {
    for (name, service) in &mut system.services {
        let Some(port) = service.port else { continue };
        service.port = port.checked_add(offset);
        if service.port.is_none() {
            bail!(
                "--port-offset {offset} is too much: {name} has port {port}, and the highest port \
                 is 65535"
            );
        }
    }
    Ok(())
}

async fn keep_up(system: &System, dirs: &LocalDirs) -> Result<Exit> {
    let started = Instant::now();
    let stop = StopSignal::on_signals();
    let (running, mut observed) = target::start_local(system, dirs).await?;
    let ready = tokio::select! {
        ready = running.ready() => ready,
        _ = stop.requested() => Ok(()),
    };
    // The services that did start must not outlive the command.
    if let Err(error) = ready {
        running.stop_within(HURRY).await;
        return Err(error.into());
    }
    if stop.ending().is_none() {
        show(system, &running, dirs, started);
        let progress = RunProgress::on_stderr();
        // What happened during the start is in the table above.
        while observed.try_recv().is_ok() {}
        loop {
            tokio::select! {
                Some(one) = observed.recv() => progress.observed(Moment::between(started, one.when), &one),
                _ = stop.requested() => break,
            }
        }
        progress.done();
    }
    outln!("stopping {}", system.name);
    let left = running.stop_within(HURRY).await;
    for what in &left {
        errln!("brunt: {what}");
    }
    Ok(if left.is_empty() { Exit::Pass } else { Exit::LeftBehind })
}

fn show(system: &System, running: &LocalSystem, dirs: &LocalDirs, started: Instant) {
    let services = running.status();
    let width = services.iter().map(|service| service.name.len()).max().unwrap_or(0);
    let memory: u64 =
        services.iter().flat_map(|service| &service.replicas).filter_map(|one| one.rss).sum();
    let (after, memory) = (started.elapsed().as_secs_f64(), memory.div_ceil(1024 * 1024));
    outln!("{} is up after {after:.2} s, {memory} MiB together", system.name);
    for service in &services {
        outln!("  {:width$}  {:28}{}", service.name, service.url, processes(service));
    }
    if let Some(url) = system.entry.as_ref().and_then(|entry| running.url(entry)) {
        outln!("Entry point: {url}");
    }
    outln!(
        "Data and logs are in {} (kept; --fresh deletes the data first). Ctrl-C stops it.",
        dirs.data.with_file_name("").display()
    );
}

fn processes(service: &ServiceStatus) -> String {
    if service.replicas.is_empty() {
        return "already running".to_owned();
    }
    let each = service.replicas.iter().map(|replica| {
        let pid = replica.pid.map_or("no process".to_owned(), |pid| format!("pid {pid}"));
        let memory = replica
            .rss
            .map_or(String::new(), |bytes| format!(", {} MiB", bytes.div_ceil(1024 * 1024)));
        pid + &memory
    });
    each.collect::<Vec<String>>().join("; ")
}
