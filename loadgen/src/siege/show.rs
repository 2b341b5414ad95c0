//! `-g` and `-p`: one request, shown with its reply.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use brunt_scenarios::timeline::{Counts, Failure, Schedule};
use tokio::io::AsyncReadExt;

use super::perform::report;
use super::settings::{Action, Settings};
use super::summary::{self, Summary};
use super::{Figures, Output, SiegeError};
use crate::engine::StartError;
use crate::http1::{Keep, Progress, Reader, Reply, ReplyTo};
use crate::job::{Request, Reuse, Transport, Version, bytes};
use crate::net::Server;
use crate::recorder::Totals;

/// The most of a page that is shown, in bytes.
const LONGEST_PAGE: usize = 64 * 1024 * 1024;

/// A reply with everything that came.
pub(super) struct Shown {
    pub reply: Reply,
    /// Head and body as they came.
    raw: Vec<u8>,
    pub body: Vec<u8>,
    took: Duration,
}

/// Asks once, shows what is asked for, then the summary.
pub(super) fn show(settings: &Settings, output: Output<'_>) -> Result<Summary, SiegeError> {
    let Output { out, err, .. } = output;
    let mut request = settings.requests.first().ok_or(SiegeError::NoUrl)?.clone();
    if settings.action == Action::Headers && request.method == http::Method::GET {
        request.method = settings.get.clone();
    }
    // One page is asked for in HTTP/1.1, whatever the load is to speak.
    let transport = Transport { version: Version::Http1, ..settings.transport.clone() };
    let sent = bytes(&request, Reuse::No, transport.names_server(&request.address))?;
    let shown = ask(&request, &sent, &transport, settings.timeout)?;
    out.write_all(&sent)?;
    out.write_all(if request.body.is_empty() { b"\n" } else { b"\n\n" })?;
    match settings.action {
        Action::Headers => out.write_all(head(&shown.raw))?,
        _ => out.write_all(&shown.body)?,
    }
    out.write_all(b"\n")?;
    let summary = summary(&shown, settings);
    writeln!(err)?;
    report(settings, &summary, out, err)?;
    Ok(summary)
}

pub(super) fn ask(
    request: &Request,
    sent: &[u8],
    transport: &Transport,
    timeout: Duration,
) -> Result<Shown, SiegeError> {
    let server = Server::new(&request.address, transport, &mut None);
    let server = server.map_err(|error| {
        StartError::unusable("siege".to_owned(), request.address.to_string(), error)
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let asked = runtime
        .block_on(async { tokio::time::timeout(timeout, exchange(&server, request, sent)).await });
    let reply =
        asked.unwrap_or_else(|_| Err(format!("no reply within {} s", timeout.as_secs_f64())));
    reply.map_err(|what| SiegeError::NoReply { address: request.address.to_string(), what })
}

async fn exchange(server: &Server, request: &Request, sent: &[u8]) -> Result<Shown, String> {
    let text = |error: std::io::Error| error.to_string();
    let start = Instant::now();
    let mut stream = server.open().await.map_err(|error| error.to_string())?.stream;
    stream.send(sent).await.map_err(text)?;
    let mut reader = Reader::new(Keep::Body(LONGEST_PAGE));
    reader.begin(ReplyTo::method(&request.method));
    let (mut raw, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    let reply = loop {
        let length = stream.read(&mut buffer).await.map_err(text)?;
        if length == 0 {
            break reader.close().map_err(|error| error.to_string())?;
        }
        raw.extend_from_slice(&buffer[..length]);
        match reader.feed(&buffer[..length]).map_err(|error| error.to_string())? {
            Progress::Done { reply, .. } => break reply,
            Progress::More => {}
        }
    };
    Ok(Shown { reply, raw, body: reader.body().to_vec(), took: start.elapsed() })
}

/// The head of what came, with the empty line that ends it.
fn head(raw: &[u8]) -> &[u8] {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n");
    &raw[..end.map_or(raw.len(), |end| end + 4)]
}

fn summary(shown: &Shown, settings: &Settings) -> Summary {
    let good = (200..400).contains(&shown.reply.status);
    let failed = (!good).then_some((Failure::Status(shown.reply.status), 1));
    let totals = Totals {
        ok: u64::from(good),
        failed: BTreeMap::from_iter(failed),
        replies: 1,
        bytes: shown.reply.length,
        time: shown.took,
        longest: shown.took,
        shortest: Some(shown.took),
    };
    Summary {
        ended: None,
        findings: Some(summary::Findings {
            figures: Figures::new(&totals, shown.took),
            latency: Counts::from(vec![(
                u64::try_from(shown.took.as_micros()).unwrap_or(u64::MAX),
                1,
            )]),
            lag: Counts::default(),
            schedule: Schedule::Kept,
            totals,
            causes: BTreeMap::new(),
            fail_below: settings.fail_below,
            claims: Vec::new(),
        }),
    }
}
