//! What a visitor typed into one field, read as phones, mailboxes and messengers.
//!
//! Reading never refuses: what is not understood is kept as it is and still counts as a way to
//! reach the person (I-1). Only a blank field is no way at all.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
use serde::{Deserialize, Serialize};

/// The most points kept of one field, and the longest of them, in characters. The raw copy keeps all;
/// nobody has more ways to be reached than this, and each is looked up.
const MOST_POINTS: usize = 5;
const LONGEST_POINT: usize = 200;

/// What was understood of one field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The points, in the order they were typed; at least one.
    pub points: Vec<Point>,
}

/// One way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// As typed.
    pub raw: String,
    /// For comparing: E.164, the lower-cased mailbox, `telegram:@name`; the trimmed text otherwise.
    pub normal: String,
}

/// The kinds of contact point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// A phone number.
    Phone,
    /// A mailbox.
    Email,
    /// A messenger handle.
    Messenger,
    /// Not understood; a person will.
    Other,
}

impl PointKind {
    /// The code under which it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Messenger => "messenger",
            Self::Other => "other",
        }
    }

    /// True for points exact enough to say "the same person" (phones, mailboxes and handles).
    pub fn identifies(self) -> bool {
        self != Self::Other
    }
}

impl Reach {
    /// Reads what was typed; `None` when it is blank (spaces and invisible characters only).
    ///
    /// `region` is the ISO country whose local habits are assumed, for example `RU` for
    /// `8 (999) 123-45-67`.
    pub fn parse(typed: &str, region: &str) -> Option<Self> {
        if is_blank(typed) {
            return None;
        }
        let pieces: Vec<&str> =
            typed.split([',', ';', '\n', '|']).map(trim).filter(|piece| !piece.is_empty()).take(MOST_POINTS).collect();
        let mut points: Vec<Point> = Vec::new();
        // However many words a stranger writes, only the first points are looked at.
        let mut keep = |point: Point| {
            let known = points.iter().any(|known: &Point| known.kind == point.kind && known.normal == point.normal);
            if points.len() < MOST_POINTS && !known {
                points.push(point);
            }
        };
        for piece in pieces {
            match point(piece, region) {
                Some(known) => keep(known),
                // "+7 999 123-45-67 ivan@example.com": words of one piece, each on its own.
                None => {
                    let (words, rest): (Vec<&str>, Vec<&str>) =
                        piece.split_whitespace().partition(|word| wordlike(word).is_some());
                    if words.is_empty() {
                        keep(other(piece));
                    }
                    words.into_iter().filter_map(wordlike).for_each(&mut keep);
                    phone(&rest.join(" "), region).into_iter().for_each(&mut keep);
                }
            }
        }
        if points.is_empty() {
            points.push(other(typed));
        }
        for point in &mut points {
            point.raw = point.raw.chars().take(LONGEST_POINT).collect();
            point.normal = point.normal.chars().take(LONGEST_POINT).collect();
        }
        Some(Self { points })
    }
}

/// True for an ISO country whose local phone habits are known, for example `RU`.
pub fn knows_region(region: &str) -> bool {
    // A number of the world is read in any case; a local one only with its country.
    PHONE_NUMBER_UTIL.parse("2125550187", region.parse().ok()).is_ok()
}

/// True when nothing visible was typed.
pub fn is_blank(typed: &str) -> bool {
    typed.chars().all(invisible)
}

