use std::collections::BTreeSet;

use super::*;

const MANY: u64 = 2000;

#[test]
fn a_seed_is_one_namespace_and_other_seeds_are_others() {
    assert_eq!(namespace(7), namespace(7));
    let texts: BTreeSet<String> = (0..100).map(|seed| format!("{:?}", namespace(seed))).collect();
    assert!(texts.len() > 90, "{}", texts.len());
}

#[test]
fn every_feature_fault_and_outcome_comes_up() {
    let all: Vec<RandomNamespace> = (0..MANY).map(namespace).collect();
    let features: BTreeSet<&str> = all.iter().flat_map(|one| one.features.clone()).collect();
    assert!(features.len() >= 30, "{features:?}");
    let faults: BTreeSet<&str> = all.iter().map(|one| one.fault.kind).collect();
    assert_eq!(faults.len(), 11, "{faults:?}");
    for must in [Must::Work, Must::BeRefused, Must::Either] {
        let share = all.iter().filter(|one| one.fault.must == must).count();
        assert!(share * 20 > all.len(), "{must:?}: {share} of {MANY}");
    }
}

#[test]
fn what_the_docs_refuse_must_be_refused() {
    let all = (0..MANY).map(namespace);
    let mut refused = 0;
    for one in all.filter(|one| one.fault.kind == "remove") {
        let held = one
            .features
            .iter()
            .any(|feature| ["finalizer", "owner", "whenDeleted: Delete"].contains(feature));
        assert_eq!(one.fault.must == Must::BeRefused, held, "{:?}", one.features);
        refused += u32::from(held);
    }
    assert!(refused > 10, "{refused}");
}

#[test]
fn objects_have_names_of_their_own() {
    for one in (0..MANY).map(namespace) {
        let name = |object: &Value| format!("{} {}", object["kind"], object["metadata"]["name"]);
        let names: BTreeSet<String> = one.objects.iter().map(name).collect();
        assert_eq!(names.len(), one.objects.len(), "{names:?}");
    }
}
