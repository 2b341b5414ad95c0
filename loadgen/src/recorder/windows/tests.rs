use super::*;

const SECOND: u64 = 1_000_000;

fn windows(seconds: u64) -> Windows {
    Windows::new(Some(Duration::from_secs(seconds)))
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
    windows.count(0, None, Some(10));
    windows.count(900_000, Some(Failure::Reset), None);
    windows.count(300_000, Some(Failure::Timeout), Some(5 * SECOND));
    windows.count(300_001, None, Some(5 * SECOND + 1));
    let (windows, length) = windows.finish();
    assert_eq!(length, 0.25);
    insta::assert_json_snapshot!(windows);
}

#[test]
fn a_run_of_unknown_length_widens_its_windows() {
    let mut windows = Windows::new(None);
    for second in 0..10_000 {
        windows.count(second * SECOND, None, Some(second));
    }
    let (windows, length) = windows.finish();
    assert_eq!(length, 32.0);
    assert_eq!(windows.len(), 313);
    assert!(windows.iter().take(312).all(|window| window.ok == 32));
    assert_eq!(windows.iter().map(|window| window.latency.len()).sum::<u64>(), 10_000);
    assert_eq!(windows[312].start, 9984.0);
}

#[test]
fn threads_add_up_whatever_their_windows() {
    let mut one = Windows::new(None);
    let mut other = Windows::new(None);
    one.count(0, None, Some(7));
    other.count(0, Some(Failure::Status(500)), Some(7));
    other.count(400 * SECOND, None, Some(9));
    one.merge(other);
    one.count(401 * SECOND, None, Some(3));
    let (windows, length) = one.finish();
    assert_eq!(length, 1.0);
    assert_eq!((windows[0].ok, windows[0].failures()), (1, 1));
    assert_eq!(windows[0].latency, Counts(vec![(7, 2)]));
    assert_eq!((windows[400].ok, windows[401].ok), (1, 1));
}

#[test]
fn late_replies_are_counted_like_timely_ones() {
    let (mut timely, mut late) = (windows(60), windows(60));
    for number in 0..1000 {
        timely.count(0, None, Some(number * 977));
    }
    late.count(59 * SECOND, None, Some(1));
    for number in 0..1000 {
        late.count(0, None, Some(number * 977));
    }
    assert_eq!(timely.finish().0[0].latency, late.finish().0[0].latency);
}
