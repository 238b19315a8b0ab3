//! A wording in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A wording by language code (`ru`, `en`, …), as the owner of the form wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Text(BTreeMap<String, String>);

impl Text {
    /// A wording from pairs of language code and words.
    pub fn of<const N: usize>(wordings: [(&str, &str); N]) -> Self {
        Self(wordings.into_iter().map(|(lang, words)| (lang.to_owned(), words.to_owned())).collect())
    }

    /// The words in `lang`, else in its base language (`pt` for `pt-BR`), else in English,
    /// else in whichever language there is; empty only for an empty wording.
    pub fn in_language(&self, lang: &str) -> &str {
        let base = lang.split(['-', '_']).next().unwrap_or(lang);
        [lang, base, "en"]
            .into_iter()
            .find_map(|wanted| self.0.get(wanted))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// The languages this wording has.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// True when no language has any words.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|words| words.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn falls_back_from_region_to_language_to_english_to_anything() {
        let both = Text::of([("ru", "Да"), ("en", "Yes")]);
        assert_eq!(both.in_language("ru-RU"), "Да");
        assert_eq!(both.in_language("de"), "Yes");
        assert_eq!(Text::of([("ru", "Да")]).in_language("de"), "Да");
        assert_eq!(Text::default().in_language("ru"), "");
    }
}
