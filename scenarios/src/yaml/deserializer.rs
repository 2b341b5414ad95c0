//! From nodes to types.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::core_schema::CoreScalar;
use super::error::YamlError;
use super::node::{YamlContent, YamlNode};
use crate::source::LOCATED;

/// Reads a node as what a type asks for.
#[derive(Clone, Copy)]
pub(super) struct NodeDeserializer<'n>(pub &'n YamlNode);

impl NodeDeserializer<'_> {
    fn here<V>(self, result: Result<V, YamlError>) -> Result<V, YamlError> {
        result.map_err(|error| error.at(self.0.id, self.0.span))
    }

    fn unlike<V>(self, wanted: &str) -> Result<V, YamlError> {
        let what = match self.0.scalar() {
            Some(CoreScalar::Null) | None => self.0.kind().to_owned(),
            Some(_) => format!("`{}`", shortened(self.text())),
        };
        self.here(Err(YamlError::custom(format!("{wanted} is expected here, not {what}"))))
    }

    fn text(&self) -> &str {
        match &self.0.content {
            YamlContent::Scalar(text, _) => text,
            _ => "",
        }
    }

    fn whole<'de, V: Visitor<'de>>(self, wanted: &str, visitor: V) -> Result<V::Value, YamlError> {
        let Some(CoreScalar::Int(number)) = self.0.scalar() else { return self.unlike(wanted) };
        let read = match (u64::try_from(number), i64::try_from(number)) {
            (Ok(number), _) => visitor.visit_u64(number),
            (_, Ok(number)) => visitor.visit_i64(number),
            _ => return self.unlike(wanted),
        };
        // A number that is too large for its type, which is called `u16` there.
        read.or_else(|_: YamlError| self.unlike(wanted))
    }
}

/// A text as far as it fits into a message.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let beginning: String = line.chars().take(60).collect();
    if beginning.len() < text.len() { format!("{beginning}…") } else { beginning }
}

