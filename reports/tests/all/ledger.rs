//! Ledgers: lost and duplicated.

use brunt_reports::Judgement::{self, Fail, Inconclusive, Pass};
use brunt_scenarios::plan::{
    Claim, Effects, ItemsPath, JsonPath, KeyedCollection, Ledger, RequestTarget,
};
use brunt_scenarios::timeline::{CheckId, KeySample, LedgerRecord, Timeline};

use crate::fixture::{judged, only, plan, secs, timeline};

fn keys(some: &[&str]) -> KeySample {
    KeySample { count: some.len() as u64, some: some.iter().map(|key| (*key).to_owned()).collect() }
}

fn clean() -> LedgerRecord {
    LedgerRecord {
        check: CheckId(0),
        accepted: 500,
        unknown: 0,
        effects: 500,
        missing: KeySample::default(),
        unfinished: KeySample::default(),
        repeated: KeySample::default(),
        unasked: KeySample::default(),
        objection: None,
        earlier_trouble: None,
        after: 1.25,
        trouble: None,
    }
}

fn claim(lost: u64, duplicated: u64) -> Claim {
    Claim::Ledger(Ledger {
        of: "orders".to_owned(),
        effects: Effects {
            rows: KeyedCollection {
                target: RequestTarget { service: "gateway".to_owned(), path: "/orders".to_owned() },
                items: ItemsPath::Each(JsonPath::parse("$[*]").expect("a path")),
                key: JsonPath::parse("$.id").expect("a path"),
            },
            json: vec![],
        },
        lost,
        duplicated,
        within: secs(10),
    })
}

fn of(record: Option<LedgerRecord>, lost: u64, duplicated: u64) -> (Judgement, Judgement) {
    let plan = plan(vec![claim(lost, duplicated)]);
    let timeline = Timeline { ledgers: record.into_iter().collect(), ..timeline() };
    (judged(&plan, &timeline, "ledger.lost"), judged(&plan, &timeline, "ledger.duplicated"))
}

#[test]
fn a_ledger_with_each_command_exactly_once_passes() {
    assert_eq!(of(Some(clean()), 0, 0), (Pass, Pass));
}

#[test]
fn missing_and_unfinished_effects_are_lost() {
    let objection = Some("8: $.status is \"Open\", not \"Done\"".to_owned());
    let unfinished = keys(&["8", "9"]);
    let record = LedgerRecord { missing: keys(&["7"]), unfinished, objection, ..clean() };
    assert_eq!(of(Some(record.clone()), 2, 0), (Fail, Pass));
    assert_eq!(of(Some(record.clone()), 3, 0), (Pass, Pass));
    let timeline = Timeline { ledgers: vec![record], ..timeline() };
    insta::assert_snapshot!(only(&plan(vec![claim(0, 0)]), &timeline, "ledger.lost").evidence);
}

#[test]
fn effects_beyond_the_requests_without_a_reply_are_duplicates() {
    let record = LedgerRecord {
        unasked: keys(&["1", "2", "3"]),
        unknown: 2,
        repeated: keys(&["4"]),
        ..clean()
    };
    assert_eq!(of(Some(record.clone()), 0, 1), (Pass, Fail));
    assert_eq!(of(Some(record), 0, 2), (Pass, Pass));
}

#[test]
fn effects_that_may_have_been_there_before_are_no_proof_of_duplicates() {
    let earlier_trouble = Some("status 503".to_owned());
    let record = LedgerRecord { unasked: keys(&["1", "2"]), earlier_trouble, ..clean() };
    assert_eq!(of(Some(record.clone()), 0, 0), (Pass, Inconclusive));
    assert_eq!(of(Some(record.clone()), 0, 2), (Pass, Pass));
    let doubled = LedgerRecord { repeated: keys(&["3"]), ..record.clone() };
    assert_eq!(of(Some(doubled), 0, 0), (Pass, Fail), "that one is too many by itself");
    let known = LedgerRecord { earlier_trouble: None, ..record };
    assert_eq!(of(Some(known), 0, 0), (Pass, Fail));
}

#[test]
fn a_ledger_without_accepted_commands_or_a_readable_record_is_inconclusive() {
    let nothing = LedgerRecord { accepted: 0, effects: 0, ..clean() };
    assert_eq!(of(Some(nothing), 0, 0), (Inconclusive, Inconclusive));
    let trouble = LedgerRecord { trouble: Some("status 503".to_owned()), ..clean() };
    assert_eq!(of(Some(trouble), 0, 0), (Inconclusive, Inconclusive));
    assert_eq!(of(None, 0, 0), (Inconclusive, Inconclusive));
    let of_another = LedgerRecord { check: CheckId(1), ..clean() };
    assert_eq!(of(Some(of_another), 0, 0), (Inconclusive, Inconclusive));
}
