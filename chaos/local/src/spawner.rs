//! The one thread that starts all processes.
//!
//! A death signal binds a process to the thread that started it, not to its process; so one thread
//! starts them all, and lives as long as the supervisor does.

use std::io;
use std::process::Command;
use std::sync::{Arc, mpsc};

use tokio::process::Child;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::pre_exec;
use crate::process_groups::ProcessGroups;
use crate::reaper::Reaper;

#[derive(Debug, Clone)]
pub(crate) struct Spawner {
    requests: mpsc::Sender<SpawnRequest>,
    groups: Arc<ProcessGroups>,
}

struct SpawnRequest {
    command: Command,
    reply: oneshot::Sender<io::Result<Child>>,
}

impl Spawner {
    /// Must be called within a tokio runtime.
    pub(crate) fn start(groups: Arc<ProcessGroups>) -> io::Result<Self> {
        let (requests, received) = mpsc::channel::<SpawnRequest>();
        let (runtime, registry) = (Handle::current(), Arc::clone(&groups));
        std::thread::Builder::new().name("brunt-spawner".to_owned()).spawn(move || {
            let _within = runtime.enter();
            for request in received {
                // If the requester is gone, the process is killed as it is dropped here.
                let _ = request.reply.send(start(request.command, &registry));
            }
        })?;
        Ok(Self { requests, groups })
    }

    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (reply, answer) = oneshot::channel();
        let ended = || io::Error::other("the supervisor has ended");
        self.requests.send(SpawnRequest { command, reply }).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }

    pub(crate) fn groups(&self) -> &ProcessGroups {
        &self.groups
    }
}

fn start(mut command: Command, groups: &ProcessGroups) -> io::Result<Child> {
    let mark = groups.marks().mark(&mut command);
    pre_exec::bind_to_supervisor(&mut command, groups.reaper().and_then(Reaper::pipe));
    let child = tokio::process::Command::from(command).kill_on_drop(true).spawn();
    match &child {
        Ok(child) => {
            if let Some(group) = child.id() {
                groups.add(group, mark);
            }
        }
        // The child may have registered its group with the reaper before it failed.
        Err(_) => {
            if let Some(reaper) = groups.reaper() {
                reaper.start_failed();
            }
        }
    }
    child
}
