//! Sagas and views.

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Canceled, Claim};
use brunt_scenarios::timeline::{AgreementRecord, KeySample, Timeline};

use crate::fixture::{judged, only, plan, secs, timeline};

fn record(keys: u64, wrong: [u64; 3], trouble: Option<&str>) -> AgreementRecord {
    let some = |count| KeySample {
        count,
        some: (0..count).map(|key| format!("{key}: it is not so")).collect(),
    };
    let [missing, different, unasked] = wrong.map(some);
    let trouble = trouble.map(str::to_owned);
    AgreementRecord { check: 0, keys, missing, different, unasked, after: 1.5, trouble }
}

fn claim() -> Claim {
    Claim::Saga {
        called_off: Canceled::By("orders".to_owned()),
        compensated: vec![],
        within: secs(5),
    }
}

fn saga(record: Option<AgreementRecord>) -> Judgement {
    let timeline = Timeline { agreements: record.into_iter().collect(), ..timeline() };
    judged(&plan(vec![claim()]), &timeline, "saga")
}

#[test]
fn one_key_that_is_wrong_is_a_fail() {
    assert_eq!(saga(Some(record(9, [0, 0, 0], None))), Pass);
    for wrong in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] {
        assert_eq!(saga(Some(record(9, wrong, None))), Fail, "{wrong:?}");
    }
    assert_eq!(saga(Some(record(0, [0, 0, 1], None))), Fail, "a view with rows and no source");
}

#[test]
fn without_keys_or_readings_nothing_is_known() {
    assert_eq!(saga(None), Inconclusive);
    assert_eq!(saga(Some(record(0, [0, 0, 0], None))), Inconclusive);
    assert_eq!(saga(Some(record(9, [0, 0, 0], Some("order/orders answered 503")))), Inconclusive);
}

#[test]
fn the_evidence_names_what_is_wrong() {
    let timeline = Timeline { agreements: vec![record(1_200, [0, 2, 0], None)], ..timeline() };
    let found = only(&plan(vec![claim()]), &timeline, "saga");
    assert_eq!(
        found.evidence,
        "1,200 keys, last read 1.5s after load and faults: 0 missing, 2 not as they must be (0: it is not so; 1: it is not so), 0 that should not be there."
    );
}
