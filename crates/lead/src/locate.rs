//! Where in a text something stands: problems of a configuration name the line they are on.

use form::wire::Problem;
use serde_json::Value;

use crate::{config::ConfigProblem, settings::Located};

/// A value of a JSON text: the way to it, and where it begins. A member begins at its name.
type Place = (Vec<String>, usize);

/// A problem with its JSON pointer, line and column. `config` is what the text says.
pub fn problem(text: &str, config: &Value, problem: &ConfigProblem) -> Located {
    let way = way(config, &problem.at);
    let places = places(text);
    // The deepest part of the way that is written down: something missing stands at what it is missing in.
    let known = (0..=way.len()).rev().filter_map(|length| way.get(..length));
    let offset = known.into_iter().find_map(|way| places.iter().find(|(known, _)| known == way));
    let (line, column) = offset.map_or((0, 0), |(_, offset)| line_and_column(text, *offset));
    Located { line, column, ..Located::of(problem, pointer(&way)) }
}

/// What keeps a text from being a configuration at all, at the place the reader named.
pub fn unreadable(text: &str, error: &serde_json::Error) -> Located {
    let line = u32::try_from(error.line()).unwrap_or(0);
    let column = u32::try_from(error.column()).unwrap_or(0);
    // The reader counts columns in bytes.
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let until = lines.map(str::len).sum::<usize>().saturating_add(error.column());
    let way = places(text).into_iter().take_while(|(_, offset)| *offset < until).last().map(|(way, _)| way);
    let way = way.unwrap_or_default();
    let said = error.to_string();
    // The place is said beside it.
    let problem = said.rsplit_once(" at line ").map_or(said.as_str(), |(problem, _)| problem).to_owned();
    Located { at: way.join("."), pointer: pointer(&way), line, column, problem }
}

/// The same as one sentence.
pub fn sentence(located: &Located) -> String {
    let Located { at, line, column, problem, .. } = located;
    match (at.is_empty(), *line) {
        (true, 0) => problem.clone(),
        (false, 0) => format!("{at}: {problem}"),
        (true, _) => format!("line {line}, column {column}: {problem}"),
        (false, _) => format!("line {line}, column {column}: {at}: {problem}"),
    }
}

/// A problem document about a draft.
pub fn document(problems: &[Located]) -> Problem {
    let lines: Vec<String> = problems.iter().map(sentence).collect();
    Problem {
        title: "the configuration cannot be published".into(),
        status: 422,
        code: "config_invalid".into(),
        detail: Some(lines.join("; ")),
    }
}

/// The words of a place such as `rules[2].when.answer.city`.
pub fn words(at: &str) -> Vec<String> {
    at.split(['.', '[']).map(|word| word.trim_end_matches(']').to_owned()).filter(|word| !word.is_empty()).collect()
}

/// The way to a place, as far as it exists. Where a list is entered by an id, its number is found.
pub fn way(config: &Value, at: &str) -> Vec<String> {
    let mut way = Vec::new();
    let mut here = Some(config);
    for word in words(at) {
        let step = match here {
            Some(Value::Array(list)) if word.parse::<usize>().is_err() => {
                let found = list.iter().position(|each| each.get("id").and_then(Value::as_str) == Some(&word));
                found.map_or(word, |index| index.to_string())
            }
            _ => word,
        };
        here = match (here, step.parse::<usize>()) {
            (Some(Value::Array(list)), Ok(index)) => list.get(index),
            (Some(here), _) => here.get(&step),
            (None, _) => None,
        };
        way.push(step);
    }
    way
}

/// RFC 6901.
pub fn pointer(way: &[String]) -> String {
    way.iter().map(|word| format!("/{}", word.replace('~', "~0").replace('/', "~1"))).collect()
}

enum Within {
    List(usize),
    Members(Option<String>),
}

/// Every value of a JSON text in its order, also of one that breaks off or is not quite JSON.
fn places(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let mut within: Vec<Within> = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((offset, character)) = rest.next() {
        match character {
            '}' | ']' => _ = within.pop(),
            ',' => match within.last_mut() {
                Some(Within::List(index)) => *index = index.saturating_add(1),
                Some(Within::Members(name)) => *name = None,
                None => {}
            },
            ':' => {}
            _ if character.is_whitespace() => {}
            _ => {
                let word = (character == '"').then(|| {
                    let mut word = String::new();
                    while let Some((_, character)) = rest.next() {
                        match character {
                            '"' => break,
                            '\\' => word.extend(rest.next().map(|(_, escaped)| escaped)),
                            _ => word.push(character),
                        }
                    }
                    word
                });
                match within.last_mut() {
                    // A name: the member begins here.
                    Some(Within::Members(name @ None)) => {
                        *name = Some(word.unwrap_or_default());
                        found.push((way_of(&within), offset));
                    }
                    Some(Within::Members(Some(_))) => {}
                    Some(Within::List(_)) | None => found.push((way_of(&within), offset)),
                }
                match character {
                    '{' => within.push(Within::Members(None)),
                    '[' => within.push(Within::List(0)),
                    '"' => {}
                    // A number or a word of JSON ends where something else begins.
                    _ => while rest.next_if(|(_, next)| next.is_alphanumeric() || "+-._".contains(*next)).is_some() {},
                }
            }
        }
    }
    found
}

fn way_of(within: &[Within]) -> Vec<String> {
    let word = |within: &Within| match within {
        Within::List(index) => index.to_string(),
        Within::Members(name) => name.clone().unwrap_or_default(),
    };
    within.iter().map(word).collect()
}

/// Line and column of a place in a text, both from 1, in characters.
pub fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count().saturating_add(1);
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
