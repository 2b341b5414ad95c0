//! Users: their values, cookies and journeys, in both models.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use brunt_loadgen::{Bound, Job};
use brunt_scenarios::timeline::Window;

use crate::loads::{job, journey, run};
use crate::shop::{Shop, reply};

fn well() -> Shop {
    Shop::start(|seen| {
        Some(reply(200, if seen.path == "/in" { "Set-Cookie: in=1\r\n" } else { "" }, b"{}"))
    })
}

fn repeated(shop: &Shop, each: u64, load: &str) -> brunt_loadgen::LoadOutcome {
    run(Job { bound: Bound::Repetitions(each), ..job(shop, load) })
}

#[test]
fn each_journey_draws_a_feed_row_and_has_its_users_number() {
    let shop = well();
    repeated(
        &shop,
        4,
        "load: [{name: a, closed: {users: 3}, for: 60s, feeds: [{rows: [{who: a, n: 1}, {who: b, n: 2}]}],
           post: '/${user}/${iteration}?${who}', json: {n: '${n}', s: '${sequence}', id: '${uuid}'}}]",
    );
    let seen = shop.seen();
    let bodies: Vec<serde_json::Value> =
        seen.iter().map(|seen| serde_json::from_str(&seen.body).unwrap()).collect();
    let sequence: BTreeSet<u64> = bodies.iter().map(|body| body["s"].as_u64().unwrap()).collect();
    assert_eq!(sequence, (1..=12).collect());
    let ids: BTreeSet<&str> = bodies.iter().map(|body| body["id"].as_str().unwrap()).collect();
    assert!(
        ids.len() == 12 && ids.iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'4'),
        "{ids:?}"
    );
    let fed: Vec<u64> = bodies.iter().map(|body| body["n"].as_u64().unwrap()).collect();
    assert_eq!(fed.iter().filter(|n| **n == 1).count(), 6, "rows come in turn");
    for (seen, n) in seen.iter().zip(fed) {
        assert!(
            seen.path.ends_with(if n == 1 { "?a" } else { "?b" }),
            "a row stays together: {seen:?}"
        );
    }
    let users: BTreeSet<String> =
        seen.iter().map(|seen| seen.path.split('?').next().unwrap().to_owned()).collect();
    let wanted =
        (1..=3).flat_map(|user| (1..=4).map(move |iteration| format!("/{user}/{iteration}")));
    assert_eq!(users, wanted.collect());
}

#[test]
fn a_user_keeps_its_cookies_and_another_has_its_own() {
    let steps = "journeys: [{name: all, steps: [{get: '/first?${user}'}, {get: /in}, {get: \
        '/last?${user}'}]}]";
    let shop = well();
    repeated(&shop, 2, &format!("load: [{{name: a, closed: {{users: 2}}, for: 60s, {steps}}}]"));
    let cookies = |shop: &Shop, path: &str| {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for seen in shop.seen().iter().filter(|seen| seen.path.starts_with(path)) {
            all.entry(seen.path.clone()).or_default().push(seen.header("cookie").to_owned());
        }
        all
    };
    assert!(
        cookies(&shop, "/first").values().all(|sent| *sent == ["", "in=1"]),
        "{:?}",
        cookies(&shop, "/first")
    );
    let shop = well();
    let open = format!("load: [{{name: a, open: {{rate: 20/s}}, for: 500ms, {steps}}}]");
    run(job(&shop, &open));
    let first = cookies(&shop, "/first");
    assert_eq!(first.len(), 10, "each arrival is a user of its own");
    assert!(first.values().all(|sent| *sent == [""]), "{first:?}");
    assert!(cookies(&shop, "/last").values().all(|sent| *sent == ["in=1"]));
}

#[test]
fn journeys_are_drawn_by_their_weights() {
    let shop = well();
    let outcome = repeated(
        &shop,
        500,
        "load: [{name: a, closed: {users: 4}, for: 60s,
           journeys: [{name: often, weight: 9, steps: [{get: /}]}, {name: rare, steps: [{get: /}, {get: /}]}]}]",
    );
    let [often, rare] = outcome.record.journeys.as_slice() else { panic!("two journeys") };
    assert_eq!(often.ok + rare.ok, 2_000);
    // Expected 200 of 2,000, and a standard deviation of 13: beyond eight of them nobody gets by
    // chance.
    assert!((100..300).contains(&rare.ok), "{} of 2000", rare.ok);
    assert_eq!(outcome.totals.ok, often.ok + 2 * rare.ok);
}

#[test]
fn in_the_open_model_only_the_first_step_starts_on_schedule() {
    // A server that takes 100 ms for each request: later steps are due when the ones before have
    // ended.
    let slow = Shop::start(|_| {
        std::thread::sleep(Duration::from_millis(100));
        Some(reply(200, "", b"{}"))
    });
    let load = "load: [{name: a, open: {rate: 20/s}, for: 1s,
        journeys: [{name: all, steps: [{get: /a}, {get: /b, think: 50ms}]}]}]";
    let outcome = run(Job { connections: 1, ..job(&slow, load) });
    // One connection for twenty journeys: the queue shows as latency of first steps.
    let of_step = |number: usize| journey(&outcome).steps[number].latency.quantile(0.9).unwrap();
    assert!(of_step(0) > 300_000, "{}", of_step(0));
    assert!((100_000..300_000).contains(&of_step(1)), "{}", of_step(1));
    let all = journey(&outcome);
    assert_eq!(all.steps[0].ok, 20, "each arrival is made, however late");
    assert!(
        all.unfinished > 0 && all.ok + all.unfinished == 20,
        "no step starts after the end: {all:?}"
    );
    assert_eq!(journey(&outcome).steps[0].lag.quantile(0.5).map(|lag| lag < 50_000), Some(true));
}

#[test]
fn requests_of_the_warm_up_are_made_and_not_counted() {
    let shop = well();
    let load = "load: [{name: a, open: {rate: 100/s}, for: 1s, warmUp: 500ms, post: \
        '/${sequence}', json: {}, key: $.id}]";
    let outcome = run(job(&shop, load));
    assert_eq!((shop.seen().len(), outcome.totals.requests()), (100, 50));
    assert_eq!(outcome.record.unknown, 100, "what may have been accepted counts all the same");
    assert_eq!(outcome.record.lag.len(), 50);
    let early: u64 =
        outcome.record.windows[..2].iter().map(|window| window.ok + Window::failures(window)).sum();
    assert_eq!(early, 0);
    let plain = "load: [{name: a, open: {rate: 100/s}, for: 1s, warmUp: 500ms, get: /}]";
    assert_eq!(run(job(&shop, plain)).totals.ok, 50, "single requests have a warm-up, too");
}

#[test]
fn the_end_cuts_journeys_short_and_counts_them() {
    let shop = well();
    let load = "load: [{name: a, closed: {users: 2}, for: 300ms, journeys: [{name: all, steps: \
        [{get: /a}, {get: /b, think: 1h}]}]}]";
    let outcome = run(job(&shop, load));
    let all = journey(&outcome);
    assert_eq!((all.ok, all.failed, all.unfinished, all.steps[1].skipped), (0, 0, 2, 0));
    assert!(outcome.elapsed < Duration::from_secs(10));
}
