//! Settings are read and written member by member, through one reader for all kinds: a parser and a writer of its own
//! for each of them would be a good part of what destinations cost the Worker.

use serde::{Serialize, de::DeserializeOwned, de::Error};
use serde_json::{Map, Value};

use crate::json::{self, Misfit};

/// The settings of a kind, as the configuration's file has them.
pub trait Members: Sized {
    /// Takes what it knows.
    fn read(members: &mut Reading) -> Self;
    /// Puts down what is not as usual.
    fn write(&self, members: &mut Writing);
}

/// What is left to be read, and the first thing that did not fit. A kind reads on to its end and is thrown away then:
/// to turn back at each of its members would be most of what reading them costs.
#[derive(Debug)]
pub struct Reading {
    rest: Map<String, Value>,
    odd: Option<Misfit>,
}

impl Reading {
    /// Begins with an object.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(tree: Value) -> Result<Self, Misfit> {
        match tree {
            Value::Object(rest) => Ok(Self { rest, odd: None }),
            _ => Err(Misfit::custom("must have members")),
        }
    }

    /// A member that must be there.
    pub fn need<T: DeserializeOwned + Default>(&mut self, name: &'static str) -> T {
        match self.rest.remove(name) {
            Some(value) => self.fit(name, value).unwrap_or_default(),
            None => {
                self.note(Misfit::missing_field(name));
                T::default()
            }
        }
    }

    /// A member that has a usual value.
    pub fn may<T: DeserializeOwned>(&mut self, name: &'static str, usual: fn() -> T) -> T {
        self.rest.remove(name).and_then(|value| self.fit(name, value)).unwrap_or_else(usual)
    }

    /// Ends; whatever is still there was meant for something else.
    ///
    /// # Errors
    /// When a member was missing or was something else, or when one is still there.
    pub fn end(self) -> Result<(), Misfit> {
        match (self.odd, self.rest.keys().next()) {
            (Some(odd), _) => Err(odd),
            (None, Some(name)) => Err(Misfit::custom(format_args!("unknown field `{name}`"))),
            (None, None) => Ok(()),
        }
    }

    fn fit<T: DeserializeOwned>(&mut self, name: &str, value: Value) -> Option<T> {
        match json::fit(value) {
            Ok(read) => Some(read),
            Err(misfit) => {
                self.note(misfit.within(name));
                None
            }
        }
    }

    #[inline(never)]
    fn note(&mut self, odd: Misfit) {
        self.odd.get_or_insert(odd);
    }
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
            fn read(members: &mut $crate::destinations::members::Reading) -> Self {
                Self {
                    $($need: members.need(stringify!($need)),)+
                    $($may: members.may(stringify!($may), $usual),)+
                }
            }

            fn write(&self, members: &mut $crate::destinations::members::Writing) {
                $(members.put(stringify!($need), &self.$need);)+
                $(members.may(stringify!($may), &self.$may, $usual);)+
            }
        }
    };
}

/// What every kind answers from its members; `fields` where it has a mapping.
macro_rules! usual_members {
    () => {
        fn id(&self) -> &str {
            &self.id
        }

        fn secret_mut(&mut self) -> &mut $crate::destinations::Secret {
            &mut self.secret
        }

        fn events(&self) -> &[String] {
            &self.events
        }
    };
    (fields) => {
        usual_members!();

        fn fields(&self) -> Option<&$crate::destinations::Fields> {
            Some(&self.fields)
        }
    };
}

pub(super) use {members, usual_members};
