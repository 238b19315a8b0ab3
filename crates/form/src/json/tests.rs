//! What is read is what `serde_json` reads, and what is refused says where.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename(deserialize = "House!"), deny_unknown_fields)]
struct House {
    street: String,
    #[serde(default)]
    floors: Vec<Floor>,
    built: Option<i16>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Floor {
    height: f64,
    doors: BTreeMap<String, u8>,
    kind: Kind,
    at: (i32, i32),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    Let(String),
    Shop { open: bool },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case", rename(deserialize = "Wish!"), deny_unknown_fields)]
enum Wish {
    Nothing,
    Paint { colour: String },
    Build(Floor),
}

crate::named_by!(Wish, "wish");

fn house() -> Value {
    json!({ "street": "Long", "built": -300, "floors": [
        { "height": 2.5, "doors": { "front": 1 }, "kind": "plain", "at": [0, -1], "unknown": [1, {}] },
        { "height": 3, "doors": {}, "kind": { "let": "Ann" }, "at": [1, 2] },
        { "height": 3, "doors": {}, "kind": { "shop": { "open": true } }, "at": [1, 2] },
    ] })
}

#[test]
fn reads_what_serde_json_reads() {
    let ours: House = from_tree(house()).unwrap();
    assert_eq!(ours, serde_json::from_value(house()).unwrap());
    assert_eq!(read::<Option<House>>("null").unwrap(), None);
    assert_eq!(read::<String>(r#""\u044f""#).unwrap(), "я");
}

#[test]
fn refuses_what_serde_json_refuses_and_says_where() {
    let cases = [
        ("/street", json!(1), "street"),
        ("/built", json!(70_000), "built"),
        ("/floors/1/kind", json!("roof"), "floors[1].kind"),
        ("/floors/1/at", json!([1, 2, 3]), "floors[1].at"),
        ("/floors/1/at", json!([1]), "floors[1].at"),
        ("/floors/0/doors/front", json!(256), "floors[0].doors.front"),
        ("/floors/0/height", json!("high"), "floors[0].height"),
        ("/floors/2", json!({ "height": 1 }), "floors[2]"),
        ("/floors", json!({}), "floors"),
    ];
    for (pointer, value, at) in cases {
        let mut odd = house();
        *odd.pointer_mut(pointer).unwrap() = value.clone();
        assert!(serde_json::from_value::<House>(odd.clone()).is_err(), "{pointer}");
        assert_eq!(fit::<House>(odd).unwrap_err().at, at, "{pointer} {value}");
    }
    let extra = json!({ "street": "Long", "garden": true });
    assert!(fit::<House>(extra).unwrap_err().problem.contains("garden"));
    assert_eq!(fit::<House>(json!({ "built": 1 })).unwrap_err().to_string(), "missing field `street`");
    assert!(read::<House>("[\"Long\",[],null]").is_err(), "a struct is an object");
    assert_eq!(read::<House>("{\n x").unwrap_err().line(), 2);
}

#[test]
fn a_word_of_a_later_build_is_the_last_variant_where_the_enum_says_so() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case", rename(deserialize = "Colour?"))]
    enum Colour {
        Red,
        #[serde(other)]
        Other,
    }
    assert_eq!(
        read::<Vec<Colour>>(r#"["red", "other", "mauve"]"#).unwrap(),
        [Colour::Red, Colour::Other, Colour::Other]
    );
    assert!(read::<Kind>("\"other\"").unwrap_err().to_string().contains("unknown variant"));
}

#[test]
fn an_enum_is_named_by_a_member() {
    for (wish, written) in [
        (Wish::Nothing, json!({ "wish": "nothing" })),
        (Wish::Paint { colour: "red".into() }, json!({ "wish": "paint", "colour": "red" })),
    ] {
        assert_eq!(serde_json::to_value(&wish).unwrap(), written);
        assert_eq!(from_tree::<Wish>(written.clone()).unwrap(), wish);
        assert_eq!(serde_json::from_value::<Wish>(written).unwrap(), wish, "by any reader");
    }
    let mut build = house()["floors"][1].clone();
    build["wish"] = "build".into();
    assert_eq!(serde_json::to_value(from_tree::<Wish>(build.clone()).unwrap()).unwrap()["doors"], json!({}));
    for odd in [json!({}), json!("nothing"), json!({ "wish": 1 }), json!({ "wish": "paint", "colour": "red", "x": 1 })]
    {
        assert!(from_tree::<Wish>(odd.clone()).is_err(), "{odd}");
    }
}