macro_rules! whole_numbers {
    ($($method:ident: $wanted:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
            self.whole($wanted, visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = YamlError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.here(match (&self.0.content, self.0.scalar()) {
            (YamlContent::List(items), _) => visitor.visit_seq(Items(items.iter())),
            (YamlContent::Map(entries), _) => {
                visitor.visit_map(Entries { rest: entries.iter(), value: None })
            }
            (_, Some(CoreScalar::Bool(value))) => visitor.visit_bool(value),
            (_, Some(CoreScalar::Int(number))) => {
                match (u64::try_from(number), i64::try_from(number)) {
                    (Ok(number), _) => visitor.visit_u64(number),
                    (_, Ok(number)) => visitor.visit_i64(number),
                    _ => visitor.visit_f64(number as f64),
                }
            }
            (_, Some(CoreScalar::Float(number))) if number.is_finite() => visitor.visit_f64(number),
            (_, Some(CoreScalar::Float(_))) => {
                let what = format!("`{}` is no number that JSON can hold", self.text());
                Err(YamlError::custom(what))
            }
            (_, Some(CoreScalar::Text(text))) => visitor.visit_str(text),
            (_, Some(CoreScalar::Null) | None) => visitor.visit_unit(),
        })
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match self.0.scalar() {
            Some(CoreScalar::Bool(value)) => self.here(visitor.visit_bool(value)),
            _ => self.unlike("true or false"),
        }
    }

    whole_numbers! {
        deserialize_u8: "a whole number from 0 to 255";
        deserialize_u16: "a whole number from 0 to 65535";
        deserialize_u32: "a whole number from 0 to 4294967295";
        deserialize_u64: "a whole number from 0 on";
        deserialize_i8: "a whole number";
        deserialize_i16: "a whole number";
        deserialize_i32: "a whole number";
        deserialize_i64: "a whole number";
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match self.0.scalar() {
            Some(CoreScalar::Int(number)) => self.here(visitor.visit_f64(number as f64)),
            Some(CoreScalar::Float(number)) => self.here(visitor.visit_f64(number)),
            _ => self.unlike("a number"),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match self.0.scalar() {
            None | Some(CoreScalar::Null) => self.unlike("a text"),
            Some(_) => self.here(visitor.visit_str(self.text())),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        // A key is its text, whatever it would mean as a value: `1`, `true` or `null`.
        self.here(visitor.visit_str(self.text()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match self.0.scalar() {
            Some(CoreScalar::Null) => self.here(visitor.visit_none()),
            _ => self.here(visitor.visit_some(self)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match &self.0.content {
            YamlContent::List(items) => self.here(visitor.visit_seq(Items(items.iter()))),
            _ => self.unlike("a list"),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match &self.0.content {
            YamlContent::Map(entries) => {
                self.here(visitor.visit_map(Entries { rest: entries.iter(), value: None }))
            }
            _ => self.unlike("a map of keys and values"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        if name == LOCATED {
            return self.here(visitor.visit_seq(LocatedParts { node: self.0, next: 0 }));
        }
        match &self.0.content {
            YamlContent::Map(_) => self.deserialize_map(visitor),
            _ => self.unlike(&format!("a map with keys of {}", fields.join(", "))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        match &self.0.content {
            YamlContent::Scalar(..) if self.0.scalar() != Some(CoreScalar::Null) => {
                self.here(visitor.visit_enum(self.text().into_deserializer()))
            }
            YamlContent::Map(entries) => match entries.as_slice() {
                [(kind, value)] => self.here(visitor.visit_enum(KindEntry { kind, value })),
                [] => self.unlike(&format!("one of {}", variants.join(", "))),
                [_, (second, _), ..] => NodeDeserializer(second).here(Err(YamlError::custom(
                    "a second kind in the same entry: write it as an entry of its own",
                ))),
            },
            _ => self.unlike(&format!("one of {}", variants.join(", "))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        self.here(visitor.visit_newtype_struct(self))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, YamlError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

struct Items<'n>(std::slice::Iter<'n, YamlNode>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = YamlError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, YamlError> {
        let item = |item| NodeDeserializer(item).here(seed.deserialize(NodeDeserializer(item)));
        self.0.next().map(item).transpose()
    }
}

struct Entries<'n> {
    rest: std::slice::Iter<'n, (YamlNode, YamlNode)>,
    value: Option<&'n YamlNode>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = YamlError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, YamlError> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        let key = NodeDeserializer(key);
        key.here(seed.deserialize(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, YamlError> {
        let value = self.value.take().ok_or_else(|| YamlError::custom("a value without a key"))?;
        let value = NodeDeserializer(value);
        // Types that are read from a text refuse it once it has been read, out of its place.
        value.here(seed.deserialize(value))
    }
}

/// What [`crate::source::Located`] asks for: line, column and value.
struct LocatedParts<'n> {
    node: &'n YamlNode,
    next: u8,
}

impl<'de> SeqAccess<'de> for LocatedParts<'_> {
    type Error = YamlError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, YamlError> {
        self.next += 1;
        let span = self.node.span;
        match self.next {
            1 => seed.deserialize(span.line.into_deserializer()).map(Some),
            2 => seed.deserialize(span.column.into_deserializer()).map(Some),
            3 => {
                let value = NodeDeserializer(self.node);
                value.here(seed.deserialize(value)).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// A kind of an enum, with what it holds.
struct KindEntry<'n> {
    kind: &'n YamlNode,
    value: &'n YamlNode,
}

impl<'de, 'n> EnumAccess<'de> for KindEntry<'n> {
    type Error = YamlError;
    type Variant = VariantValue<'n>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, VariantValue<'n>), YamlError> {
        let kind = NodeDeserializer(self.kind);
        Ok((kind.here(seed.deserialize(kind))?, VariantValue(self.value)))
    }
}

struct VariantValue<'n>(&'n YamlNode);

impl<'de> VariantAccess<'de> for VariantValue<'_> {
    type Error = YamlError;

    fn unit_variant(self) -> Result<(), YamlError> {
        match self.0.scalar() {
            Some(CoreScalar::Null) => Ok(()),
            _ => NodeDeserializer(self.0).unlike("nothing"),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, YamlError> {
        let value = NodeDeserializer(self.0);
        value.here(seed.deserialize(value))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, YamlError> {
        NodeDeserializer(self.0).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        NodeDeserializer(self.0).deserialize_map(visitor)
    }
}
