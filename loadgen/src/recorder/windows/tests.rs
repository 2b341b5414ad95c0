use super::*;

const SECOND: u64 = 1_000_000;

fn windows(seconds: u64) -> WindowCounts {
    WindowCounts::new(Some(Duration::from_secs(seconds)))
}

/// A request that was sent when it was meant to be.
fn took(latency: u64) -> Option<CountedTime> {
    Some(CountedTime { latency, from_sent: latency })
}

#[test]
fn window_lengths_bound_their_number() {
    let of = |seconds| length(Some(Duration::from_secs(seconds)));
    assert_eq!(of(1), Duration::from_millis(250));
    assert_eq!(of(60), Duration::from_millis(250));
    assert_eq!(of(61), Duration::from_secs(1));
    assert_eq!(of(600), Duration::from_secs(1));
    assert_eq!(of(3600), Duration::from_secs(6));
    assert_eq!(length(None), Duration::from_millis(250));
}

#[test]
fn requests_belong_where_they_were_meant_to_start() {
    let mut windows = windows(1);
    windows.count(0, None, took(10));
    windows.count(900_000, Some(Failure::Reset), None);
    windows.count(300_000, Some(Failure::Timeout), took(5 * SECOND));
    windows.count(300_001, None, took(5 * SECOND + 1));
    for sent in [0, 900_000, 300_000, 300_001] {
        windows.count_sent(sent);
    }
    let (windows, length) = windows.finish();
    assert_eq!(length, 0.25);
    insta::assert_json_snapshot!(windows);
}

#[test]
fn a_run_of_unknown_length_widens_its_windows() {
    let mut windows = WindowCounts::new(None);
    for second in 0..10_000 {
        windows.count(second * SECOND, None, took(second));
    }
    let (windows, length) = windows.finish();
    assert_eq!(length, 32.0);
    assert_eq!(windows.len(), 313);
    assert!(windows.iter().take(312).all(|window| window.ok == 32));
    assert_eq!(windows.iter().map(|window| window.latency.len()).sum::<u64>(), 10_000);
    assert_eq!(windows[312].start, 9984.0);
}

#[test]
fn windows_of_different_lengths_are_merged() {
    let mut one = WindowCounts::new(None);
    let mut other = WindowCounts::new(None);
    one.count(0, None, took(7));
    other.count(0, Some(Failure::Status(500)), took(7));
    other.count(400 * SECOND, None, took(9));
    one.merge(other);
    one.count(401 * SECOND, None, took(3));
    let (windows, length) = one.finish();
    assert_eq!(length, 1.0);
    assert_eq!((windows[0].ok, windows[0].failures()), (1, 1));
    assert_eq!(windows[0].latency, SparseHistogram::from(vec![(7, 2)]));
    assert_eq!((windows[400].ok, windows[401].ok), (1, 1));
}

#[test]
fn late_replies_have_the_same_quantiles_as_timely_ones() {
    let (mut timely, mut late) = (windows(60), windows(60));
    for number in 0..1000 {
        timely.count(0, None, took(number * 977));
    }
    late.count(59 * SECOND, None, took(1));
    for number in 0..1000 {
        late.count(0, None, took(number * 977));
    }
    assert_eq!(timely.finish().0[0].latency, late.finish().0[0].latency);
}

#[test]
fn memory_is_bounded_however_many_requests_and_hours() {
    let kept = |requests: u64| {
        let mut windows = WindowCounts::new(None);
        for number in 0..requests {
            // 200 a second, from 0.1 to 100 ms.
            windows.count(number * SECOND / 200, None, took(100 + number % 1000 * 100));
        }
        let windows = windows.finish().0;
        assert!(windows.len() <= MOST);
        assert_eq!(windows.iter().map(|window| window.ok).sum::<u64>(), requests);
        windows.iter().map(|window| window.latency.iter().count()).sum::<usize>()
    };
    let distinct = {
        let mut all = histogram();
        (0..1000).for_each(|number| all.saturating_record(100 + number * 100));
        SparseHistogram::of(&all).iter().count()
    };
    let [short, long] = [200_000, 600_000].map(kept);
    assert!(
        short <= MOST * distinct && long <= MOST * distinct,
        "{short}, {long} of {distinct} values"
    );
}

#[test]
fn times_from_when_requests_were_sent_are_kept_where_they_differ() {
    let late = |latency, from_sent| Some(CountedTime { latency, from_sent });
    let mut windows = windows(1);
    windows.count(0, None, took(400));
    windows.count(0, None, late(900, 100));
    windows.count(250_000, None, took(500));
    windows.count(250_000, None, late(80_000, 600));
    windows.count(500_000, None, took(700));
    // The last one's latencies are a whole histogram, those of the others are sparse.
    windows.count(0, Some(Failure::Timeout), late(70_000, 0));
    windows.count(500_000, None, late(2_000_000, 800));
    let windows = windows.finish().0;
    let from_sent = |place: usize| windows[place].from_sent.clone().map(Vec::from);
    assert_eq!(from_sent(0), Some(vec![(0, 1), (400, 1), (900, 1)]), "to a millisecond");
    assert_eq!(from_sent(1), Some(vec![(500, 1), (600, 1)]));
    assert_eq!(from_sent(2), Some(vec![(700, 1), (800, 1)]));
    let latency: Vec<u64> = windows.iter().map(|window| window.latency.len()).collect();
    assert_eq!(latency, [3, 2, 2]);
}

#[test]
fn what_was_sent_in_a_window_is_counted_apart_from_what_was_meant_for_it() {
    let mut windows = windows(1);
    for (intended, sent) in [(0, 0), (100_000, 300_000), (300_000, 310_000), (600_000, 600_000)] {
        windows.count(intended, None, took(10));
        windows.count_sent(sent);
    }
    let windows = windows.finish().0;
    assert_eq!(
        windows.iter().map(|window| window.sent).collect::<Vec<_>>(),
        [Some(1), Some(2), None]
    );
    assert_eq!(windows.iter().map(Window::sent).sum::<u64>(), 4);
}
