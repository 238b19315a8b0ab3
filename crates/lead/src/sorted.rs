//! Lists that lie in the program as text, a line for each thing, in the order of their first words.

/// What stands behind a word that a line begins with. `gap` ends the word. The lines are in the order of the bytes of
/// their words, so a dozen of them are looked at and not all.
pub fn behind<'a>(lines: &'a str, word: &str, gap: char) -> Option<&'a str> {
    let mut rest = lines;
    while !rest.is_empty() {
        let middle = rest.floor_char_boundary(rest.len() / 2);
        let begin = rest.get(..middle)?.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let line = rest.get(begin..)?.lines().next()?;
        let (first, behind) = line.split_once(gap).unwrap_or((line, ""));
        match first.cmp(word) {
            std::cmp::Ordering::Equal => return Some(behind),
            std::cmp::Ordering::Less => rest = rest.get(begin.saturating_add(line.len()).saturating_add(1)..)?,
            std::cmp::Ordering::Greater => rest = rest.get(..begin)?,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::behind;

    #[test]
    fn finds_every_line_and_nothing_else() {
        let words: Vec<String> = (100..200).map(|number| format!("w{number}")).collect();
        for many in 0..words.len() {
            let lines: String = words.iter().take(many).map(|word| format!("{word} is {word}\n")).collect();
            for (at, word) in words.iter().enumerate() {
                let expected = (at < many).then(|| format!("is {word}"));
                assert_eq!(behind(&lines, word, ' ').map(str::to_owned), expected, "{many} {word}");
            }
            for other in ["", "a", "w", "w1", "w1000", "w1505", "x", "ъ"] {
                assert_eq!(behind(&lines, other, ' '), None, "{many} {other}");
            }
        }
        assert_eq!(behind("# what it is\na\tfirst\né\tlast", "é", '\t'), Some("last"));
    }
}
