//! The connection to one worker's standard input and output, by the API server's `attach`:
//! commands, which the worker echoes, and its status lines.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Pod;
use kube::api::AttachParams;
use thiserror::Error;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{mpsc, watch};
use tracing::Instrument;

use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// How often a worker gets the time that is left until the start. A command arrives late by the way
/// that it takes, so the one that was quickest is the most exact.
const COUNTDOWN_MESSAGES: u32 = 10;

/// How long before the start no more times are sent.
const QUIET: Duration = Duration::from_millis(100);

/// Why a worker cannot be spoken with.
#[derive(Debug, Error)]
pub(super) enum AttachError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it has ended")]
    Ended,
    #[error("no answer in {} ms", .0.as_millis())]
    Timeout(Duration),
    #[error("there was no time left")]
    TooLate,
}

/// A connection to one worker. The worker stops when it ends.
pub(super) struct AttachedWorker {
    pod: String,
    process: Option<kube::api::AttachedProcess>,
    input: Box<dyn AsyncWrite + Send + Unpin>,
    echoes: mpsc::UnboundedReceiver<String>,
    status: Arc<Mutex<Option<String>>>,
    ended: watch::Receiver<bool>,
}

impl AttachedWorker {
    pub(super) async fn attach(cluster: &Cluster, pod: &str) -> Result<Self, KubeError> {
        let pods = cluster.api::<Pod>();
        let params =
            AttachParams { stdin: true, stdout: true, stderr: false, ..AttachParams::default() };
        let what = format!("speak with the load worker {pod}");
        let mut process = call_api(&what, pods.attach(pod, &params)).await?;
        let (Some(input), Some(output)) = (process.stdin(), process.stdout()) else {
            return Err(KubeError::Stream {
                what: format!("cannot {what}"),
                why: "it has no input or no output".to_owned(),
                source: None,
            });
        };
        let mut worker = Self::over(pod, input, output);
        worker.process = Some(process);
        Ok(worker)
    }

    fn over(
        pod: &str,
        input: impl AsyncWrite + Send + Unpin + 'static,
        output: impl AsyncRead + Send + Unpin + 'static,
    ) -> Self {
        let (echo, echoes) = mpsc::unbounded_channel();
        let (end, ended) = watch::channel(false);
        let status = Arc::new(Mutex::new(None));
        let latest = Arc::clone(&status);
        let reads = async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                // Status lines are JSON objects, and commands never are.
                if line.starts_with('{') {
                    *latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
                } else {
                    // An echo that came too late has no reader any more.
                    let _ = echo.send(line);
                }
            }
            end.send_replace(true);
        };
        tokio::spawn(reads.in_current_span());
        Self { pod: pod.to_owned(), process: None, input: Box::new(input), echoes, status, ended }
    }

    /// The name of the worker's pod.
    pub(super) fn pod(&self) -> &str {
        &self.pod
    }

    /// Sends a command.
    pub(super) async fn send(&mut self, command: &str) -> Result<(), AttachError> {
        let line = format!("{command}\n");
        self.input.write_all(line.as_bytes()).await?;
        Ok(self.input.flush().await?)
    }

    /// Sends a command, and waits for its echo. Returns how long that took.
    pub(super) async fn send_and_wait(
        &mut self,
        command: &str,
        within: Duration,
    ) -> Result<Duration, AttachError> {
        let sent = Instant::now();
        let echoed = async {
            self.send(command).await?;
            loop {
                match self.echoes.recv().await {
                    Some(echo) if echo == command => return Ok(sent.elapsed()),
                    // The echo of an earlier command, which was not waited for.
                    Some(_) => {}
                    None => return Err(AttachError::Ended),
                }
            }
        };
        let late = |_| Err(AttachError::Timeout(within));
        tokio::time::timeout(within, echoed).await.unwrap_or_else(late)
    }

    /// Sends again and again how long it is until the start, and then to go. Returns the shortest
    /// round trip: the worker starts late by no more than that.
    pub(super) async fn count_down(&mut self, origin: Instant) -> Result<Duration, AttachError> {
        let mut shortest = None;
        let left = || origin.saturating_duration_since(Instant::now());
        for _ in 0..COUNTDOWN_MESSAGES {
            let within = left().saturating_sub(QUIET);
            if within.is_zero() {
                break;
            }
            let command = format!("start in {} us", left().as_micros());
            let trip = self.send_and_wait(&command, within).await?;
            shortest = Some(shortest.map_or(trip, |shortest: Duration| shortest.min(trip)));
        }
        self.send_and_wait("go", left()).await?;
        shortest.ok_or(AttachError::TooLate)
    }

    /// The latest status line.
    pub(super) fn status(&self) -> Option<String> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the worker has ended, or the connection to it.
    pub(super) fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Waits until the worker has ended, or the connection to it.
    pub(super) async fn wait_for_end(&mut self) {
        let _ = self.ended.wait_for(|ended| *ended).await;
    }
}

impl Drop for AttachedWorker {
    fn drop(&mut self) {
        if let Some(process) = &self.process {
            process.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};

    use super::*;

    /// A worker that echoes, and writes a status line when it goes.
    async fn worker(input: DuplexStream, mut output: DuplexStream) -> Vec<String> {
        let (mut lines, mut heard) = (BufReader::new(input).lines(), Vec::new());
        while let Ok(Some(line)) = lines.next_line().await {
            output.write_all(format!("{line}\n").as_bytes()).await.unwrap();
            if line == "go" {
                output.write_all(b"{\"at\":0}\n").await.unwrap();
            }
            heard.push(line);
        }
        heard
    }

    #[tokio::test]
    async fn a_worker_gets_the_time_until_the_start_until_it_goes() {
        let ((input, hears), (says, output)) = (duplex(4096), duplex(4096));
        let working = tokio::spawn(worker(hears, says));
        let mut attached = AttachedWorker::over("pod", input, output);
        let way = attached.count_down(Instant::now() + Duration::from_secs(60)).await.unwrap();
        assert!(way < Duration::from_secs(30), "{way:?}");
        attached.send_and_wait("stop", Duration::from_secs(30)).await.unwrap();
        assert_eq!(attached.status().as_deref(), Some("{\"at\":0}"));
        drop(attached);
        let heard = working.await.unwrap();
        assert_eq!(heard.len(), COUNTDOWN_MESSAGES as usize + 2);
        assert!(heard[0].starts_with("start in 59"), "{heard:?}");
        assert_eq!(heard[COUNTDOWN_MESSAGES as usize..], ["go", "stop"]);
    }

    #[tokio::test]
    async fn a_worker_that_ends_is_known_to_have_ended() {
        let ((input, hears), (says, output)) = (duplex(4096), duplex(4096));
        let mut attached = AttachedWorker::over("pod", input, output);
        drop((hears, says));
        attached.wait_for_end().await;
        assert!(attached.has_ended() && attached.status().is_none());
        assert!(attached.send_and_wait("hello", Duration::from_secs(5)).await.is_err());
    }
}
