//! Finding a person again by what somebody typed at the desk: a phone, a mailbox or a handle, whole
//! or its beginning. Only beginnings are looked for: an index answers them however many leads there are.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use crate::{contact::Reach, view::SHORTEST_SEARCH};

/// Beginnings of normal forms ([`crate::contact::Point::normal`]) that what was typed may stand for,
/// most exact first; none when too little was typed. `region` is the ISO country of local habits.
pub fn beginnings(typed: &str, region: &str) -> Vec<String> {
    let typed = typed.trim();
    let mut found: Vec<String> = Reach::parse(typed, region)
        .map(|reach| {
            reach.points.into_iter().filter(|point| point.kind.identifies()).map(|point| point.normal).collect()
        })
        .unwrap_or_default();
    if found.is_empty() {
        found = if typed.chars().any(char::is_alphabetic) { of_name(typed) } else { of_phone(typed, region) };
    }
    found
}

/// A mailbox or a handle that is still being typed.
fn of_name(typed: &str) -> Vec<String> {
    let name = typed.to_lowercase();
    let bare = name.trim_start_matches('@');
    if bare.chars().count() < SHORTEST_SEARCH || name.contains(char::is_whitespace) {
        return Vec::new();
    }
    let handles = ["telegram", "vk"].map(|network| format!("{network}:@{bare}"));
    if name.starts_with('@') { handles.into() } else { [vec![name.clone()], handles.into()].concat() }
}

/// A phone that is still being typed, with or without its country.
fn of_phone(typed: &str, region: &str) -> Vec<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < SHORTEST_SEARCH {
        return Vec::new();
    }
    if typed.starts_with('+') {
        return vec![format!("+{digits}")];
    }
    let country = region.parse().ok().and_then(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region));
    let mut found = vec![format!("+{digits}")];
    if let Some(country) = country {
        found.push(format!("+{country}{digits}"));
        // The digit that is dialled before a number inside the country: 8 in Russia, 0 elsewhere.
        found.extend(digits.strip_prefix(['8', '0']).map(|rest| format!("+{country}{rest}")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::beginnings;

    #[test]
    fn beginnings_of_phones_mailboxes_and_handles() {
        let found = |typed| beginnings(typed, "RU").join(" ");
        assert_eq!(found("8 (999) 123-45-67"), "+79991234567");
        assert_eq!(found("8 999 12"), "+899912 +7899912 +799912");
        assert_eq!(found("999"), "+999 +7999");
        assert_eq!(found("+7 999"), "+7999");
        assert_eq!(found("Ivan@Example.RU"), "ivan@example.ru");
        assert_eq!(found("Ivan@exa"), "ivan@exa telegram:@ivan@exa vk:@ivan@exa");
        assert_eq!(found("@ivan"), "telegram:@ivan");
        assert_eq!(found("@iva"), "telegram:@iva vk:@iva");
        for nothing in ["", "  ", "12", "iv", "два слова", "+", "%", "'"] {
            assert_eq!(found(nothing), "", "{nothing}");
        }
    }
}
