//! Enums written as objects with a member that names the variant.

use serde::de;
use serde_json::{Map, Value};

use super::Tree;

/// `{"kind": "webhook", …}` as `{"webhook": {…}}`, the way in which an enum is read without trying out its variants.
///
/// # Errors
/// When it is no object, or names no kind.
#[doc(hidden)]
pub fn by_name<E: de::Error>(mut tree: Value, member: &'static str) -> std::result::Result<Tree, E> {
    let Some(Value::String(name)) = tree.as_object_mut().and_then(|members| members.remove(member)) else {
        return Err(E::missing_field(member));
    };
    Ok(Tree(Some(Value::Object(one(name, tree)))))
}

fn one(name: String, value: Value) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert(name, value);
    members
}

/// The way back: `{"webhook": {…}}`, or `"webhook"` alone, as `{"kind": "webhook", …}`.
#[doc(hidden)]
pub fn with_name(tree: Value, member: &'static str) -> Value {
    let (name, held) = match tree {
        Value::Object(members) => members.into_iter().next().unwrap_or_default(),
        name => (name.as_str().unwrap_or_default().to_owned(), Value::Null),
    };
    let mut members = match held {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    members.insert(member.to_owned(), Value::String(name));
    Value::Object(members)
}

/// Reads and writes an enum as an object with a member that names the variant, as `#[serde(tag = "…")]` would. That
/// attribute reads everything in it by a second road, which is most of what such an enum costs. The enum derives
/// `Serialize` and `Deserialize` with `#[serde(remote = "Self")]`.
#[macro_export]
macro_rules! named_by {
    ($type:ty, $member:literal) => {
        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let tree = ::serde_json::Value::deserialize(deserializer)?;
                let tree = $crate::json::by_name::<D::Error>(tree, $member)?;
                <$type>::deserialize(tree).map_err(::serde::de::Error::custom)
            }
        }

        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                let tree = <$type>::serialize(self, ::serde_json::value::Serializer);
                let tree = tree.map_err(::serde::ser::Error::custom)?;
                ::serde::Serialize::serialize(&$crate::json::with_name(tree, $member), serializer)
            }
        }
    };
}
