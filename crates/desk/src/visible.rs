//! What a stranger typed, made safe to read.
//!
//! The page renders it as text only. Two tricks remain: characters that turn the reading direction
//! round, and characters that cannot be seen. Both are replaced by a sign that can.

/// The same words with invisible and direction-turning characters made visible.
/// Line breaks stay; the raw copy in the ledger is untouched.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|sign| if is_trick(sign) { '\u{FFFD}' } else { sign }).collect()
}

/// The same on one line, for lists.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    visible(&words.join(" "))
}

fn is_trick(sign: char) -> bool {
    match sign {
        '\n' | '\r' | '\t' => false,
        // Embeddings, overrides and isolates; zero-width signs; a byte order mark in the middle.
        // The zero-width joiner stays: it holds some emoji and some scripts together.
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}' => true,
        _ => sign.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tricks_are_shown_and_words_are_kept() {
        assert_eq!(visible("Иван\nПетров 👩‍🚀"), "Иван\nПетров 👩‍🚀");
        assert_eq!(visible("a\u{202E}gpj.exe"), "a\u{FFFD}gpj.exe");
        assert_eq!(visible("<img src=x>"), "<img src=x>");
        assert_eq!(one_line("  два\n\n слова\u{0} "), "два слова\u{FFFD}");
    }
}
