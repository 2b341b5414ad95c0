//! The kernel's tables of connections of a callee's pods: read by a program in the container, or
//! where its image holds none, from an ephemeral container, which shares the pod's network.

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::changes::changer::Changer;
use crate::client::ephemeral::{AttachedProgram, EphemeralProgram, EphemeralUser};
use crate::client::error::KubeError;
use crate::client::exec::output_of;
use crate::client::program_error::ProgramError;

/// The line by which `brunt connections` ends a table where it prints several.
pub const END_OF_CONNECTIONS: &str = "end of connections";

/// The reading of the tables of some pods, by the names of these.
pub(super) struct ConnectionTables<'a> {
    changer: &'a Changer,
    /// The container in which it is run; all of a pod have the same connections.
    container: Option<&'a str>,
    command: &'a [&'a str],
    /// The image of an ephemeral container.
    image: Option<&'a str>,
    pods: BTreeMap<String, PodTable>,
}

/// How the table of a pod is read.
enum PodTable {
    /// By a program in its container.
    Inside,
    /// By one beside it.
    Beside(AttachedProgram),
    /// Not at all, and why.
    Unknown(String),
}

impl<'a> ConnectionTables<'a> {
    /// `runs_brunt` says that brunt's own image is the pods', which holds no `cat`.
    pub(super) fn new(
        changer: &'a Changer,
        (container, runs_brunt): (Option<&'a str>, bool),
        image: Option<&'a str>,
    ) -> Self {
        let command: &[&str] = match runs_brunt {
            true => &["brunt", "connections"],
            false => &["cat", "/proc/net/tcp", "/proc/net/tcp6"],
        };
        Self { changer, container, command, image, pods: BTreeMap::new() }
    }

    /// The tables of these pods, as far as they can be read.
    pub(super) async fn read(&mut self, pods: &[String]) -> Vec<String> {
        let mut known = std::mem::take(&mut self.pods);
        let each = pods.iter().map(|pod| (pod, known.remove(pod)));
        let read = each.map(|(pod, way)| self.read_one(pod, way));
        let mut tables = Vec::new();
        for (pod, way, table) in join_all(read).await {
            self.pods.insert(pod, way);
            tables.extend(table);
        }
        tables
    }

    /// The pods whose tables cannot be read, each with why.
    pub(super) fn unknown(&self) -> Vec<String> {
        let why = |(pod, way): (&String, &PodTable)| match way {
            PodTable::Unknown(why) => Some(format!("pod {pod}: {why}")),
            PodTable::Inside | PodTable::Beside(_) => None,
        };
        self.pods.iter().filter_map(why).collect()
    }

    async fn read_one(
        &self,
        pod: &str,
        way: Option<PodTable>,
    ) -> (String, PodTable, Option<String>) {
        let (way, table) = match way {
            None | Some(PodTable::Inside) => self.inside(pod).await,
            Some(PodTable::Beside(mut program)) => {
                let table = again(&mut program).await;
                known(table.map_err(|error| error.to_string()), PodTable::Beside(program))
            }
            Some(unknown) => (unknown, None),
        };
        (pod.to_owned(), way, table)
    }

    async fn inside(&self, pod: &str) -> (PodTable, Option<String>) {
        let error =
            match output_of(self.changer.cluster(), (pod, self.container), self.command).await {
                Ok(table) => return (PodTable::Inside, Some(table)),
                Err(error) => error,
            };
        match (&error, self.image) {
            (KubeError::Program { source, .. }, Some(image)) if source.is_not_in_image() => {
                match self.beside(pod, image).await {
                    Ok((program, table)) => (PodTable::Beside(program), Some(table)),
                    Err(error) => (PodTable::Unknown(error.to_string()), None),
                }
            }
            // It goes, and its connections with it.
            _ if error.is_not_found() => (PodTable::Inside, None),
            _ => (PodTable::Unknown(error.to_string()), None),
        }
    }

    async fn beside(&self, pod: &str, image: &str) -> Result<(AttachedProgram, String), KubeError> {
        let args = &["connections", "--attached"];
        let program = EphemeralProgram { pod, target: None, image, args, user: EphemeralUser::Own };
        let mut attached = program.attach(self.changer.writer()).await?;
        let table = attached.answer(END_OF_CONNECTIONS).await;
        let table = table.map_err(|source| KubeError::Program { pod: pod.to_owned(), source })?;
        Ok((attached, table))
    }
}

async fn again(program: &mut AttachedProgram) -> Result<String, ProgramError> {
    program.request().await?;
    program.answer(END_OF_CONNECTIONS).await
}

fn known(table: Result<String, String>, way: PodTable) -> (PodTable, Option<String>) {
    match table {
        Ok(table) => (way, Some(table)),
        Err(why) => (PodTable::Unknown(why), None),
    }
}
