//! JSON, read and written for these pages alone.
//!
//! A visitor downloads this module over a telephone line, and `serde_json` with the wording of its
//! errors would be a third of it. What is read here was written by our own Worker and embed script,
//! so a mistake needs no explanation: it is unreadable, and the embed script takes another way.
//! The shapes are the `form` crate's own, through `serde`; a test holds this reader to `serde_json`.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Serialize,
    de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor},
};

/// Reads a value; `None` when the text is not JSON or not of this shape.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut reader = Reader { rest: text };
    let value = T::deserialize(&mut reader).ok()?;
    reader.blank().is_empty().then_some(value)
}

/// Writes a string, with its quotation marks.
pub fn quoted(text: &str) -> String {
    let mut written = String::from('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => written.extend(['\\', sign]),
            '\u{0}'..='\u{1f}' => written.push_str(&format!("\\u{:04x}", u32::from(sign))),
            _ => written.push(sign),
        }
    }
    written.push('"');
    written
}

/// Writes a value whose JSON is a bare name, such as a code or the key of a fact.
pub fn name(value: impl Serialize) -> String {
    struct Name<T>(T);
    impl<T: Serialize> fmt::Display for Name<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.serialize(f)
        }
    }
    quoted(&Name(value).to_string())
}

/// What is left to read.
struct Reader<'de> {
    rest: &'de str,
}

/// The text is not JSON, or not of the shape asked for.
#[derive(Debug)]
struct Unreadable;

type Read<T> = Result<T, Unreadable>;

impl<'de> Reader<'de> {
    fn blank(&mut self) -> &'de str {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\t', '\r']);
        self.rest
    }

    /// Takes this sign if it comes next.
    fn takes(&mut self, sign: &str) -> bool {
        let after = self.blank().strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn expects(&mut self, sign: &str) -> Read<()> {
        if self.takes(sign) { Ok(()) } else { Err(Unreadable) }
    }

    /// Takes signs up to the first that is none of these.
    fn take_while(&mut self, takes: impl Fn(char) -> bool) -> &'de str {
        let end = self.rest.find(|sign| !takes(sign)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        taken
    }

    fn string(&mut self) -> Read<Cow<'de, str>> {
        self.expects("\"")?;
        let plain = self.take_while(|sign| sign != '"' && sign != '\\');
        if let Some(rest) = self.rest.strip_prefix('"') {
            self.rest = rest;
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        loop {
            text.push_str(self.take_while(|sign| sign != '"' && sign != '\\'));
            match self.sign()? {
                '"' => return Ok(Cow::Owned(text)),
                _ => text.push(self.escaped()?),
            }
        }
    }

    fn sign(&mut self) -> Read<char> {
        let mut signs = self.rest.chars();
        let sign = signs.next().ok_or(Unreadable)?;
        self.rest = signs.as_str();
        Ok(sign)
    }

    fn escaped(&mut self) -> Read<char> {
        Ok(match self.sign()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let unit = self.unit()?;
                // Signs beyond the first 65 536 are written as two halves.
                let pair = if (0xd800..0xdc00).contains(&unit) {
                    self.expects("\\u")?;
                    [unit, self.unit()?]
                } else {
                    [unit, 0]
                };
                char::decode_utf16(pair).next().and_then(Result::ok).ok_or(Unreadable)?
            }
            itself => itself,
        })
    }

    fn unit(&mut self) -> Read<u16> {
        let (digits, rest) = self.rest.split_at_checked(4).ok_or(Unreadable)?;
        self.rest = rest;
        u16::from_str_radix(digits, 16).map_err(|_| Unreadable)
    }

    fn digits(&mut self) -> &'de str {
        self.take_while(|sign| sign.is_ascii_digit())
    }

    /// Numbers of the contract are whole; fractions are only ever carried, so near is near enough.
    fn number(&mut self) -> Read<f64> {
        let sign = if self.takes("-") { -1.0 } else { 1.0 };
        let whole = self.digits();
        let mut value = whole.bytes().fold(0.0, |value, digit| value * 10.0 + f64::from(digit.saturating_sub(b'0')));
        if self.takes(".") {
            let mut place = 1.0;
            for digit in self.digits().bytes() {
                place /= 10.0;
                value += place * f64::from(digit.saturating_sub(b'0'));
            }
        }
        if whole.is_empty() || self.rest.starts_with(['e', 'E']) { Err(Unreadable) } else { Ok(sign * value) }
    }
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.blank().as_bytes().first().ok_or(Unreadable)? {
            b'"' => self.deserialize_str(visitor),
            b'{' => self.deserialize_map(visitor),
            b'[' => self.deserialize_seq(visitor),
            _ if self.takes("null") => visitor.visit_unit(),
            _ if self.takes("true") => visitor.visit_bool(true),
            _ if self.takes("false") => visitor.visit_bool(false),
            _ => self.deserialize_f64(visitor),
        }
    }

    // Every shape is read by code of its own: asking for a list then brings no code for numbers.

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.expects("{")?;
        let value = visitor.visit_map(Members { reader: &mut *self, first: true })?;
        self.expects("}")?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.expects("[")?;
        let value = visitor.visit_seq(Members { reader: &mut *self, first: true })?;
        self.expects("]")?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_f64(self.number()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.blank();
        visitor.visit_u32(self.digits().parse().map_err(|_| Unreadable)?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let value = self.takes("true");
        if !value {
            self.expects("false")?;
        }
        visitor.visit_bool(value)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.takes("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        if self.blank().starts_with('"') {
            return visitor.visit_enum(self.string()?.into_deserializer());
        }
        self.expects("{")?;
        let value = visitor.visit_enum(Tagged(self))?;
        self.expects("}")?;
        Ok(value)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 char bytes byte_buf unit unit_struct newtype_struct tuple_struct
        ignored_any
    }
}

