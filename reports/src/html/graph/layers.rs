//! Which column and row each service is drawn in: callers left of callees, few lines that cross.

/// A column, and a row in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerPosition {
    pub column: usize,
    pub row: usize,
}

/// A layout of so many services.
pub struct Layers {
    /// What stands in each column, from above: services, and places through which a
    /// longer line passes.
    pub columns: Vec<Vec<usize>>,
    /// Of each service.
    pub places: Vec<LayerPosition>,
    /// Of each call, from its caller through what it passes to its callee.
    pub routes: Vec<Vec<LayerPosition>>,
}

/// How often rows are put in a better order.
const SWEEPS: usize = 8;

impl Layers {
    /// For calls between services that are given by their numbers.
    pub fn of(services: usize, calls: &[(usize, usize)]) -> Self {
        let levels = levels(services, calls);
        let mut columns = vec![vec![]; levels.iter().max().map_or(0, |most| most + 1)];
        levels.iter().enumerate().for_each(|(service, level)| columns[*level].push(service));
        // Numbers from `services` on are passages.
        let mut next = services;
        let mut chains = vec![];
        for (from, to) in calls {
            let mut chain = vec![*from];
            for column in columns.iter_mut().take(levels[*to]).skip(levels[*from] + 1) {
                column.push(next);
                chain.push(next);
                next += 1;
            }
            chain.push(*to);
            chains.push(chain);
        }
        let pairs: Vec<(usize, usize)> = chains
            .iter()
            .flat_map(|chain| chain.windows(2))
            .map(|pair| (pair[0], pair[1]))
            .collect();
        for sweep in 0..SWEEPS {
            order(&mut columns, &pairs, next, sweep % 2 == 0);
        }
        let places = places(&columns, next);
        let routes =
            chains.iter().map(|chain| chain.iter().map(|one| places[*one]).collect()).collect();
        Self { routes, places: places[..services].to_vec(), columns }
    }

    /// The most rows of a column.
    pub fn rows(&self) -> f64 {
        self.columns.iter().map(Vec::len).max().unwrap_or(0) as f64
    }
}

// One more than the caller's, at most one for each service, so that calls in a circle come
// to an end.
fn levels(services: usize, calls: &[(usize, usize)]) -> Vec<usize> {
    let mut levels = vec![0; services];
    for _ in 0..services {
        for (from, to) in calls {
            if levels[*to] <= levels[*from] && levels[*from] + 1 < services {
                levels[*to] = levels[*from] + 1;
            }
        }
    }
    // A service without callers and callees stands with the callees, not beside the outside.
    let alone = |service: usize| !calls.iter().any(|(from, to)| *from == service || *to == service);
    let last = levels.iter().copied().max().unwrap_or(0);
    (0..services)
        .filter(|service| alone(*service))
        .for_each(|service| levels[service] = last.min(2));
    let mut used: Vec<usize> = levels.clone();
    used.sort_unstable();
    used.dedup();
    levels.iter().map(|level| used.iter().position(|one| one == level).unwrap_or(0)).collect()
}

/// Puts each column in the order of the middles of what its members are joined to on the left, or
/// on the right.
fn order(columns: &mut [Vec<usize>], pairs: &[(usize, usize)], all: usize, to_the_right: bool) {
    let number = columns.len();
    let each: Vec<usize> = if to_the_right {
        (1..number).collect()
    } else {
        (0..number.saturating_sub(1)).rev().collect()
    };
    for column in each {
        let places = places(columns, all);
        let share = |one: usize| {
            let place = places[one];
            (place.row as f64 + 0.5) / columns[place.column].len() as f64
        };
        let middle = |member: usize| {
            let joined = pairs.iter().filter_map(|(from, to)| match to_the_right {
                true => (*to == member).then_some(*from),
                false => (*from == member).then_some(*to),
            });
            let shares: Vec<f64> = joined.map(share).collect();
            if shares.is_empty() {
                share(member)
            } else {
                shares.iter().sum::<f64>() / shares.len() as f64
            }
        };
        let mut sorted: Vec<(f64, usize)> =
            columns[column].iter().map(|member| (middle(*member), *member)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        columns[column] = sorted.into_iter().map(|(_, member)| member).collect();
    }
}

fn places(columns: &[Vec<usize>], all: usize) -> Vec<LayerPosition> {
    let mut places = vec![LayerPosition { column: 0, row: 0 }; all];
    for (column, members) in columns.iter().enumerate() {
        for (row, member) in members.iter().enumerate() {
            places[*member] = LayerPosition { column, row };
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_stand_left_of_callees() {
        let layers = Layers::of(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        assert_eq!(
            layers.places.iter().map(|place| place.column).collect::<Vec<_>>(),
            [0, 1, 2, 3]
        );
        assert_eq!(layers.routes[3].len(), 4, "the long call passes beside the two in between");
        assert_ne!(layers.routes[3][1], layers.places[1]);
    }

    #[test]
    fn calls_in_a_circle_come_to_an_end() {
        let layers = Layers::of(2, &[(0, 1), (1, 0)]);
        assert_eq!(layers.places.len(), 2);
        assert!(layers.routes.iter().all(|route| route.len() == 2));
    }

    #[test]
    fn lines_do_not_cross_without_need() {
        let layers = Layers::of(6, &[(0, 1), (0, 2), (1, 5), (2, 4), (0, 3)]);
        let row = |service: usize| layers.places[service].row;
        assert_eq!(row(1) < row(2), row(5) < row(4));
    }
}
