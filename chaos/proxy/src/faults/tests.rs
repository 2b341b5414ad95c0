use std::time::Duration;

use brunt_scenarios::plan::{AbortStatus, ByteScope};

use super::chance::uniform;
use super::*;

fn anywhere() -> EndpointAddress {
    EndpointAddress::local(1)
}

fn latency(text: &str) -> EdgeFault {
    EdgeFault::Latency {
        delay: text.parse().unwrap(),
        pick: Pick::All,
        scope: ByteScope::default(),
    }
}

fn bandwidth(direction: EdgeDirection, bytes_per_second: u64) -> EdgeFault {
    let scope = ByteScope { direction, share: 1.0 };
    EdgeFault::Bandwidth { bytes_per_second: bytes_per_second.try_into().unwrap(), scope }
}

fn hits_of(faults: &ActiveFaults, id: FaultId) -> Option<u64> {
    faults.recover(id).map(|ended| ended.hits)
}

#[test]
fn latencies_add_up_and_each_counts_its_hits() {
    let faults = ActiveFaults::default();
    let one = faults.inject(latency("100ms"), vec![], 7);
    let two = faults.inject(latency("50ms"), vec![], 7);
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Delay(Duration::from_millis(150)));
    assert_eq!(hits_of(&faults, one), Some(1));
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Delay(Duration::from_millis(50)));
    assert_eq!(hits_of(&faults, two), Some(2));
    assert_eq!(hits_of(&faults, two), None);
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Forward);
}

#[test]
fn a_latency_between_two_bounds_is_drawn_from_all_of_the_range() {
    let (low, high) = (Duration::from_millis(10), Duration::from_millis(20));
    let drawn: Vec<_> = (0..200).map(|_| uniform(low, high)).collect();
    assert!(drawn.iter().all(|delay| (low..=high).contains(delay)));
    assert!(drawn.iter().any(|delay| *delay < Duration::from_millis(13)));
    assert!(drawn.iter().any(|delay| *delay > Duration::from_millis(17)));
}

#[test]
fn a_latency_of_one_replica_stays_with_that_replica() {
    let faults = ActiveFaults::default();
    let endpoints: Vec<EndpointAddress> = (1..=5).map(EndpointAddress::local).collect();
    let one = EdgeFault::Latency {
        delay: "100ms".parse().unwrap(),
        pick: Pick::One,
        scope: ByteScope::default(),
    };
    faults.inject(one, endpoints.clone(), 7);
    let is_slow = |endpoint: &&EndpointAddress| {
        faults.on_reply(endpoint) == ReplyAction::Delay(Duration::from_millis(100))
    };
    let slow: Vec<&EndpointAddress> = endpoints.iter().filter(is_slow).collect();
    assert_eq!(slow.len(), 1);
    assert_eq!(endpoints.iter().filter(is_slow).collect::<Vec<_>>(), slow);
    let added_later = EndpointAddress::local(6);
    assert_eq!(faults.on_reply(&added_later), ReplyAction::Forward);
}

#[test]
fn with_the_same_seed_the_same_hosts_are_picked_at_each_of_their_ports() {
    let at = |port: u16, hosts: [&str; 4]| {
        hosts.map(|one| EndpointAddress::at(&format!("{one}:{port}")))
    };
    let hosts = ["10.0.0.9", "10.0.0.10", "10.0.0.1", "10.0.0.11"];
    let others = ["10.0.0.1", "10.0.0.9", "10.0.0.11", "10.0.0.10"];
    let half = EdgeFault::Latency {
        delay: "1s".parse().unwrap(),
        pick: Pick::Share("50%".parse().unwrap()),
        scope: ByteScope::default(),
    };
    for seed in 0..20 {
        let picked_at = |port: u16, hosts| {
            let picked = picked(half, at(port, hosts).to_vec(), seed).unwrap();
            let mut hosts: Vec<String> =
                picked.iter().map(|one| one.authority().replace(&format!(":{port}"), "")).collect();
            hosts.sort();
            hosts
        };
        assert_eq!(picked_at(80, hosts), picked_at(8081, others));
    }
}

#[test]
fn an_abort_of_a_share_hits_about_that_share_of_the_requests() {
    let faults = ActiveFaults::default();
    let id =
        faults.inject(EdgeFault::Abort { status: AbortStatus::Http(503), share: 0.25 }, vec![], 7);
    let aborted = (0..4000)
        .filter(|_| faults.on_request(false) == RequestAction::Abort(AbortStatus::Http(503)))
        .count();
    assert!((800..1200).contains(&aborted), "{aborted} of 4000");
    assert_eq!(hits_of(&faults, id), Some(aborted as u64));
}

