//! What is written as a JSON path, or as a map that says more.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};

/// A type that a JSON path alone may stand for.
pub(super) trait PathOrMap: Sized {
    /// What it may be, for errors.
    const EXPECTED: &'static str;

    /// What a path alone means.
    fn of_path(path: &str) -> Self;

    /// Reads the map.
    fn of_map<'de, D: Deserializer<'de>>(map: D) -> Result<Self, D::Error>;
}

pub(super) fn deserialize<'de, T: PathOrMap, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(PathOrMapVisitor(PhantomData))
}

struct PathOrMapVisitor<T>(PhantomData<T>);

impl<'de, T: PathOrMap> Visitor<'de> for PathOrMapVisitor<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(T::EXPECTED)
    }

    fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<T, E> {
        Ok(T::of_path(path))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::of_map(MapAccessDeserializer::new(map))
    }
}

/// Makes a type readable as a path or as a map.
macro_rules! path_or_map {
    ($name:ident, $expected:literal, $path:ident) => {
        impl super::path_or_map::PathOrMap for $name {
            const EXPECTED: &'static str = $expected;

            fn of_path(path: &str) -> Self {
                Self { $path: Some(path.to_owned()), ..Self::default() }
            }

            fn of_map<'de, D: serde::Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
                // This does not call itself: serde's `remote = "Self"` makes a function of the
                // type's own of the derive, and that one comes before the trait's.
                Self::deserialize(map)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                super::path_or_map::deserialize(from)
            }
        }
    };
}
pub(super) use path_or_map;
