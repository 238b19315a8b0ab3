//! Earlier answers in later wordings: `{{need}}`, `{{field.plan}}`, `{{name|друг}}`.

use crate::{
    answer::Answer,
    branching::Step,
    computed,
    condition::Context,
    definition::Form,
    question::{Question, QuestionKind},
};

/// What the visitor has said so far, for wordings that name it.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The form.
    pub form: &'a Form,
    /// The steps before the wording.
    pub before: &'a [Step<'a>],
    /// What the visit came with.
    pub context: &'a Context,
}

impl Said<'_> {
    /// The wording with every `{{name}}` and `{{name|words when it is not known}}` replaced.
    /// `question` is the one the wording belongs to: `{{min}}`, `{{max}}` and `{{cur}}` are its price band.
    pub fn fill(&self, wording: &str, question: Option<&Question>) -> String {
        let mut filled = String::new();
        let mut rest = wording;
        while let Some((plain, named)) = cut(rest, b"{{") {
            let Some((name, after)) = cut(named, b"}}") else { break };
            let (name, otherwise) = name.split_once('|').unwrap_or((name, ""));
            filled.push_str(plain);
            filled.push_str(&self.value(name.trim(), question).unwrap_or_else(|| otherwise.to_owned()));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, name: &str, question: Option<&Question>) -> Option<String> {
        if let Some(band) = question.and_then(|question| question.price.as_ref()) {
            match name {
                "min" => return Some(in_groups(band.min.into())),
                "max" => return Some(in_groups(band.max.into())),
                "cur" => return Some(band.currency.clone()),
                _ => {}
            }
        }
        if name == "name" {
            return Some(self.context.name.trim().to_owned()).filter(|name| !name.is_empty());
        }
        if let Some(field) = name.strip_prefix("field.") {
            return Some(self.context.field(field).to_owned()).filter(|value| !value.is_empty());
        }
        if self.form.values.iter().any(|computed| computed.id == name) {
            return computed::number(name, self.form, self.before).map(in_groups);
        }
        let step = self.before.iter().find(|step| step.question.id == name)?;
        Some(in_words(step.question, step.answer?, &self.context.lang))
    }
}

/// What stands before two signs and after them. The search of the standard library for a text in a text
/// is made for books, and as large.
fn cut<'a>(text: &'a str, signs: &[u8; 2]) -> Option<(&'a str, &'a str)> {
    let at = text.as_bytes().windows(2).position(|pair| pair == signs)?;
    let (before, after) = text.split_at_checked(at)?;
    Some((before, after.split_at_checked(2)?.1))
}

/// An answer in words.
pub fn in_words(question: &Question, answer: &Answer, lang: &str) -> String {
    let mut words: Vec<String> = answer
        .codes(question)
        .into_iter()
        .filter_map(|code| question.choice(code))
        .map(|choice| choice.text.in_language(lang).to_owned())
        .collect();
    if words.is_empty() {
        words = match answer {
            Answer::One(text) => vec![text.clone()],
            Answer::Several(codes) => codes.clone(),
            Answer::Number(number) => vec![in_groups(*number)],
            Answer::WithText { code, .. } => vec![code.clone()],
        };
    }
    let choices = words.join(", ");
    let unit = question.unit.in_language(lang);
    if question.kind != QuestionKind::Scale && matches!(answer, Answer::Number(_)) && !unit.is_empty() {
        return format!("{choices}\u{a0}{unit}");
    }
    match answer.words() {
        // A file has no code: its name is the answer.
        Some(text) if choices.is_empty() => text.to_owned(),
        Some(text) => format!("{choices}: {text}"),
        None => choices,
    }
}

/// A number as people write it: thousands apart from ten thousand on, at most two decimals.
pub fn in_groups(number: f64) -> String {
    let Some((whole, rest)) = parts(number, 100) else { return String::new() };
    let mut written = String::from(if number < 0.0 && (whole, rest) != (0, 0) { "−" } else { "" });
    let digits = whole.to_string();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) && digits.len() > 4 {
            written.push('\u{202f}');
        }
        written.push(digit);
    }
    written.push_str(&decimals(rest, 2));
    written
}

/// A number as JSON writes it, to a millionth: nobody answers a question more finely.
pub fn in_digits(number: f64) -> String {
    match parts(number, 1_000_000) {
        Some((whole, rest)) => {
            let sign = if number < 0.0 && (whole, rest) != (0, 0) { "-" } else { "" };
            format!("{sign}{whole}{}", decimals(rest, 6))
        }
        None => "null".to_owned(),
    }
}

/// What was typed for a number, in digits: blanks go, a comma is a point, and commas between groups of three
/// are no points («12 500,5», "12,500.5"). Both sides of the wire read these digits.
pub fn typed_number(typed: &str) -> String {
    let plain: String = typed.chars().filter(|sign| !sign.is_whitespace()).collect();
    let whole = plain.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default().trim_start_matches('-');
    let in_groups = whole.contains(',') && (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    if in_groups { plain.replace(',', "") } else { plain.replace(',', ".") }
}

/// Numbers beyond this are no amounts but numbers of something, and are kept as they were typed.
pub const GREATEST: f64 = 1e12;

/// The whole part and the `parts_of_one` of a number, rounded; none when it is too great to be meant.
/// By whole numbers, since writing fractions of any size would bring the visitor ten kilobytes of code.
fn parts(number: f64, parts_of_one: u32) -> Option<(u64, u64)> {
    let all = (number.abs() * f64::from(parts_of_one)).round();
    let all = if all < 1e18 { all as u64 } else { return None };
    let one = u64::from(parts_of_one);
    Some((all.checked_div(one)?, all.checked_rem(one)?))
}

fn decimals(rest: u64, places: usize) -> String {
    if rest == 0 { String::new() } else { format!(".{rest:0places$}").trim_end_matches('0').to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        for (number, written) in [
            (0.0, "0"),
            (-0.001, "0"),
            (7.5, "7.5"),
            (9_999.0, "9999"),
            (15_000.0, "15\u{202f}000"),
            (-1_234_567.891, "−1\u{202f}234\u{202f}567.89"),
            (2.05, "2.05"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            assert_eq!(in_groups(number), written, "{number}");
        }
    }

    #[test]
    fn words_that_come_without_a_code_are_the_answer() {
        let file = Answer::WithText { code: String::new(), text: "план.pdf".into() };
        assert_eq!(in_words(&Question { kind: QuestionKind::File, ..Question::default() }, &file, "ru"), "план.pdf");
    }

    #[test]
    fn numbers_as_people_type_them() {
        for (typed, digits) in [
            ("12 500,5", "12500.5"),
            ("10,000", "10000"),
            ("1,234,567.89", "1234567.89"),
            ("12,5", "12.5"),
            ("1234,567", "1234.567"),
            ("-3", "-3"),
            ("about 40", "about40"),
        ] {
            assert_eq!(typed_number(typed), digits);
        }
    }

    proptest! {
        #[test]
        fn numbers_as_json_reads_them(millionths in -9_007_199_254_i64..9_007_199_254) {
            let number = millionths as f64 / 1_000_000.0;
            let read: f64 = serde_json::from_str(&in_digits(number)).unwrap();
            prop_assert!((read - number).abs() < 5e-7, "{} is not {}", read, number);
        }
    }
}
