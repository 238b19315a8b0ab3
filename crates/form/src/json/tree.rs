//! A tree of JSON as a deserializer: it hands a type its members one by one, in the type's own order.

use std::slice;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer as _, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor, value,
};
use serde_json::{Map, Number, Value, map};

use super::{Misfit, Result, misfit::ABSENT};

/// A value that types are read from, or the place where there is none.
#[derive(Debug)]
pub struct Tree(pub Option<Value>);

impl Tree {
    #[inline(never)]
    fn odd(&self, expected: &dyn Expected) -> Misfit {
        let found = match &self.0 {
            None => return ABSENT,
            Some(Value::Null) => Unexpected::Unit,
            Some(Value::Bool(value)) => Unexpected::Bool(*value),
            Some(Value::Number(_)) => Unexpected::Other("number"),
            Some(Value::String(text)) => Unexpected::Str(text),
            Some(Value::Array(_)) => Unexpected::Seq,
            Some(Value::Object(_)) => Unexpected::Map,
        };
        Misfit::invalid_type(found, expected)
    }

    #[inline(never)]
    fn object(self, expected: &dyn Expected) -> Result<Map<String, Value>> {
        match self.0 {
            Some(Value::Object(members)) => Ok(members),
            _ => Err(self.odd(expected)),
        }
    }

    #[inline(never)]
    fn items(self, expected: &dyn Expected) -> Result<Items> {
        match self.0 {
            Some(Value::Array(items)) => Ok(Items { rest: items.into_iter().enumerate() }),
            _ => Err(self.odd(expected)),
        }
    }

    #[inline(never)]
    fn text(self, expected: &dyn Expected) -> Result<String> {
        match self.0 {
            Some(Value::String(text)) => Ok(text),
            _ => Err(self.odd(expected)),
        }
    }

    /// The place of a variant among those there are, and what it holds.
    #[inline(never)]
    fn variant(self, of: &str, variants: &'static [&'static str], expected: &dyn Expected) -> Result<Variant> {
        let (name, value) = match self.0 {
            Some(Value::String(name)) => (name, None),
            Some(Value::Object(members)) if members.len() == 1 => {
                let first = members.into_iter().next();
                first.map(|(name, value)| (name, Some(value))).ok_or(ABSENT)?
            }
            _ => return Err(self.odd(expected)),
        };
        let last = of.ends_with('?').then(|| variants.len().saturating_sub(1));
        match variants.iter().position(|variant| *variant == name).or(last) {
            Some(place) => Ok(Variant { place, held: Held { only: only(of), value } }),
            None => Err(Misfit::unknown_variant(&name, variants)),
        }
    }
}

