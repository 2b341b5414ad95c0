//! Where the labels of calls stand: between two columns, where no box is, and none over another.

/// Pixels: a line of a label, what is left free between two labels and at both sides, and how wide
/// a character is at most.
const LINE: f64 = 14.0;
const APART: f64 = 4.0;
const BESIDE: f64 = 12.0;
const CHARACTER: f64 = 6.4;

/// A line of a label, in pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeLabel {
    pub x: f64,
    pub y: f64,
    pub text: String,
}

/// How much room the longest line takes.
pub fn width(labels: &[Vec<String>]) -> f64 {
    let longest = labels.iter().flatten().map(|line| line.chars().count()).max().unwrap_or(0);
    longest as f64 * CHARACTER + 2.0 * BESIDE
}

/// Places labels near the middles of their lines, moved up or down as far as needed, in gaps of
/// this width. What does not fit is cut.
pub fn place_labels(
    labels: &[Vec<String>],
    middles: &[(f64, f64)],
    gap: f64,
) -> Vec<Vec<EdgeLabel>> {
    let fits = ((gap - 2.0 * BESIDE) / CHARACTER) as usize;
    let mut order: Vec<usize> = (0..labels.len()).filter(|one| !labels[*one].is_empty()).collect();
    // By gap, then from above.
    order.sort_by(|a, b| {
        let ((ax, ay), (bx, by)) = (middles[*a], middles[*b]);
        ax.total_cmp(&bx).then(ay.total_cmp(&by))
    });
    let mut placed = vec![vec![]; labels.len()];
    let mut taken: Option<(f64, f64)> = None;
    for one in order {
        let ((x, y), lines) = (middles[one], &labels[one]);
        let high = lines.len() as f64 * LINE;
        let free = taken.filter(|(other, _)| *other == x).map_or(0.0, |(_, bottom)| bottom + APART);
        let top = (y - high / 2.0).max(free);
        taken = Some((x, top + high));
        let line = |(row, text): (usize, &String)| EdgeLabel {
            x,
            y: top + (row as f64 + 0.5) * LINE,
            text: cut(text, fits),
        };
        placed[one] = lines.iter().enumerate().map(line).collect();
    }
    placed
}

/// The text, cut where it has more characters than this.
pub fn cut(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_one_gap_do_not_cover_one_another() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let labels =
            [lines(&["600"]), lines(&["1,200", "⚡ latency 300ms"]), lines(&[]), lines(&["7"])];
        let placed = place_labels(
            &labels,
            &[(50.0, 30.0), (50.0, 32.0), (50.0, 31.0), (250.0, 30.0)],
            140.0,
        );
        let y: Vec<f64> = placed.iter().flatten().map(|label| label.y).collect();
        assert_eq!(y, [30.0, 48.0, 62.0, 30.0]);
        assert!(placed[2].is_empty());
    }

    #[test]
    fn labels_are_no_wider_than_the_gap() {
        let labels = [vec!["⚡ latency 300ms of one of the replicas".to_owned()]];
        assert!(width(&labels) > 200.0);
        let placed = place_labels(&labels, &[(0.0, 20.0)], 120.0);
        assert_eq!(placed[0][0].text, "⚡ latency 300m…");
    }
}