/// The members of a list or an object, up to the closing sign, which is left to the caller.
struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    first: bool,
}

impl<'de> Members<'_, 'de> {
    fn next<T: DeserializeSeed<'de>>(&mut self, seed: T, end: char) -> Read<Option<T::Value>> {
        if self.reader.blank().starts_with(end) {
            return Ok(None);
        }
        if !std::mem::take(&mut self.first) {
            self.reader.expects(",")?;
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> SeqAccess<'de> for Members<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        self.next(seed, ']')
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        self.next(seed, '}')
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        self.reader.expects(":")?;
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant with content: `{"variant": content}`.
struct Tagged<'r, 'de>(&'r mut Reader<'de>);

impl<'de> EnumAccess<'de> for Tagged<'_, 'de> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Self)> {
        let variant = seed.deserialize(&mut *self.0)?;
        self.0.expects(":")?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged<'_, 'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Read<()> {
        Err(Unreadable)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        de::Deserializer::deserialize_any(self.0, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        de::Deserializer::deserialize_any(self.0, visitor)
    }
}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
    // The wordings that serde would put together are left out, and with them the code that writes them.
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }
    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

#[cfg(test)]
mod tests {
    use form::{Form, ready};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_reads_as_serde_json_reads_it() {
        let questions = ready::questions();
        let form = json!({
            "id": "price", "version": 7, "contact": ready::contact(), "questions": questions,
            "unknown": [{ "deep": [null, true, -1.5, "]}\\\""] }],
        });
        for text in [form.to_string(), serde_json::to_string_pretty(&form).unwrap()] {
            assert_eq!(read::<Form>(&text), Some(serde_json::from_str(&text).unwrap()));
        }
        assert_eq!(read::<Form>(&form.to_string().replace("\"version\":7", "\"version\":7.5")), None);
        assert_eq!(read::<Form>("{"), None);
        assert_eq!(read::<Form>(&format!("{form} and more")), None);
    }

    #[test]
    fn strings_come_back_as_they_were() {
        for text in ["", "plain", "\"quoted\" \\ / \n\t\r\u{8}\u{c}\u{1}", "Имя 😀 \u{2028}"] {
            assert_eq!(serde_json::from_str::<String>(&quoted(text)).unwrap(), text);
            assert_eq!(read::<String>(&quoted(text)).as_deref(), Some(text));
            assert_eq!(read::<String>(&json!(text).to_string()).as_deref(), Some(text));
        }
        assert_eq!(read::<String>(r#""\ud83d\ude00\u0418""#).as_deref(), Some("😀И"));
        assert_eq!(read::<String>(r#""\ud83d""#), None);
    }

    #[test]
    fn lists_of_fixed_length_and_numbers() {
        assert_eq!(
            read::<Vec<(String, u32, Option<f64>)>>(r#"[["a",1,null],["b",2,-2.5]]"#),
            Some(vec![("a".into(), 1, None), ("b".into(), 2, Some(-2.5)),])
        );
        assert_eq!(read::<Vec<u32>>("[ ]"), Some(vec![]));
        assert_eq!(read::<Vec<u32>>("[1,]"), None);
        assert_eq!(read::<(u32, u32)>("[1,2,3]"), None);
    }
}