/// A number is handed over as what it is; the type says whether it fits.
fn number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value> {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(value), ..) => visitor.visit_u64(value),
        (None, Some(value), _) => visitor.visit_i64(value),
        (None, None, Some(value)) => visitor.visit_f64(value),
        (None, None, None) => Err(Misfit::invalid_type(Unexpected::Other("number"), &visitor)),
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match &self.0 {
                Some(Value::Number(value)) => number(value, visitor),
                _ => Err(self.odd(&visitor)),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            None => Err(ABSENT),
            Some(Value::Null) => visitor.visit_unit(),
            Some(Value::Bool(value)) => visitor.visit_bool(value),
            Some(Value::Number(value)) => number(&value, visitor),
            Some(Value::String(text)) => visitor.visit_string(text),
            Some(Value::Array(items)) => visitor.visit_seq(Items { rest: items.into_iter().enumerate() }),
            Some(Value::Object(members)) => visitor.visit_map(Members { rest: members.into_iter(), member: None }),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Some(Value::Bool(value)) => visitor.visit_bool(value),
            _ => Err(self.odd(&visitor)),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let text = self.text(&visitor)?;
        visitor.visit_str(&text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let text = self.text(&visitor)?;
        visitor.visit_string(text)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            None | Some(Value::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Some(Value::Null) => visitor.visit_unit(),
            _ => Err(self.odd(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let items = self.items(&visitor)?;
        visitor.visit_seq(items)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        let items = self.items(&visitor)?;
        // A visitor takes what it needs and does not ask for more.
        if items.rest.len() > length {
            return Err(Misfit::invalid_length(items.rest.len(), &visitor));
        }
        visitor.visit_seq(items)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let members = self.object(&visitor)?;
        visitor.visit_map(Members { rest: members.into_iter(), member: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let mut fields = Fields::of(self.object(&visitor)?, only(name), fields)?;
        visitor.visit_seq(&mut fields).map_err(|misfit| fields.lacks(misfit))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let variant = self.variant(name, variants, &visitor)?;
        visitor.visit_enum(variant)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }
}

/// Whether a type takes no other members than its own.
fn only(name: &str) -> bool {
    name.ends_with('!')
}

/// The members of a struct in the order of the struct, whatever their order was.
struct Fields {
    members: Map<String, Value>,
    names: slice::Iter<'static, &'static str>,
    /// The last member that was not there.
    absent: Option<&'static str>,
}

impl Fields {
    #[inline(never)]
    fn of(members: Map<String, Value>, only: bool, names: &'static [&'static str]) -> Result<Self> {
        if only && let Some(other) = members.keys().find(|member| !names.contains(&member.as_str())) {
            return Err(Misfit::unknown_field(other, names));
        }
        Ok(Self { members, names: names.iter(), absent: None })
    }

    #[inline(never)]
    fn next(&mut self) -> Option<(&'static str, Tree)> {
        let name = self.names.next()?;
        let value = self.members.remove(*name);
        if value.is_none() {
            self.absent = Some(name);
        }
        Some((name, Tree(value)))
    }

    /// What a struct says of itself, and not of what is in a member, is that it lacks one.
    #[inline(never)]
    fn lacks(&self, misfit: Misfit) -> Misfit {
        match self.absent {
            Some(name) if misfit.at.is_empty() => Misfit::missing_field(name),
            _ => misfit,
        }
    }
}

impl<'de> SeqAccess<'de> for &mut Fields {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some((name, tree)) = self.next() else { return Ok(None) };
        let absent = tree.0.is_none();
        match seed.deserialize(tree) {
            Ok(value) => Ok(Some(value)),
            // The struct says whether there is a default.
            Err(_) if absent => Ok(None),
            Err(misfit) => Err(misfit.within(name)),
        }
    }
}

struct Members {
    rest: map::IntoIter,
    member: Option<(String, Value)>,
}

impl Members {
    #[inline(never)]
    fn next(&mut self) -> Option<Tree> {
        let (name, value) = self.rest.next()?;
        self.member = Some((name.clone(), value));
        Some(Tree(Some(Value::String(name))))
    }
}

impl<'de> MapAccess<'de> for Members {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.next().map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let (name, value) = self.member.take().unwrap_or_default();
        seed.deserialize(Tree(Some(value))).map_err(|misfit| misfit.within(&name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Items {
    rest: std::iter::Enumerate<std::vec::IntoIter<Value>>,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some((index, item)) = self.rest.next() else { return Ok(None) };
        seed.deserialize(Tree(Some(item))).map(Some).map_err(|misfit| misfit.within(&format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Variant {
    place: usize,
    held: Held,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Misfit;
    type Variant = Held;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Held)> {
        let place: value::U64Deserializer<Misfit> = (self.place as u64).into_deserializer();
        Ok((seed.deserialize(place)?, self.held))
    }
}

/// What a variant holds; a variant without anything may hold `null` or an empty object.
struct Held {
    only: bool,
    value: Option<Value>,
}

impl Held {
    fn tree(self) -> Tree {
        Tree(Some(self.value.unwrap_or(Value::Null)))
    }
}

impl<'de> VariantAccess<'de> for Held {
    type Error = Misfit;

    fn unit_variant(self) -> Result<()> {
        match self.value {
            None | Some(Value::Null | Value::Object(_)) => Ok(()),
            value => Err(Tree(value).odd(&"nothing")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.tree())
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        self.tree().deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        let name = if self.only { "!" } else { "" };
        self.tree().deserialize_struct(name, fields, visitor)
    }
}
