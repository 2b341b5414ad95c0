//! `brunt watch`, on a log that a system has left, and on one that grows.

use std::collections::BTreeMap;
use std::path::PathBuf;

use brunt_kit::log::{EventLog, NewRecord, SqliteLog};
use rustix::process::{Pid, Signal, kill_process};

use crate::workplace::{Workplace, wait_until};

struct Log {
    path: PathBuf,
    log: SqliteLog,
}

impl Log {
    /// Where `brunt up coffee` has it.
    fn new(here: &Workplace) -> Self {
        let path = here.path(".brunt/up/coffee/data/events.db");
        Self { log: SqliteLog::open(&path).unwrap(), path }
    }

    fn append(&self, number: u64, name: &str) {
        let event = format!(
            r#"{{"eventType":"Ordered","timestamp":"20210201123045","eventId":"{number}","aggregateId":{number},"id":{number},"productName":"{name}"}}"#
        );
        let record = NewRecord {
            topic: "msacoffeechainsample".into(),
            key: number.to_string(),
            value: event.into(),
            headers: BTreeMap::new(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.log.append(vec![record])).unwrap();
    }
}

#[test]
fn watch_shows_earlier_events_when_asked_for() {
    let here = Workplace::new();
    let log = Log::new(&here);
    log.append(1, "커피");
    let shown = here.brunt(&["watch", "coffee", "--from-beginning", "--for", "500ms"]);
    shown.must(
        0,
        &["2021-02-01 12:30:45  msacoffeechainsample/", "@0  1  Ordered  id=1  productName=커피\n"],
    );
    let url = format!("sqlite:{}", log.path.display());
    let none = here.brunt(&["watch", "coffee", "--log", &url, "--for", "500ms"]);
    assert_eq!((none.code, none.out.as_str()), (Some(0), ""));
}

#[test]
fn watch_shows_new_events_until_ctrl_c() {
    let here = Workplace::new();
    let log = Log::new(&here);
    log.append(1, "before");
    let mut child = here.start(&["watch", "coffee", "--json"]);
    // It does not print when it begins to read, so events are added until one is shown.
    let mut number = 1;
    wait_until("an event is shown", || {
        number += 1;
        log.append(number, "now");
        here.printed().contains("\"productName\":\"now\"")
    });
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{}", here.printed());
    assert!(!here.printed().contains("before"), "{}", here.printed());
}

#[test]
fn watch_names_a_missing_event_log_and_does_not_create_it() {
    let here = Workplace::new();
    here.brunt(&["watch", "coffee"]).must(2, &["coffee has no event log here", "brunt up coffee"]);
    here.brunt(&["watch", "cofee"])
        .must(2, &["there is no system `cofee`", "did you mean `coffee`?"]);
    here.brunt(&["watch", "coffee", "--log", "sqlite:none.db"])
        .must(2, &["there is no event log none.db"]);
    here.brunt(&["watch", "coffee", "--log", "redis://x"])
        .must(2, &["redis://x is no event log", "kafka://"]);
    assert!(!here.path("none.db").exists() && !here.path(".brunt").exists());
}
