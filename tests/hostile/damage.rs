//! Valid texts, damaged at random: what those who read files and lines of others must survive. A
//! module of the tests of each crate that has such a parser.
//!
//! BRUNT_TEST_SEED is the first seed (1 unless given), and BRUNT_TEST_CASES the number of cases,
//! each of which has the next seed. One alone, again: `BRUNT_TEST_SEED=… BRUNT_TEST_CASES=1`.

use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::{Value, json};

/// How many cases there are unless `BRUNT_TEST_CASES` says it.
const CASES: u64 = 2_000;

/// The longest that a case may take, in an unoptimized build on a busy machine.
const LONGEST: Duration = Duration::from_secs(10);

/// What is put into texts: openings without an end, large numbers, and what is special somewhere.
const PIECES: [&str; 26] = [
    "",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "-",
    "- ",
    "\n",
    "\t",
    "\0",
    "\u{1b}[2J",
    "\u{feff}",
    "é",
    "${",
    "}",
    "&a *a",
    "<<: *a",
    "-1",
    "1e308",
    "18446744073709551616",
    "null",
    "/*",
];

/// Says which case it was when one panics.
struct Case<'t> {
    seed: u64,
    text: &'t str,
}

impl Drop for Case<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let text: String = self.text.chars().take(2_000).collect();
            eprintln!("BRUNT_TEST_SEED={} BRUNT_TEST_CASES=1: {text:?}", self.seed);
        }
    }
}

/// Has damaged texts read, one after another; `read` says whether it got a value. At least one in
/// a hundred must be one, and one in a hundred none: what is always refused at its first letter
/// tests nothing. `documents` are valid, as JSON; `texts` are too, as they are written.
pub fn read_damaged(documents: &[Value], texts: &[&str], mut read: impl FnMut(&str) -> bool) {
    let number = |name, usual| {
        std::env::var(name).map_or(usual, |text: String| text.parse().expect("it is a number"))
    };
    let (first, cases) = (number("BRUNT_TEST_SEED", 1), number("BRUNT_TEST_CASES", CASES));
    let mut values = 0;
    for seed in first..first + cases {
        let mut rng = Rng::with_seed(seed);
        let place = rng.usize(..documents.len() + texts.len());
        let text = match documents.get(place) {
            Some(document) => {
                let mut document = document.clone();
                (0..rng.usize(1..4)).for_each(|_| damage_value(&mut document, &mut rng));
                let text = document.to_string();
                if rng.u8(..) < 32 { damaged_text(&text, &mut rng) } else { text }
            }
            None => damaged_text(texts[place - documents.len()], &mut rng),
        };
        let case = Case { seed, text: &text };
        let began = Instant::now();
        values += u64::from(read(&text));
        assert!(began.elapsed() < LONGEST, "it took {:?}", began.elapsed());
        drop(case);
    }
    let few = cases / 100;
    assert!((few..=cases - few).contains(&values), "{values} of {cases} are values");
}

/// A text with some of it lost, doubled, replaced or moved.
fn damaged_text(text: &str, rng: &mut Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..rng.usize(1..4) {
        let at = rng.usize(..=letters.len());
        let end = (at + rng.choice([0, 1, 1, 4, 60]).unwrap_or_default()).min(letters.len());
        let part: Vec<char> = letters[at..end].to_vec();
        let piece = rng.choice(PIECES).unwrap_or_default();
        let put: Vec<char> = match rng.u8(..8) {
            0 | 1 => vec![],
            2 => part.repeat(2),
            3 => part.repeat(rng.usize(..2_000)),
            4 => piece.repeat(rng.usize(..2_000)).chars().collect(),
            5 => {
                let from = rng.usize(..=letters.len());
                letters[from..(from + 100).min(letters.len())].to_vec()
            }
            _ => piece.chars().collect(),
        };
        letters.splice(at..end, put);
    }
    letters.into_iter().collect()
}

/// Damages one value in a document: any of them, each as likely as the others at its level.
fn damage_value(value: &mut Value, rng: &mut Rng) {
    let deeper = rng.u8(..) < 220;
    match value {
        Value::Object(fields) if deeper && !fields.is_empty() => {
            let name = fields.keys().nth(rng.usize(..fields.len())).cloned().unwrap_or_default();
            match rng.u8(..16) {
                0 => drop(fields.remove(&name)),
                1 => {
                    let field = fields[&name].clone();
                    fields.insert(name.clone() + "x", field);
                }
                _ => damage_value(&mut fields[&name], rng),
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let place = rng.usize(..items.len());
            match rng.u8(..16) {
                0 => drop(items.remove(place)),
                1 => items.extend(vec![items[place].clone(); rng.usize(..200)]),
                _ => damage_value(&mut items[place], rng),
            }
        }
        Value::String(text) if deeper => *text = damaged_text(text, rng),
        other => *other = odd_value(rng),
    }
}

fn odd_value(rng: &mut Rng) -> Value {
    match rng.u8(..12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!([]),
        3 => json!({}),
        4 => json!([[[[[[[[]]]]]]]]),
        5 => json!({"a": {"b": {"c": {}}}}),
        6 => json!("x".repeat(rng.usize(..70_000))),
        7 => json!(rng.choice(PIECES)),
        8 => json!(rng.choice([0.5, -1.0, 1e300, -1e300, 1e-300])),
        9 => json!(rng.choice([u64::MAX, 1 << 53, 1 << 32, 65_536, 0])),
        10 => json!(i64::MIN),
        _ => json!(rng.u8(..20)),
    }
}