#[test]
fn a_cut_hits_no_replies_and_a_lost_reply_hits_no_requests() {
    let faults = ActiveFaults::default();
    let cut = faults.inject(EdgeFault::Cut, vec![], 7);
    assert_eq!(faults.on_request(false), RequestAction::Reset);
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Forward);
    faults.recover(cut);
    faults.inject(EdgeFault::LostReply { share: 1.0 }, vec![], 7);
    assert_eq!(faults.on_request(false), RequestAction::Forward);
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Drop);
}

#[test]
fn a_refusal_hits_new_connections_and_neither_requests_nor_replies() {
    let faults = ActiveFaults::default();
    assert!(!faults.refuse_connection());
    let refuse = faults.inject(EdgeFault::Refuse, vec![], 7);
    assert_eq!(faults.on_request(false), RequestAction::Forward);
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Forward);
    assert!(faults.refuse_connection());
    assert_eq!(hits_of(&faults, refuse), Some(1));
    assert!(!faults.refuse_connection());
}

#[test]
fn the_lowest_of_several_bandwidths_counts_and_each_has_its_hits() {
    let faults = ActiveFaults::default();
    let rate = |direction| faults.limit(direction).map(|limit| limit.bytes_per_second().get());
    let wide = faults.inject(bandwidth(EdgeDirection::Reply, 2000), vec![], 7);
    let narrow = faults.inject(bandwidth(EdgeDirection::Reply, 1000), vec![], 7);
    assert_eq!(rate(EdgeDirection::Reply), Some(1000));
    assert_eq!(rate(EdgeDirection::Request), None);
    assert_eq!(hits_of(&faults, narrow), Some(1));
    assert_eq!(rate(EdgeDirection::Reply), Some(2000));
    assert_eq!(hits_of(&faults, wide), Some(2));
    assert_eq!(rate(EdgeDirection::Reply), None);
}

#[test]
fn a_bandwidth_comes_on_top_of_a_latency() {
    let faults = ActiveFaults::default();
    faults.inject(bandwidth(EdgeDirection::Reply, 1000), vec![], 7);
    faults.inject(latency("100ms"), vec![], 7);
    assert_eq!(faults.on_request(false), RequestAction::Forward);
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Delay(Duration::from_millis(100)));
    assert!(faults.limit(EdgeDirection::Reply).is_some());
}

#[test]
fn faults_in_force_are_listed_for_the_log() {
    let faults = ActiveFaults::default();
    assert_eq!(faults.to_string(), "no fault");
    faults.inject(EdgeFault::Cut, vec![], 7);
    faults.inject(EdgeFault::HalfOpen, vec![], 7);
    assert_eq!(faults.to_string(), format!("{}, {}", EdgeFault::Cut, EdgeFault::HalfOpen));
}

#[test]
fn a_latency_of_requests_hits_no_replies_and_one_of_both_hits_each() {
    let faults = ActiveFaults::default();
    let of = |direction| EdgeFault::Latency {
        delay: "10ms".parse().unwrap(),
        pick: Pick::All,
        scope: ByteScope { direction, share: 1.0 },
    };
    let requests = faults.inject(of(EdgeDirection::Request), vec![], 7);
    assert_eq!(faults.request_delay(), Duration::from_millis(10));
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Forward);
    faults.inject(of(EdgeDirection::Both), vec![], 7);
    assert_eq!(faults.request_delay(), Duration::from_millis(20));
    assert_eq!(faults.on_reply(&anywhere()), ReplyAction::Delay(Duration::from_millis(10)));
    assert_eq!(hits_of(&faults, requests), Some(2));
}

#[test]
fn a_latency_of_a_share_hits_about_that_share_of_the_replies() {
    let faults = ActiveFaults::default();
    let scope = ByteScope { share: 0.25, ..ByteScope::default() };
    let delay = "10ms".parse().unwrap();
    let id = faults.inject(EdgeFault::Latency { delay, pick: Pick::All, scope }, vec![], 7);
    let late = (0..4000).filter(|_| faults.on_reply(&anywhere()) != ReplyAction::Forward).count();
    assert!((800..1200).contains(&late), "{late} of 4000");
    assert_eq!(hits_of(&faults, id), Some(late as u64));
}
