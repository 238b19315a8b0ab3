//! What the server says, read into the types of the pages.
//!
//! `serde` writes a careful reader for each type, with a way out at every member; for the forty types of the desk
//! that was a fifth of its bytes. The desk and the server that answers it are of one build, so that the desk asks
//! only one question of a whole answer: whether it fits. What is absent is empty, as the server leaves out what is.

use std::{collections::BTreeMap, fmt};

use lead::{
    event::EventKind,
    form::{Category, Date, FactKey, Filter, Known, Tri, day, priority::NextStep, priority::Reachable},
    role::Role,
    routing::why::Out,
    source::SourceKind,
    suspicion::Sign,
};
use serde::{Deserialize, de::value::StrDeserializer};
use serde_json::{Map, Value};

/// Something that is read from JSON.
pub(crate) trait Read {
    /// Reads it; what does not fit is said to `odd`, and read as something that does.
    fn read(value: Value, odd: &mut bool) -> Self;
}

/// Reads a JSON text; `None` when it does not fit.
pub(crate) fn read<T: Read>(text: &str) -> Option<T> {
    let value = serde_json::from_str(text).ok()?;
    let mut odd = false;
    let read = T::read(value, &mut odd);
    (!odd).then_some(read)
}

/// The members of an object that are not yet read.
pub(crate) struct Members<'a> {
    rest: Map<String, Value>,
    odd: &'a mut bool,
}

impl<'a> Members<'a> {
    /// The members of this value, which should be an object.
    #[inline(never)]
    pub(crate) fn of(value: Value, odd: &'a mut bool) -> Self {
        match value {
            Value::Object(rest) => Self { rest, odd },
            _ => {
                *odd = true;
                Self { rest: Map::new(), odd }
            }
        }
    }

    #[inline(never)]
    fn value(&mut self, name: &str) -> Value {
        self.rest.remove(name).unwrap_or_default()
    }

    /// Reads one of them.
    #[inline(never)]
    pub(crate) fn take<T: Read>(&mut self, name: &str) -> T {
        let value = self.value(name);
        T::read(value, self.odd)
    }
}

/// Types that are read member by member; one that is not named does not compile.
macro_rules! members {
    ($($type:ty { $($member:ident)* })*) => {
        $(impl $crate::reading::Read for $type {
            fn read(value: ::serde_json::Value, odd: &mut bool) -> Self {
                let mut members = $crate::reading::Members::of(value, odd);
                Self { $($member: members.take(stringify!($member)),)* }
            }
        })*
    };
}
pub(crate) use members;

/// A word that is none of those it could be. Which ones nobody asks: saying it would need everything that writes
/// numbers and names.
#[derive(Debug)]
struct Misfit;

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("misfit")
    }
}

impl std::error::Error for Misfit {}

impl serde::de::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Types that are one word of several, and what stands for a word that is none of them.
macro_rules! codes {
    ($($type:ty: $otherwise:expr;)*) => {
        $(impl Read for $type {
            fn read(value: Value, odd: &mut bool) -> Self {
                *odd |= !value.is_string();
                let word = StrDeserializer::<Misfit>::new(value.as_str().unwrap_or_default());
                <$type>::deserialize(word).unwrap_or_else(|_| {
                    *odd = true;
                    $otherwise
                })
            }
        })*
    };
}

codes! {
    Category: Self::Ccc;
    EventKind: Self::LeadOpened;
    FactKey: Self::Need;
    Filter: Self::NotFilteredYet;
    Known: Self::Unknown;
    NextStep: Self::AskNeed;
    Out: Self::Gone;
    Reachable: Self::Nothing;
    Role: Self::Trainee;
    Sign: Self::Other;
    SourceKind: Self::Site;
    Tri: Self::Unknown;
}

macro_rules! numbers {
    ($($type:ty)*) => {
        $(impl Read for $type {
            fn read(value: Value, odd: &mut bool) -> Self {
                let number = whole(&value, odd);
                Self::try_from(number).unwrap_or_else(|_| {
                    *odd = true;
                    0
                })
            }
        })*
    };
}

numbers! { u8 u16 u32 }

#[inline(never)]
fn whole(value: &Value, odd: &mut bool) -> u64 {
    *odd |= !value.is_null() && !value.is_u64();
    value.as_u64().unwrap_or_default()
}

impl Read for u64 {
    fn read(value: Value, odd: &mut bool) -> Self {
        whole(&value, odd)
    }
}

impl Read for f64 {
    fn read(value: Value, odd: &mut bool) -> Self {
        *odd |= !value.is_null() && !value.is_number();
        value.as_f64().unwrap_or_default()
    }
}

impl Read for bool {
    fn read(value: Value, odd: &mut bool) -> Self {
        *odd |= !value.is_null() && !value.is_boolean();
        value.as_bool().unwrap_or_default()
    }
}

impl Read for String {
    fn read(value: Value, odd: &mut bool) -> Self {
        match value {
            Value::String(text) => text,
            value => {
                *odd |= !value.is_null();
                String::new()
            }
        }
    }
}

impl Read for Date {
    fn read(value: Value, odd: &mut bool) -> Self {
        value.as_str().and_then(day::read).unwrap_or_else(|| {
            *odd = true;
            Self::default()
        })
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Value, odd: &mut bool) -> Self {
        if value.is_null() { None } else { Some(T::read(value, odd)) }
    }
}

#[inline(never)]
fn items(value: Value, odd: &mut bool) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        value => {
            *odd |= !value.is_null();
            Vec::new()
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Value, odd: &mut bool) -> Self {
        let mut read = Self::new();
        for item in items(value, odd) {
            read.push(T::read(item, odd));
        }
        read
    }
}

/// A name and a value.
impl Read for (String, String) {
    fn read(value: Value, odd: &mut bool) -> Self {
        let mut parts = Vec::<String>::read(value, odd).into_iter();
        *odd |= parts.len() != 2;
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    }
}

impl Read for BTreeMap<String, String> {
    fn read(value: Value, odd: &mut bool) -> Self {
        let members = if value.is_null() { Map::new() } else { Members::of(value, odd).rest };
        members.into_iter().map(|(name, value)| (name, String::read(value, odd))).collect()
    }
}

mod views;

#[cfg(test)]
mod tests;
