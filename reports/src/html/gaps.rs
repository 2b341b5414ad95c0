//! Times in which changes to services were not observed.

use brunt_scenarios::timeline::Gap;

use super::breakers::Stretch;
use super::clock::Clock;
use crate::format;

pub fn all(clock: &Clock, gaps: &[Gap]) -> Vec<Stretch> {
    let stretch = |gap: &Gap| {
        let (from, wide) = clock.stretch(gap.from.0, gap.to.map_or(clock.end, |to| to.0));
        let until = gap.to.map_or("the end".to_owned(), |to| format::moment(to.0));
        let title = format!("from {} to {until}: {}", format::moment(gap.from.0), gap.what);
        Stretch { from, wide, class: "gap", title }
    };
    gaps.iter().filter(|gap| gap.to.is_none_or(|to| to.0 >= clock.start)).map(stretch).collect()
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::timeline::{GapKind, Moment};

    use super::*;

    #[test]
    fn a_gap_without_an_end_reaches_to_the_end() {
        let gap = |from, to: Option<f64>| Gap {
            from: Moment(from),
            to: to.map(Moment),
            what: "the watch was restarted".to_owned(),
            kind: GapKind::Unseen,
        };
        let clock = Clock { start: 0.0, end: 10.0, known: 10.0 };
        let drawn = all(&clock, &[gap(-5.0, Some(-4.0)), gap(2.0, Some(3.0)), gap(6.0, None)]);
        let places: Vec<(f64, f64)> = drawn.iter().map(|one| (one.from, one.wide)).collect();
        assert_eq!(places, [(20.0, 10.0), (60.0, 40.0)]);
        assert!(
            drawn[1].title.ends_with("to the end: the watch was restarted"),
            "{}",
            drawn[1].title
        );
    }
}
