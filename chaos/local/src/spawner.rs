//! The one thread that starts all processes.
//!
//! A process can be tied to the thread that started it, and only to that; so there is one, which
//! lives as long as the supervisor does.

use std::io;
use std::process::Command;
use std::sync::{Arc, mpsc};

use tokio::process::Child;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::groups::Groups;
use crate::reaper::Reaper;
use crate::tether;

#[derive(Debug, Clone)]
pub(crate) struct Spawner {
    jobs: mpsc::Sender<Job>,
    groups: Arc<Groups>,
}

struct Job {
    command: Command,
    reply: oneshot::Sender<io::Result<Child>>,
}

impl Spawner {
    /// Must be called within a tokio runtime.
    pub(crate) fn start(groups: Arc<Groups>) -> io::Result<Self> {
        let (jobs, todo) = mpsc::channel::<Job>();
        let (runtime, registry) = (Handle::current(), Arc::clone(&groups));
        std::thread::Builder::new().name("brunt-spawner".to_owned()).spawn(move || {
            let _within = runtime.enter();
            for job in todo {
                // Whoever asked may be gone; then the process is killed as it is dropped.
                let _ = job.reply.send(start(job.command, &registry));
            }
        })?;
        Ok(Self { jobs, groups })
    }

    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (reply, answer) = oneshot::channel();
        let ended = || io::Error::other("the supervisor has ended");
        self.jobs.send(Job { command, reply }).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }

    pub(crate) fn groups(&self) -> &Groups {
        &self.groups
    }
}

fn start(mut command: Command, groups: &Groups) -> io::Result<Child> {
    tether::tie(&mut command, groups.reaper().and_then(Reaper::pipe));
    let child = tokio::process::Command::from(command).kill_on_drop(true).spawn();
    match &child {
        Ok(child) => {
            if let Some(group) = child.id() {
                groups.began(group);
            }
        }
        Err(_) => {
            if let Some(reaper) = groups.reaper() {
                reaper.start_failed();
            }
        }
    }
    child
}
