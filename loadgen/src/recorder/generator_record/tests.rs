use std::time::Duration;

use brunt_scenarios::timeline::{CheckCount, StepFigures};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::recorder::windows::CountedTime;

/// A request as it may have ended.
#[derive(Debug, Clone)]
struct One {
    intended: u64,
    latency: u64,
    service: u64,
    lag: u64,
    failure: Option<Failure>,
    key: bool,
    /// Which generator makes it.
    by: usize,
}

fn one() -> impl Strategy<Value = One> {
    let failure = prop_oneof![
        4 => Just(None),
        1 => Just(Some(Failure::Status(503))),
        1 => Just(Some(Failure::Timeout)),
        1 => Just(Some(Failure::Connect)),
    ];
    // Longer than histograms reach, and later than windows do at first.
    let long = 0..5_000_000_000_u64;
    (0..400_000_000_u64, long.clone(), long, 0..2_000_000_u64, failure, any::<bool>(), 0..5_usize)
        .prop_map(|(intended, latency, service, lag, failure, key, by)| One {
            intended,
            latency,
            service,
            lag,
            failure,
            key,
            by,
        })
}

/// What a generator has after these requests.
fn record<'a>(lasts: Option<Duration>, requests: impl Iterator<Item = &'a One>) -> WorkerRecord {
    let mut record = WorkerRecord {
        windows: WindowCounts::new(lasts),
        service: histogram(),
        lag: histogram(),
        phases: PhaseTimes::new(),
        totals: Totals::default(),
        causes: Causes::new(),
        accepted: vec![],
        unknown: 0,
        journeys: vec![journey()],
    };
    for one in requests {
        let timed = one.failure != Some(Failure::Connect);
        let from_sent = one.latency.saturating_sub(one.lag);
        let time = CountedTime { latency: one.latency, from_sent };
        record.windows.count(one.intended, one.failure, timed.then_some(time));
        record.windows.count_sent(one.intended + one.lag);
        if let Some(failure) = one.failure.filter(|_| one.lag % 2 == 0) {
            record.windows.count_stalled(one.intended, failure);
        }
        record.service.saturating_record(one.service);
        record.lag.saturating_record(one.lag);
        if one.key {
            record
                .accepted
                .push((one.intended + one.latency, format!("{}-{}", one.intended, one.service)));
        }
        record.unknown += u64::from(one.failure == Some(Failure::Timeout));
        let step = &mut record.journeys[0].steps[0];
        step.ok += u64::from(one.failure.is_none());
        step.checks[0].passed += u64::from(one.key);
        let value =
            record.service.highest_equivalent(one.service.min(brunt_scenarios::timeline::LONGEST));
        step.latency.add(value, 1);
    }
    record
}

fn journey() -> JourneyRecord {
    let checks = vec![CheckCount { name: "status".to_owned(), ..CheckCount::default() }];
    let steps = vec![StepFigures { name: "buy".to_owned(), checks, ..StepFigures::default() }];
    JourneyRecord { name: "shop".to_owned(), steps, ..JourneyRecord::default() }
}

fn shown(record: &LoadRecord) -> Value {
    json!([record, record.accepted])
}

/// As a part comes out of a log.
fn carried(part: &GeneratorRecord) -> GeneratorRecord {
    serde_json::from_str(&serde_json::to_string(part).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn serialised_records_of_generators_add_up_to_the_whole(
        requests in proptest::collection::vec(one(), 0..40),
        generators in 1..5_usize,
        lasts in prop_oneof![Just(None), Just(Some(Duration::from_secs(30))), Just(Some(Duration::from_secs(3_000)))],
    ) {
        let whole = outcome("shop", record(lasts, requests.iter()), GeneratorTrouble::default()).record;
        let parts = (0..generators).map(|number| {
            let of_it = record(lasts, requests.iter().filter(|one| one.by % generators == number));
            carried(&GeneratorRecord::new("shop".to_owned(), of_it, GeneratorTrouble::default()))
        });
        let merged = GeneratorRecord::merge("shop", parts.collect()).unwrap();
        prop_assert!(shown(&merged) == shown(&whole), "{merged:?} is not {whole:?}");
    }
}

#[test]
fn trouble_of_one_generator_makes_the_whole_load_invalid() {
    let part = |trouble: Option<&str>| {
        let blame =
            GeneratorTrouble { trouble: trouble.map(str::to_owned), ..GeneratorTrouble::default() };
        carried(&GeneratorRecord::new("shop".to_owned(), record(None, [].iter()), blame))
    };
    let merged =
        GeneratorRecord::merge("shop", vec![part(None), part(Some("no ports")), part(None)])
            .unwrap();
    assert_eq!(merged.schedule, brunt_scenarios::timeline::Schedule::Failed("no ports".to_owned()));
    assert!(GeneratorRecord::merge("shop", vec![]).is_none());
}

#[test]
fn a_record_with_an_invalid_histogram_is_refused() {
    let mut written = serde_json::to_value(GeneratorRecord::new(
        "shop".to_owned(),
        record(None, [].iter()),
        GeneratorTrouble::default(),
    ))
    .unwrap();
    written["lag"] = json!("AAAA");
    assert!(serde_json::from_value::<GeneratorRecord>(written).is_err());
}
