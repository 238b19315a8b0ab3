//! Settings are read and written member by member, through one reader for all kinds: a parser and a writer of its own
//! for each of them would be a good part of what destinations cost the Worker.

use serde::{Serialize, de::DeserializeOwned, de::Error};
use serde_json::{Map, Value};

use crate::json::{self, Misfit};

/// The settings of a kind, as the configuration's file has them.
pub trait Members: Sized {
    /// Takes what it knows.
    ///
    /// # Errors
    /// When a member is missing or is something else.
    fn read(members: &mut Reading) -> Result<Self, Misfit>;
    /// Puts down what is not as usual.
    fn write(&self, members: &mut Writing);
}

/// What is left to be read.
#[derive(Debug)]
pub struct Reading(Map<String, Value>);

impl Reading {
    /// Begins with an object.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(tree: Value) -> Result<Self, Misfit> {
        match tree {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(Misfit::custom("must have members")),
        }
    }

    /// A member that must be there.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn need<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<T, Misfit> {
        match self.0.remove(name) {
            Some(value) => fit(name, value),
            None => Err(Misfit::missing_field(name)),
        }
    }

    /// A member that has a usual value.
    ///
    /// # Errors
    /// When it is something else.
    pub fn may<T: DeserializeOwned>(&mut self, name: &'static str, usual: fn() -> T) -> Result<T, Misfit> {
        match self.0.remove(name) {
            Some(value) => fit(name, value),
            None => Ok(usual()),
        }
    }

    /// Ends; whatever is still there was meant for something else.
    ///
    /// # Errors
    /// When anything is.
    pub fn end(self) -> Result<(), Misfit> {
        match self.0.keys().next() {
            Some(name) => Err(Misfit::custom(format_args!("unknown field `{name}`"))),
            None => Ok(()),
        }
    }
}

fn fit<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, Misfit> {
    json::fit(value).map_err(|misfit| within(name, misfit))
}

fn within(name: &str, misfit: Misfit) -> Misfit {
    let inside = if misfit.at.is_empty() || misfit.at.starts_with('[') { "" } else { "." };
    Misfit { at: format!("{name}{inside}{}", misfit.at), ..misfit }
}

/// What was written so far.
#[derive(Debug, Default)]
pub struct Writing(Map<String, Value>);

impl Writing {
    /// A member.
    pub fn put<T: Serialize>(&mut self, name: &str, value: &T) {
        self.0.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
    }

    /// A member, unless it is as usual.
    pub fn may<T: Serialize + PartialEq>(&mut self, name: &str, value: &T, usual: fn() -> T) {
        if *value != usual() {
            self.put(name, value);
        }
    }

    /// The object.
    pub fn end(self) -> Value {
        Value::Object(self.0)
    }
}

/// Says which members a kind has: those that must be there, and the others, each with what is usual.
macro_rules! members {
    ($kind:ident: $($need:ident),+; $($may:ident = $usual:expr),+ $(,)?) => {
        impl $crate::destinations::members::Members for $kind {
            fn read(
                members: &mut $crate::destinations::members::Reading,
            ) -> ::std::result::Result<Self, $crate::json::Misfit> {
                Ok(Self {
                    $($need: members.need(stringify!($need))?,)+
                    $($may: members.may(stringify!($may), $usual)?,)+
                })
            }

            fn write(&self, members: &mut $crate::destinations::members::Writing) {
                $(members.put(stringify!($need), &self.$need);)+
                $(members.may(stringify!($may), &self.$may, $usual);)+
            }
        }
    };
}

pub(super) use members;
