//! The table as CSV (RFC 4180), of which no spreadsheet calculates anything.

use super::{Cell, heading};
use crate::destinations::message::straight;

/// The bytes a CSV file begins with, so that Excel reads UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A line of CSV, with its end.
pub fn csv(cells: &[Cell]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(&plain(cell))).collect();
    format!("{}\r\n", cells.join(","))
}

/// The heading as a line of CSV.
pub fn csv_heading() -> String {
    csv(&heading().into_iter().map(Cell::Text).collect::<Vec<_>>())
}

fn plain(cell: &Cell) -> String {
    match cell {
        // Where a spreadsheet parts cells by semicolons, quotes within a line part nothing: each piece may be a cell.
        Cell::Text(words) => {
            let words = straight(words);
            let mut text = String::new();
            for piece in words.split_inclusive([';', ',', '\t', '\r', '\n']) {
                text.push_str(&if text.is_empty() || is_formula(piece) { defused(piece) } else { piece.to_owned() });
            }
            text
        }
        Cell::Phone(phone) if is_only_a_phone(phone) => phone.clone(),
        Cell::Phone(phone) => defused(phone),
        Cell::Number(number) => number.to_string(),
        Cell::Time(at) => at.clone(),
    }
}

/// `+`, digits, and between them spaces, hyphens and brackets: words apart, so that it is no sum either.
fn is_only_a_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit())
            && rest.contains(' ')
            && rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'(' | b')'))
    })
}

/// A text that no spreadsheet calculates: `'` before what begins like a formula, also after what is not seen.
fn defused(words: &str) -> String {
    let begins_unseen = words.starts_with(['\t', '\r', '\n', '\0']);
    if is_formula(words) || begins_unseen { format!("'{words}") } else { words.to_owned() }
}

/// True where the first sign that is seen begins a formula.
fn is_formula(words: &str) -> bool {
    let first = words.chars().find(|sign| {
        !sign.is_whitespace()
            && !sign.is_control()
            && !matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    });
    first.is_some_and(|sign| matches!(sign, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '|' | '%'))
}

/// A cell in quotes where RFC 4180 asks for them; a zero byte is nothing in any file of text.
fn quoted(cell: &str) -> String {
    let cell = cell.replace('\0', "");
    if cell.contains([',', ';', '"', '\r', '\n', '\t']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::{super::readable, *};

    #[test]
    fn nothing_typed_becomes_a_formula_and_phones_stay_phones() {
        let written = |cell: Cell| csv(&[cell]).trim_end_matches("\r\n").to_owned();
        for (typed, expected) in [
            ("=1+2", "'=1+2"),
            ("+7 999", "'+7 999"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"),
            ("\u{200b}=1", "'\u{200b}=1"),
            ("\u{202e}=1\u{2066}", "'=1"),
            ("＝1", "'＝1"),
            ("\tx", "\"'\tx\""),
            ("a,b", "\"a,b\""),
            // Where semicolons part the cells, and quotes in the middle of a line part nothing.
            ("x;=1+1;y", "\"x;'=1+1;y\""),
            ("x\n=1+1", "\"x\n'=1+1\""),
            ("x, -1", "\"x,' -1\""),
            ("a;b", "\"a;b\""),
            ("a\n\nb", "\"a\n\nb\""),
            ("a\r\nb", "\"a\r\nb\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("Иван", "Иван"),
            ("", ""),
        ] {
            assert_eq!(written(Cell::Text(typed.into())), expected, "{typed:?}");
        }
        assert_eq!(written(Cell::Phone(readable("+79991234567"))), "+7 999 123-45-67");
        assert_eq!(written(Cell::Phone(readable("+12125550187"))), "+1 212-555-0187");
        assert_eq!(written(Cell::Phone("+1+cmd".into())), "'+1+cmd");
        assert_eq!(written(Cell::Phone("+79991234567".into())), "'+79991234567");
    }
}
