//! How an order gets to its customer: a word that app, store and rider have in common.

use serde::{Deserialize, Serialize};

/// How an order gets to its customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryType {
    /// The rider goes on foot.
    Walk,
    /// The rider goes by bicycle.
    Bicycle,
    /// The rider goes by motorbike: the default.
    #[default]
    Bike,
}

impl DeliveryType {
    /// What can be written.
    pub const ACCEPTS: &'static str = "walk, bicycle or bike (or 도보, 자전거, 바이크)";

    /// Reads what a customer writes, in English or in Korean.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "walk" | "도보" => Some(Self::Walk),
            "bicycle" | "자전거" => Some(Self::Bicycle),
            "bike" | "바이크" => Some(Self::Bike),
            _ => None,
        }
    }

    /// As it is written, in English.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Walk => "walk",
            Self::Bicycle => "bicycle",
            Self::Bike => "bike",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_delivery_type_is_read_in_two_languages_and_shown_in_one() {
        for (korean, english) in [("도보", "walk"), ("자전거", "bicycle"), ("바이크", "bike")]
        {
            let read = DeliveryType::parse(korean).unwrap();
            assert_eq!(DeliveryType::parse(english), Some(read));
            assert_eq!(serde_json::to_value(read).unwrap(), english);
            assert_eq!(read.text(), english);
        }
        for bad in ["", "Walk", "car", "자동차"] {
            assert_eq!(DeliveryType::parse(bad), None, "{bad:?}");
        }
    }
}
