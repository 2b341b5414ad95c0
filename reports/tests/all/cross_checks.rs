//! Sagas and views.

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{Canceled, Claim, Saga};
use brunt_scenarios::timeline::{AgreementRecord, CheckId, KeySample, Timeline};

use crate::fixture::{judged, only, plan, secs, timeline};

fn record(keys: u64, wrong: [u64; 3], trouble: Option<&str>) -> AgreementRecord {
    let some = |count| KeySample {
        count,
        some: (0..count).map(|key| format!("{key}: it is not so")).collect(),
    };
    let [missing, different, unasked] = wrong.map(some);
    let trouble = trouble.map(str::to_owned);
    AgreementRecord { check: CheckId(0), keys, missing, different, unasked, after: 1.5, trouble }
}

fn claim() -> Claim {
    Claim::Saga(Saga {
        canceled: Canceled::By("orders".to_owned()),
        compensated: vec![],
        within: secs(5),
    })
}

fn saga(record: Option<AgreementRecord>) -> Judgement {
    let timeline = Timeline { agreements: record.into_iter().collect(), ..timeline() };
    judged(&plan(vec![claim()]), &timeline, "saga")
}

#[test]
fn an_agreement_with_one_wrong_key_fails() {
    assert_eq!(saga(Some(record(9, [0, 0, 0], None))), Pass);
    for wrong in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] {
        assert_eq!(saga(Some(record(9, wrong, None))), Fail, "{wrong:?}");
    }
    assert_eq!(saga(Some(record(0, [0, 0, 1], None))), Fail, "a view with rows and no source");
}

#[test]
fn an_agreement_without_keys_or_readings_is_inconclusive() {
    assert_eq!(saga(None), Inconclusive);
    assert_eq!(saga(Some(record(0, [0, 0, 0], None))), Inconclusive);
    assert_eq!(saga(Some(record(9, [0, 0, 0], Some("order/orders answered 503")))), Inconclusive);
}

#[test]
fn the_evidence_of_an_agreement_names_the_wrong_keys() {
    let timeline = Timeline { agreements: vec![record(1_200, [0, 2, 0], None)], ..timeline() };
    let found = only(&plan(vec![claim()]), &timeline, "saga");
    assert_eq!(
        found.evidence,
        "1,200 keys, last read 1.5s after load and faults: 0 missing, 2 not as they must be (0: it \
         is not so; 1: it is not so), 0 that should not be there."
    );
}