fn invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{00ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn trim(typed: &str) -> &str {
    typed.trim_matches(invisible)
}

fn point(piece: &str, region: &str) -> Option<Point> {
    // "ivan @example.ru": a thumb's space inside a mailbox.
    let joined = piece.split_once(" @").filter(|(_, domain)| domain.contains('.')).map(|_| piece.replace(" @", "@"));
    joined.as_deref().and_then(email).or_else(|| wordlike(piece)).or_else(|| phone(piece, region))
}

fn wordlike(word: &str) -> Option<Point> {
    email(word).or_else(|| messenger(word))
}

fn email(word: &str) -> Option<Point> {
    let mailbox = trim(word).trim_start_matches("mailto:").trim_matches(['<', '>', '(', ')', '"', '.']);
    let (name, domain) = mailbox.rsplit_once('@')?;
    let labels: Vec<&str> = domain.split('.').collect();
    let plausible = !name.is_empty()
        && labels.len() > 1
        && labels.iter().all(|label| !label.is_empty())
        && !mailbox.chars().any(|character| invisible(character) || matches!(character, '/' | '\\' | ':' | '<' | '>'));
    plausible.then(|| Point { kind: PointKind::Email, raw: word.to_owned(), normal: mailbox.to_lowercase() })
}

/// `@name`, `t.me/name`, `wa.me/number`, `vk.com/name`, `viber://…?number=`. What only looks like a
/// handle (an invitation, a shared link, half a mailbox) identifies nobody and is none.
fn messenger(word: &str) -> Option<Point> {
    let lower = trim(word).to_lowercase();
    let bare = lower.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    let networks = [
        ("telegram", ["t.me/", "telegram.me/", "tg:@", "telegram:@"].as_slice()),
        ("whatsapp", ["wa.me/", "api.whatsapp.com/send?phone=", "whatsapp://send?phone="].as_slice()),
        ("vk", ["vk.com/", "vk.me/", "m.vk.com/"].as_slice()),
        ("viber", ["viber://chat?number=", "viber://add?number="].as_slice()),
    ];
    for (network, prefixes) in networks {
        for prefix in prefixes {
            if let Some(name) = bare.strip_prefix(prefix).and_then(|rest| handle(network, rest)) {
                let normal = format!("{network}:@{name}");
                return Some(Point { kind: PointKind::Messenger, raw: word.to_owned(), normal });
            }
        }
    }
    // A lone @name is Telegram's habit.
    let name = bare.strip_prefix('@').and_then(|rest| handle("telegram", rest))?;
    Some(Point { kind: PointKind::Messenger, raw: word.to_owned(), normal: format!("telegram:@{name}") })
}

/// First words of a network's own addresses, which stand where a name would.
const RESERVED: [&str; 13] = [
    "message",
    "qr",
    "joinchat",
    "share",
    "im",
    "feed",
    "send",
    "addstickers",
    "proxy",
    "socks",
    "login",
    "wall",
    "video",
];

/// The name or number in what follows a network's address, as that network writes them.
fn handle(network: &str, rest: &str) -> Option<String> {
    let name = rest.split(['?', '/', '#', '&']).next().unwrap_or_default().trim_start_matches('@');
    let name = if network == "telegram" { name } else { name.trim_start_matches('+') };
    let of = |allowed: fn(char) -> bool, length: std::ops::RangeInclusive<usize>| {
        length.contains(&name.len()) && name.chars().all(allowed)
    };
    let plausible = match network {
        "whatsapp" | "viber" => of(|character| character.is_ascii_digit(), 7..=15),
        "telegram" => {
            of(|character| character.is_ascii_alphanumeric() || character == '_', 4..=32)
                && name.starts_with(|first: char| first.is_ascii_alphabetic())
        }
        _ => of(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '.'), 2..=32),
    };
    (plausible && !RESERVED.contains(&name)).then(|| name.to_owned())
}

fn phone(piece: &str, region: &str) -> Option<Point> {
    let digits = piece.chars().filter(char::is_ascii_digit).count();
    let only_phone_signs = piece.chars().all(|character| {
        character.is_ascii_digit()
            || invisible(character)
            || matches!(character, '+' | '-' | '–' | '—' | '(' | ')' | '.' | '/' | ':')
            || character.is_alphabetic()
    });
    if !(5..=20).contains(&digits) || !only_phone_signs {
        return None;
    }
    // Words around a number («тел. 8 999 …») are not part of it.
    let number: String = piece.chars().filter(|character| character.is_ascii_digit() || *character == '+').collect();
    let country = region.parse().ok();
    let parsed = [number.clone(), format!("+{}", number.trim_start_matches('+'))]
        .iter()
        .filter_map(|number| PHONE_NUMBER_UTIL.parse(number, country).ok())
        .find(|parsed| PHONE_NUMBER_UTIL.is_valid_number(parsed))?;
    let normal = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164).into_owned();
    Some(Point { kind: PointKind::Phone, raw: piece.to_owned(), normal })
}

fn other(typed: &str) -> Point {
    Point { kind: PointKind::Other, raw: typed.to_owned(), normal: trim(typed).to_owned() }
}
