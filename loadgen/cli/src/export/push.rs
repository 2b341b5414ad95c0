//! Metrics that are sent while a load runs. Sending has threads of its own: a collector that is
//! slow or not there holds up nothing, and what it misses is in the next export, since all figures
//! are sums since the start.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use brunt_loadgen::{LoadSnapshot, Snapshot};
use brunt_scenarios::timeline::SparseHistogram;

use super::otlp::{LoadMetrics, OtlpCollector, metrics};
use crate::args::{ExportDestination, ExportTarget};
use crate::signals;

/// Sends metrics of loads while they run.
pub(crate) struct MetricsPush {
    began: SystemTime,
    links: Vec<CollectorLink>,
    /// Of each load, what was seen of it.
    seen: Vec<SeenLoad>,
}

/// One collector, with the thread that sends to it.
struct CollectorLink {
    /// How errors call it.
    name: String,
    every: Duration,
    /// When the next export is due, in seconds after the start.
    due: f64,
    to: SyncSender<String>,
    thread: JoinHandle<()>,
    trouble: Arc<Mutex<Option<String>>>,
    reported: bool,
}

#[derive(Default)]
struct SeenLoad {
    /// The last second that is in it.
    second: u64,
    latency: SparseHistogram,
}

impl MetricsPush {
    /// To those of the targets that are collectors.
    pub fn new(targets: &[ExportTarget], began: SystemTime) -> io::Result<Self> {
        let collectors = targets.iter().filter_map(|target| match &target.destination {
            ExportDestination::Url(url) => {
                Some((target.to_string(), OtlpCollector::from_environment(url)))
            }
            ExportDestination::Stdout | ExportDestination::File(_) => None,
        });
        Self::to(collectors, began)
    }

    fn to(
        collectors: impl Iterator<Item = (String, OtlpCollector)>,
        began: SystemTime,
    ) -> io::Result<Self> {
        let links = collectors.map(|(name, collector)| CollectorLink::open(name, collector));
        Ok(Self { began, links: links.collect::<io::Result<_>>()?, seen: Vec::new() })
    }

    /// Whether there is a collector to send to.
    pub fn is_some(&self) -> bool {
        !self.links.is_empty()
    }

    /// Takes what can be seen of the loads, and sends it if that is due. Look more often than once
    /// a second, as each second is to be seen once.
    pub fn update(&mut self, snapshot: &Snapshot) {
        self.seen.resize_with(snapshot.loads.len(), SeenLoad::default);
        self.seen.iter_mut().zip(&snapshot.loads).for_each(|(seen, load)| seen.update(load));
        if self.links.iter().all(|link| snapshot.at < link.due) {
            return;
        }
        let loads = self.seen.iter().zip(&snapshot.loads);
        let loads = loads.map(|(seen, load)| seen.metrics(load, snapshot.at));
        let text = metrics(&loads.collect::<Vec<_>>(), self.began);
        for link in self.links.iter_mut().filter(|link| link.due <= snapshot.at) {
            link.due = snapshot.at + link.every.as_secs_f64();
            // One that is still busy with the last gets the next.
            let _ = link.to.try_send(text.clone());
        }
    }

    /// Why a collector did not take metrics, once for each.
    pub fn trouble(&mut self) -> Option<String> {
        self.links.iter_mut().find_map(CollectorLink::trouble)
    }

    /// Waits for what is under way, so that nothing older arrives after the last figures.
    pub fn finish(self) {
        for CollectorLink { to, thread, .. } in self.links {
            drop(to);
            // Somebody wants the end now, and a dead collector takes ten seconds to time out.
            if signals::received() {
                continue;
            }
            // Its errors are in `trouble`; a panic of it loses nothing but metrics.
            let _ = thread.join();
        }
    }
}

impl SeenLoad {
    fn update(&mut self, load: &LoadSnapshot) {
        if load.second.number > self.second {
            self.second = load.second.number;
            self.latency.add_all(load.second.latency.clone());
        }
    }

    fn metrics<'a>(&'a self, load: &'a LoadSnapshot, at: f64) -> LoadMetrics<'a> {
        LoadMetrics {
            name: &load.name,
            elapsed: Duration::try_from_secs_f64(at).unwrap_or_default(),
            totals: &load.totals,
            latency: &self.latency,
            kept: None,
            in_flight: Some(load.in_flight),
        }
    }
}

