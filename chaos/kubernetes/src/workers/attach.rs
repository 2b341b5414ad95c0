//! The line to one worker: what it is told, which it echoes, and what it says of how it goes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Pod;
use kube::api::AttachParams;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{mpsc, watch};

use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// How often it is told how long it is until the start. What is told is never late by less than the
/// way to it takes, so the quickest counts.
const COUNTS: u32 = 10;

/// How long before the start nothing is told any more.
const QUIET: Duration = Duration::from_millis(100);

/// The line to one worker.
pub(super) struct AttachedWorker {
    pod: String,
    /// The connection, which ends with the line.
    process: Option<kube::api::AttachedProcess>,
    input: Box<dyn AsyncWrite + Send + Unpin>,
    echoes: mpsc::UnboundedReceiver<String>,
    said: Arc<Mutex<Option<String>>>,
    over: watch::Receiver<bool>,
}

impl AttachedWorker {
    pub(super) async fn to(cluster: &Cluster, pod: &str) -> Result<Self, KubeError> {
        let pods = cluster.api::<Pod>();
        let params =
            AttachParams { stdin: true, stdout: true, stderr: false, ..AttachParams::default() };
        let what = format!("speak with the load worker {pod}");
        let mut process = KubeError::bounded(&what, pods.attach(pod, &params)).await?;
        let (Some(input), Some(output)) = (process.stdin(), process.stdout()) else {
            return Err(KubeError::Other(format!("cannot {what}: it has no input or no output")));
        };
        let mut line = Self::with(pod, input, output);
        line.process = Some(process);
        Ok(line)
    }

    fn with(
        pod: &str,
        input: impl AsyncWrite + Send + Unpin + 'static,
        output: impl AsyncRead + Send + Unpin + 'static,
    ) -> Self {
        let (echo, echoes) = mpsc::unbounded_channel();
        let (ended, over) = watch::channel(false);
        let said = Arc::new(Mutex::new(None));
        let saying = Arc::clone(&said);
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if line.starts_with('{') {
                    *saying.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
                } else {
                    // Nobody need be waiting for it.
                    let _ = echo.send(line);
                }
            }
            ended.send_replace(true);
        });
        Self { pod: pod.to_owned(), process: None, input: Box::new(input), echoes, said, over }
    }

    /// The worker's pod.
    pub(super) fn pod(&self) -> &str {
        &self.pod
    }

    /// Tells it something.
    pub(super) async fn say(&mut self, what: &str) -> Result<(), String> {
        let line = format!("{what}\n");
        self.input.write_all(line.as_bytes()).await.map_err(|error| error.to_string())?;
        self.input.flush().await.map_err(|error| error.to_string())
    }

    /// Tells it something, and waits for its echo. Returns how long that took.
    pub(super) async fn tell(&mut self, what: &str, within: Duration) -> Result<Duration, String> {
        let sent = Instant::now();
        let told = async {
            self.say(what).await?;
            loop {
                match self.echoes.recv().await {
                    Some(echo) if echo == what => return Ok(sent.elapsed()),
                    // Of something before.
                    Some(_) => {}
                    None => return Err("it has ended".to_owned()),
                }
            }
        };
        let late = |_| Err(format!("no answer in {} ms", within.as_millis()));
        tokio::time::timeout(within, told).await.unwrap_or_else(late)
    }

    /// Tells it again and again how long it is until the start, and then to go. Returns the
    /// shortest way to it and back: it starts late by no more than that.
    pub(super) async fn count_down(&mut self, origin: Instant) -> Result<Duration, String> {
        let mut shortest = None;
        let left = || origin.saturating_duration_since(Instant::now());
        for _ in 0..COUNTS {
            let within = left().saturating_sub(QUIET);
            if within.is_zero() {
                break;
            }
            let way = self.tell(&format!("start in {} us", left().as_micros()), within).await?;
            shortest = Some(shortest.map_or(way, |shortest: Duration| shortest.min(way)));
        }
        self.tell("go", left()).await?;
        shortest.ok_or_else(|| "there was no time left".to_owned())
    }

    /// What it said last of how it goes.
    pub(super) fn said(&self) -> Option<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it has ended, or the connection to it.
    pub(super) fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Waits until it has ended, or the connection to it.
    pub(super) async fn over(&mut self) {
        let _ = self.over.wait_for(|over| *over).await;
    }
}

/// The worker stops with the connection.
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

    /// A worker that echoes, and says how it goes when it is told to go.
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
    async fn it_is_told_when_to_start_until_it_goes() {
        let ((input, hears), (says, output)) = (duplex(4096), duplex(4096));
        let working = tokio::spawn(worker(hears, says));
        let mut line = AttachedWorker::with("pod", input, output);
        let way = line.count_down(Instant::now() + Duration::from_secs(60)).await.unwrap();
        assert!(way < Duration::from_secs(30), "{way:?}");
        line.tell("stop", Duration::from_secs(30)).await.unwrap();
        assert_eq!(line.said().as_deref(), Some("{\"at\":0}"));
        drop(line);
        let heard = working.await.unwrap();
        assert_eq!(heard.len(), COUNTS as usize + 2);
        assert!(heard[0].starts_with("start in 59"), "{heard:?}");
        assert_eq!(heard[COUNTS as usize..], ["go", "stop"]);
    }

    #[tokio::test]
    async fn one_that_ends_is_known_to_have_ended() {
        let ((input, hears), (says, output)) = (duplex(4096), duplex(4096));
        let mut line = AttachedWorker::with("pod", input, output);
        drop((hears, says));
        line.over().await;
        assert!(line.is_over() && line.said().is_none());
        assert!(line.tell("hello", Duration::from_secs(5)).await.is_err());
    }
}
