//! One row of the picture, as each kind of row draws it.

use super::scale::Rule;

/// A row with an area or lines in it.
pub struct PictureRow {
    pub title: String,
    pub unit: &'static str,
    /// What it shows, for those who do not see it.
    pub about: String,
    /// `tall`, `low` or `heat`.
    pub size: &'static str,
    pub keys: Vec<Key>,
    pub rules: Vec<Rule>,
    /// Limits that were claimed.
    pub limits: Vec<Rule>,
    pub shapes: Vec<Shape>,
}

/// A name in the legend.
pub struct Key {
    pub class: &'static str,
    pub label: String,
    /// Whether it can be switched off.
    pub switches: bool,
}

/// A path in a drawing a thousand wide and a hundred high.
pub struct Shape {
    pub class: &'static str,
    pub path: String,
}
