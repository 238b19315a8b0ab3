//! JSON, read and written for these pages alone.
//!
//! A visitor downloads this module over a telephone line. `serde_json` with the wording of its errors
//! would be a third of it, and code derived for every shape another sixth. What is read here was
//! written by our own Worker and embed script, so a mistake needs no explanation: it is unreadable,
//! and the embed script takes another way. A test holds this reader to `serde_json`.

use std::fmt;

use serde::Serialize;

/// Any JSON.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// `null`, and whatever is absent.
    #[default]
    Null,
    /// `true` or `false`.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object, its members in the order they stand.
    Members(Vec<(String, Value)>),
}

static ABSENT: Value = Value::Null;

impl Value {
    /// A member of an object; `Null` where there is none.
    pub fn get(&self, name: &str) -> &Value {
        self.members().iter().find(|(known, _)| known == name).map_or(&ABSENT, |(_, value)| value)
    }

    /// The members of an object.
    pub fn members(&self) -> &[(String, Value)] {
        if let Self::Members(members) = self { members } else { &[] }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Value] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// An item of a list; `Null` where there is none.
    pub fn item(&self, at: usize) -> &Value {
        self.items().get(at).unwrap_or(&ABSENT)
    }

    /// A string's text.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A string's text; empty for anything else.
    pub fn words(&self) -> String {
        self.text().unwrap_or_default().to_owned()
    }

    /// A number.
    pub fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// A whole number; 0 for anything else.
    pub fn count(&self) -> u32 {
        // Beyond the type's range the cast stops at its ends.
        self.number().unwrap_or_default() as u32
    }

    /// True for `true`.
    pub fn is_true(&self) -> bool {
        *self == Self::Truth(true)
    }
}

/// Reads a value; `None` when the text is not JSON.
pub fn read(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text, deeper: 64 };
    let value = reader.value()?;
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

/// What is left to read, and how much deeper it may go.
struct Reader<'a> {
    rest: &'a str,
    deeper: u8,
}

impl<'a> Reader<'a> {
    fn blank(&mut self) -> &'a str {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\t', '\r']);
        self.rest
    }

    /// Takes this sign if it comes next.
    fn takes(&mut self, sign: &str) -> bool {
        let after = self.blank().strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Takes signs up to the first that is none of these.
    fn take_while(&mut self, takes: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|sign| !takes(sign)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        taken
    }

    fn value(&mut self) -> Option<Value> {
        self.deeper = self.deeper.checked_sub(1)?;
        let value = if self.takes("\"") {
            Value::Text(self.string()?)
        } else if self.takes("{") {
            let mut members = Vec::new();
            while self.goes_on("}", members.is_empty())? {
                if !self.takes("\"") {
                    return None;
                }
                let name = self.string()?;
                if !self.takes(":") {
                    return None;
                }
                members.push((name, self.value()?));
            }
            Value::Members(members)
        } else if self.takes("[") {
            let mut items = Vec::new();
            while self.goes_on("]", items.is_empty())? {
                items.push(self.value()?);
            }
            Value::List(items)
        } else if self.takes("null") {
            Value::Null
        } else if self.takes("true") {
            Value::Truth(true)
        } else if self.takes("false") {
            Value::Truth(false)
        } else {
            Value::Number(self.number()?)
        };
        self.deeper = self.deeper.saturating_add(1);
        Some(value)
    }

    /// Whether another item follows, of which the second and later ones come after a comma.
    fn goes_on(&mut self, end: &str, first: bool) -> Option<bool> {
        if self.takes(end) {
            return Some(false);
        }
        (first || self.takes(",")).then_some(true)
    }

    /// What follows an opening quotation mark.
    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            text.push_str(self.take_while(|sign| sign != '"' && sign != '\\'));
            match self.sign()? {
                '"' => return Some(text),
                _ => text.push(self.escaped()?),
            }
        }
    }

    fn sign(&mut self) -> Option<char> {
        let mut signs = self.rest.chars();
        let sign = signs.next()?;
        self.rest = signs.as_str();
        Some(sign)
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.sign()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let unit = self.unit()?;
                // Signs beyond the first 65 536 are written as two halves.
                let pair = if (0xd800..0xdc00).contains(&unit) {
                    self.rest = self.rest.strip_prefix("\\u")?;
                    [unit, self.unit()?]
                } else {
                    [unit, 0]
                };
                char::decode_utf16(pair).next().and_then(Result::ok)?
            }
            itself => itself,
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        u16::from_str_radix(digits, 16).ok()
    }

    /// Numbers of the contract have few digits: an own reading of them is as exact as it has to be.
    fn number(&mut self) -> Option<f64> {
        let sign = if self.takes("-") { -1.0 } else { 1.0 };
        let digits = |reader: &mut Self| reader.take_while(|sign| sign.is_ascii_digit());
        let whole = digits(self);
        let fraction = if self.rest.starts_with('.') {
            self.rest = self.rest.get(1..)?;
            digits(self)
        } else {
            ""
        };
        let mut value = 0.0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            value = value * 10.0 + f64::from(digit.saturating_sub(b'0'));
        }
        let mut parts = 1.0;
        for _ in fraction.bytes() {
            parts *= 10.0;
        }
        (!whole.is_empty() && !self.rest.starts_with(['e', 'E'])).then_some(sign * value / parts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn as_serde(value: &Value) -> serde_json::Value {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Truth(truth) => json!(truth),
            Value::Number(number) => json!(number),
            Value::Text(text) => json!(text),
            Value::List(items) => items.iter().map(as_serde).collect(),
            Value::Members(members) => {
                serde_json::Value::Object(members.iter().map(|(name, value)| (name.clone(), as_serde(value))).collect())
            }
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(|truth| json!(truth)),
            (-99_999_i32..99_999).prop_map(|number| json!(f64::from(number) / 4.0)),
            any::<String>().prop_map(|text| json!(text)),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::Array),
                prop::collection::hash_map("[a-z]{0,4}", inner, 0..5)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_what_serde_json_reads(value in any_json()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                prop_assert_eq!(read(&text).map(|read| as_serde(&read)), Some(value.clone()));
            }
        }

        #[test]
        fn strings_come_back_as_they_were(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&quoted(&text)).unwrap(), text.clone());
            prop_assert_eq!(read(&quoted(&text)), Some(Value::Text(text)));
        }

        #[test]
        fn anything_else_is_unreadable_and_nothing_panics(text in any::<String>()) {
            if serde_json::from_str::<serde_json::Value>(&text).is_err() && !text.contains(['e', 'E', '\\']) {
                prop_assert!(read(&text).is_none() || text.chars().any(char::is_control) || text.trim_start_matches(['-', ' ']).starts_with('0'));
            } else {
                let _ = read(&text);
            }
        }
    }

    #[test]
    fn what_is_no_json_is_unreadable() {
        for text in
            ["", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "\"\\ud83d\"", "nul", "1e9", "[1] and more"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"[".repeat(9_999)), None);
        assert_eq!(read(r#""\ud83d\ude00\u0418""#), Some(Value::Text("😀И".into())));
    }
}
