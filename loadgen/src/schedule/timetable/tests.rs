use brunt_scenarios::plan::Ramp;
use proptest::prelude::*;

use super::*;

fn ramp(from: f64, to: f64, seconds: f64) -> Ramp {
    Ramp { from, to, lasts: Duration::from_secs_f64(seconds) }
}

fn all(table: &Timetable) -> Vec<f64> {
    (0..).map_while(|number| table.at(number)).map(|due| due.as_secs_f64()).collect()
}

#[test]
fn a_constant_rate_gives_even_arrivals() {
    let due = all(&Timetable::new(&[ramp(200.0, 200.0, 2.0)]));
    assert_eq!(due.len(), 400);
    for (number, due) in due.iter().enumerate() {
        assert!((due - number as f64 / 200.0).abs() < 1e-9, "{number}: {due}");
    }
}

#[test]
fn rates_that_are_decimal_fractions_make_no_extra_arrival() {
    for rate in [0.1, 0.3, 0.7, 3.3, 33.3, 1234.5] {
        let due = all(&Timetable::new(&[ramp(rate, rate, 10.0)]));
        assert_eq!(due.len() as f64, (rate * 10.0).ceil(), "{rate}");
    }
}

#[test]
fn a_ramp_gets_closer_by_the_square_root() {
    // N(t) = 5 t², so the n-th is due at √(n/5).
    let due = all(&Timetable::new(&[ramp(0.0, 100.0, 10.0)]));
    assert_eq!(due.len(), 500);
    for (number, due) in due.iter().enumerate() {
        assert!((due - (number as f64 / 5.0).sqrt()).abs() < 1e-9, "{number}: {due}");
    }
}

#[test]
fn a_ramp_down_is_a_ramp_up_backwards() {
    // N(t) = 100 t − 5 t²; the last of 500 would be due at the very end, where the rate is 0.
    let due = all(&Timetable::new(&[ramp(100.0, 0.0, 10.0)]));
    assert_eq!(due.len(), 500);
    assert!((due[375] - 5.0).abs() < 1e-9, "{}", due[375]);
}

#[test]
fn a_pause_puts_the_next_arrival_behind_it() {
    let table =
        Timetable::new(&[ramp(10.0, 10.0, 1.0), ramp(0.0, 0.0, 60.0), ramp(10.0, 10.0, 1.0)]);
    let due = all(&table);
    assert_eq!(due.len(), 20);
    assert_eq!((due[9], due[10]), (0.9, 61.0));
    assert_eq!(table.due(Duration::from_secs(30)), 10);
}

#[test]
fn stages_of_hours_keep_their_place() {
    let hour = 3600.0;
    let table = Timetable::new(&[ramp(0.0, 20_000.0, hour), ramp(20_000.0, 20_000.0, 8.0 * hour)]);
    let in_ramp = 36_000_000;
    assert_eq!(table.at(in_ramp), Some(Duration::from_secs(3600)));
    assert_eq!(table.at(in_ramp + 20_000 * 3600), Some(Duration::from_secs(7200)));
    assert_eq!(table.due(Duration::from_secs(7200)), in_ramp + 20_000 * 3600 + 1);
    assert_eq!(table.at(in_ramp + 20_000 * 8 * 3600), None);
}

#[test]
fn nothing_is_due_where_there_are_no_arrivals() {
    for ramps in [vec![], vec![ramp(0.0, 0.0, 10.0)], vec![ramp(5.0, 5.0, 0.0)]] {
        let table = Timetable::new(&ramps);
        assert_eq!(table.at(0), None, "{ramps:?}");
        assert_eq!(table.due(Duration::from_secs(5)), 0, "{ramps:?}");
    }
}

proptest! {
    #[test]
    fn arrivals_are_in_order_and_counted(
        legs in prop::collection::vec((0.0..50.0_f64, 0.0..50.0_f64, 0.1..20.0_f64), 1..5),
    ) {
        let ramps: Vec<_> = legs.iter().map(|(from, to, lasts)| ramp(*from, *to, *lasts)).collect();
        let table = Timetable::new(&ramps);
        let due = all(&table);
        let expected: f64 = legs.iter().map(|(from, to, lasts)| (from + to) / 2.0 * lasts).sum();
        prop_assert!((due.len() as f64 - expected.ceil()).abs() <= 1.0, "{} of {expected}", due.len());
        prop_assert!(due.is_sorted());
        let end: f64 = legs.iter().map(|(.., lasts)| lasts).sum();
        prop_assert!(due.last().is_none_or(|last| *last <= end + 1e-6));
        for (number, due) in due.iter().enumerate() {
            let counted = table.due(Duration::from_secs_f64(due + 1e-4));
            prop_assert!(counted > number as u64, "{counted} at {number}");
        }
    }
}
