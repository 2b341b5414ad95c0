//! Metrics that are sent while a load runs. Sending has threads of its own: a collector that is
//! slow or not there holds up nothing, and what it misses is in the next export, since all figures
//! are sums since the start.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use brunt_scenarios::timeline::SparseHistogram;

use super::outputs::{Collector, Exported, FileOutput, metrics};
use brunt_loadgen::{LoadSnapshot, Snapshot};

/// What is sent of loads while they run.
pub(super) struct Exports {
    began: SystemTime,
    lines: Vec<Line>,
    /// Of each load, what was seen of it.
    seen: Vec<Seen>,
}

/// One collector.
struct Line {
    /// How errors call it.
    name: String,
    every: Duration,
    /// When the next export is due, in seconds after the start.
    due: f64,
    to: SyncSender<String>,
    thread: JoinHandle<()>,
    trouble: Arc<Mutex<Option<String>>>,
    told: bool,
}

#[derive(Default)]
struct Seen {
    /// The last second that is in it.
    second: u64,
    latency: SparseHistogram,
}

impl Exports {
    /// To those of the outputs that are collectors.
    pub fn new(outputs: &[FileOutput], began: SystemTime) -> io::Result<Self> {
        let collectors =
            outputs.iter().filter_map(|output| Some((output.to_string(), output.collector()?)));
        Self::to(collectors, began)
    }

    fn to(
        collectors: impl Iterator<Item = (String, Collector)>,
        began: SystemTime,
    ) -> io::Result<Self> {
        let lines = collectors.map(|(name, collector)| Line::open(name, collector));
        Ok(Self { began, lines: lines.collect::<io::Result<_>>()?, seen: Vec::new() })
    }

    /// Whether there is anybody to send to.
    pub fn is_some(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Takes what can be seen of the loads, and sends it if that is due. Look more often than once
    /// a second, as each second is to be seen once.
    pub fn look(&mut self, snapshot: &Snapshot) {
        self.seen.resize_with(snapshot.loads.len(), Seen::default);
        self.seen.iter_mut().zip(&snapshot.loads).for_each(|(seen, load)| seen.see(load));
        if self.lines.iter().all(|line| snapshot.at < line.due) {
            return;
        }
        let loads = self.seen.iter().zip(&snapshot.loads);
        let exported = loads.map(|(seen, load)| seen.exported(load, snapshot.at));
        let text = metrics(&exported.collect::<Vec<_>>(), self.began);
        for line in self.lines.iter_mut().filter(|line| line.due <= snapshot.at) {
            line.due = snapshot.at + line.every.as_secs_f64();
            // One that is still busy with the last gets the next.
            let _ = line.to.try_send(text.clone());
        }
    }

    /// Why a collector did not take metrics, once for each.
    pub fn trouble(&mut self) -> Option<String> {
        self.lines.iter_mut().find_map(Line::trouble)
    }

    /// Waits for what is under way, so that nothing older arrives after the last figures.
    pub fn finish(self) {
        for Line { to, thread, .. } in self.lines {
            drop(to);
            // It has nothing to say that is not said.
            let _ = thread.join();
        }
    }
}

impl Seen {
    fn see(&mut self, load: &LoadSnapshot) {
        if load.second.number > self.second {
            self.second = load.second.number;
            self.latency.add_all(load.second.latency.clone());
        }
    }

    fn exported<'a>(&'a self, load: &'a LoadSnapshot, at: f64) -> Exported<'a> {
        Exported {
            name: &load.name,
            elapsed: Duration::try_from_secs_f64(at).unwrap_or_default(),
            totals: &load.totals,
            latency: &self.latency,
            kept: None,
            in_flight: Some(load.in_flight),
        }
    }
}

impl Line {
    fn open(name: String, collector: Collector) -> io::Result<Self> {
        let (to, texts) = sync_channel(1);
        let trouble: Arc<Mutex<Option<String>>> = Arc::default();
        let (every, said) = (collector.every, Arc::clone(&trouble));
        let thread = std::thread::Builder::new().name("otlp".to_owned());
        let thread = thread.spawn(move || send(&collector, &texts, &said))?;
        Ok(Self { name, every, due: every.as_secs_f64(), to, thread, trouble, told: false })
    }

    fn trouble(&mut self) -> Option<String> {
        let why = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let first = !std::mem::replace(&mut self.told, true);
        let every = self.every.as_secs_f64();
        first.then(|| {
            format!(
                "** {}: {why}; it is tried again every {every} s, and nothing is lost",
                self.name
            )
        })
    }
}

fn send(collector: &Collector, texts: &Receiver<String>, trouble: &Mutex<Option<String>>) {
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

    use super::*;
    use brunt_loadgen::{Second, Totals};

    /// Every second of the tests' own clock.
    fn exports(url: &str) -> Exports {
        let environment =
            |name: &str| (name == "OTEL_METRIC_EXPORT_INTERVAL").then(|| "1000".to_owned());
        let collector = Collector::new(url, &environment);
        Exports::to(std::iter::once(("otlp".to_owned(), collector)), SystemTime::now()).unwrap()
    }

    /// After so many seconds, with a hundred requests in each.
    fn after(seconds: u64) -> Snapshot {
        let second = Second {
            number: seconds,
            ok: 100,
            latency: SparseHistogram::from(vec![(1_000, 100)]),
            ..Second::default()
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
    fn a_collector_is_told_of_all_seconds_so_far() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1/metrics", listener.local_addr().unwrap());
        let (tell, told) = channel();
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
                tell.send(serde_json::from_slice::<serde_json::Value>(&body).unwrap()).unwrap();
            }
        });
        let mut exports = exports(&url);
        for seconds in [1, 2] {
            // Looked at more than once in a second, which counts once all the same.
            exports.look(&after(seconds));
            exports.look(&after(seconds));
            let all = told.recv_timeout(Duration::from_secs(10)).unwrap();
            let metrics = &all["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
            let sum = (100 * seconds).to_string();
            assert_eq!(metrics[0]["sum"]["dataPoints"][0]["asInt"], sum.as_str());
            assert_eq!(metrics[1]["histogram"]["dataPoints"][0]["count"], sum.as_str());
            assert_eq!(metrics[2]["name"], "brunt.load.in_flight");
            assert_eq!(metrics[2]["gauge"]["dataPoints"][0]["asInt"], "3");
        }
        assert_eq!(exports.trouble(), None);
        exports.finish();
        assert!(told.try_recv().is_err(), "nothing is sent before it is due");
    }

    #[test]
    fn one_that_is_not_there_is_told_of_once() {
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut exports = exports(&format!("http://{nobody}/v1/metrics"));
        let mut told = Vec::new();
        let until = Instant::now() + Duration::from_secs(10);
        for seconds in 1.. {
            exports.look(&after(seconds));
            let again = exports.lines[0].told && exports.lines[0].trouble.lock().unwrap().is_some();
            told.extend(exports.trouble());
            if again || Instant::now() > until {
                break;
            }
            std::thread::yield_now();
        }
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("refused") && told[0].contains("tried again every 1 s"),
            "{told:?}"
        );
    }

    #[test]
    fn one_that_never_answers_holds_up_nothing() {
        // Its queue of connections takes them, and nobody reads.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut exports = exports(&format!("http://{}/v1/metrics", silent.local_addr().unwrap()));
        let before = Instant::now();
        (1..1_000).for_each(|seconds| exports.look(&after(seconds)));
        assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
        assert_eq!(exports.seen[0].latency.len(), 99_900);
    }
}
