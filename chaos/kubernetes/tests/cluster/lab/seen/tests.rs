use serde_json::json;

use super::*;

fn pod(name: &str, uid: &str, owner: &str, restarts: i32, leaving: bool) -> Sighting {
    let leaves = leaving.then_some("2026-01-01T00:00:00Z");
    let owner = json!([{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": owner,
        "uid": "", "controller": true}]);
    let one = json!({
        "metadata": {"name": name, "uid": uid, "ownerReferences": owner,
            "deletionTimestamp": leaves},
        "status": {"containerStatuses": [{"name": "web", "restartCount": restarts,
            "ready": true, "image": "", "imageID": ""}]},
    });
    Sighting::There("Pod".to_owned(), Box::new(serde_json::from_value(one).unwrap()))
}

fn only(names: &[&str]) -> Sighting {
    Sighting::Only("Pod".to_owned(), names.iter().map(|name| (*name).to_owned()).collect())
}

fn fact(sighting: &Sighting) -> (String, String) {
    let Sighting::There(_, one) = sighting else { panic!() };
    let pod: Pod = one.clone().try_parse().unwrap();
    (format!("Pod {}", pod.name_any()), facts(&pod))
}

#[test]
fn what_went_what_restarted_and_which_strangers_were_touched_is_noted() {
    let job = || pod("job", "j", "other", 0, false);
    let before = Snapshot::from([fact(&job())]);
    let target = Target::new("StatefulSet", "shop");
    let begins = || {
        vec![
            pod("a", "1", "shop", 0, false),
            pod("b", "2", "shop", 0, false),
            job(),
            only(&["a", "b", "job"]),
        ]
    };
    let seen = |more: Vec<Sighting>| evaluate(&[begins(), more].concat(), &before, &target);
    let quiet = seen(vec![job(), pod("a", "1", "shop", 0, false)]);
    assert!(!quiet.anything() && quiet.strangers.is_empty(), "{quiet:?}");
    let hit = seen(vec![
        pod("b", "2", "shop", 1, false),
        pod("a", "1", "shop", 0, true),
        Sighting::Gone("Pod".to_owned(), "a".to_owned()),
        pod("a", "3", "shop", 0, false),
        pod("c", "4", "shop", 0, false),
        pod("job", "j", "other", 1, false),
    ]);
    assert_eq!((hit.gone, hit.fewest, hit.most), (1, 1, 3));
    assert_eq!(hit.restarted, BTreeSet::from(["web".to_owned()]));
    assert_eq!(hit.strangers, BTreeSet::from(["Pod job".to_owned()]));
    // What a broken watch has not told.
    let lost = seen(vec![pod("a", "1", "shop", 0, false), only(&["a"])]);
    assert_eq!((lost.gone, lost.fewest), (1, 1));
    assert_eq!(lost.strangers, BTreeSet::from(["Pod job".to_owned()]));
}

#[test]
fn what_a_run_adds_for_itself_is_no_change() {
    assert!(is_the_runs_own("brunt-shop-1234"));
    assert!(!is_the_runs_own("shop"));
}