impl CollectorLink {
    fn open(name: String, collector: OtlpCollector) -> io::Result<Self> {
        // One text may wait: while a collector is slow, older figures are of no use.
        let (to, texts) = sync_channel(1);
        let trouble: Arc<Mutex<Option<String>>> = Arc::default();
        let (every, reason) = (collector.interval, Arc::clone(&trouble));
        let thread = std::thread::Builder::new().name("otlp".to_owned());
        let thread = thread.spawn(move || send(&collector, &texts, &reason))?;
        Ok(Self { name, every, due: every.as_secs_f64(), to, thread, trouble, reported: false })
    }

    fn trouble(&mut self) -> Option<String> {
        let why = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let first = !std::mem::replace(&mut self.reported, true);
        let every = self.every.as_secs_f64();
        first.then(|| {
            format!(
                "** {}: {why}; it is tried again every {every} s, and nothing is lost",
                self.name
            )
        })
    }
}

fn send(collector: &OtlpCollector, texts: &Receiver<String>, trouble: &Mutex<Option<String>>) {
    for text in texts {
        if let Err(error) = collector.send(text) {
            *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;
    use std::sync::mpsc::channel;
    use std::time::Instant;

    use brunt_loadgen::{LastSecond, Totals};

    use super::*;

    /// Every second of the tests' own clock.
    fn push_to(url: &str) -> MetricsPush {
        let environment =
            |name: &str| (name == "OTEL_METRIC_EXPORT_INTERVAL").then(|| "1000".to_owned());
        let collector = OtlpCollector::new(url, &environment);
        MetricsPush::to(std::iter::once(("otlp".to_owned(), collector)), SystemTime::now()).unwrap()
    }

    /// After so many seconds, with a hundred requests in each.
    fn after(seconds: u64) -> Snapshot {
        let second = LastSecond {
            number: seconds,
            ok: 100,
            latency: SparseHistogram::from(vec![(1_000, 100)]),
            ..LastSecond::default()
        };
        let totals = Totals { ok: 100 * seconds, ..Totals::default() };
        let load = LoadSnapshot {
            name: "shop".to_owned(),
            totals,
            second,
            in_flight: 3,
            ..LoadSnapshot::default()
        };
        Snapshot { at: seconds as f64, loads: vec![load] }
    }

    #[test]
    fn a_collector_gets_the_sums_of_all_seconds_so_far() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1/metrics", listener.local_addr().unwrap());
        let (sender, received) = channel();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0;
                for line in reader
                    .by_ref()
                    .lines()
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                {
                    let line = line.to_ascii_lowercase();
                    length = line
                        .strip_prefix("content-length: ")
                        .map_or(length, |value| value.parse().unwrap());
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
                sender.send(serde_json::from_slice::<serde_json::Value>(&body).unwrap()).unwrap();
            }
        });
        let mut push = push_to(&url);
        for seconds in [1, 2] {
            // Looked at more than once in a second, which counts once all the same.
            push.update(&after(seconds));
            push.update(&after(seconds));
            let all = received.recv_timeout(Duration::from_secs(10)).unwrap();
            let metrics = &all["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
            let sum = (100 * seconds).to_string();
            assert_eq!(metrics[0]["sum"]["dataPoints"][0]["asInt"], sum.as_str());
            assert_eq!(metrics[1]["histogram"]["dataPoints"][0]["count"], sum.as_str());
            assert_eq!(metrics[2]["name"], "brunt.load.in_flight");
            assert_eq!(metrics[2]["gauge"]["dataPoints"][0]["asInt"], "3");
        }
        assert_eq!(push.trouble(), None);
        push.finish();
        assert!(received.try_recv().is_err(), "nothing is sent before it is due");
    }

    #[test]
    fn a_collector_that_is_not_there_is_reported_once() {
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut push = push_to(&format!("http://{nobody}/v1/metrics"));
        let mut troubles = Vec::new();
        let until = Instant::now() + Duration::from_secs(10);
        for seconds in 1.. {
            push.update(&after(seconds));
            let again = push.links[0].reported && push.links[0].trouble.lock().unwrap().is_some();
            troubles.extend(push.trouble());
            if again || Instant::now() > until {
                break;
            }
            std::thread::yield_now();
        }
        assert_eq!(troubles.len(), 1, "{troubles:?}");
        assert!(
            troubles[0].contains("refused") && troubles[0].contains("tried again every 1 s"),
            "{troubles:?}"
        );
    }

    #[test]
    fn a_collector_that_never_answers_delays_nothing() {
        // The kernel accepts connections into the queue, and nothing reads from them.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut push = push_to(&format!("http://{}/v1/metrics", silent.local_addr().unwrap()));
        let before = Instant::now();
        (1..1_000).for_each(|seconds| push.update(&after(seconds)));
        assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
        assert_eq!(push.seen[0].latency.len(), 99_900);
    }
}
