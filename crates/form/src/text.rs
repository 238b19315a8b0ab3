//! A wording in several languages.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

/// A wording by language code (`ru`, `en`, …), as the owner of the form wrote it.
///
/// A sorted list and not a map: there are two or three languages, and the code of a map would be
/// downloaded by every visitor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transparent))]
pub struct Text(
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, String>"))]
    Vec<(String, String)>,
);

impl Text {
    /// A wording from pairs of language code and words.
    pub fn of<const N: usize>(wordings: [(&str, &str); N]) -> Self {
        wordings.into_iter().map(|(lang, words)| (lang.to_owned(), words.to_owned())).collect()
    }

    fn put(&mut self, lang: String, words: String) {
        self.0.retain(|(known, _)| *known != lang);
        let place = self.0.iter().take_while(|(known, _)| *known < lang).count();
        self.0.insert(place, (lang, words));
    }

    fn get(&self, lang: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == lang).map(|(_, words)| words.as_str())
    }

    /// The words in `lang`, else in its base language (`pt` for `pt-BR`), else in English,
    /// else in whichever language there is; empty only for an empty wording.
    pub fn in_language(&self, lang: &str) -> &str {
        let base = lang.split(['-', '_']).next().unwrap_or(lang);
        [lang, base, "en"]
            .into_iter()
            .find_map(|wanted| self.get(wanted))
            .or_else(|| self.0.first().map(|(_, words)| words.as_str()))
            .unwrap_or_default()
    }

    /// The languages this wording has.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(lang, _)| lang.as_str())
    }

    /// True when no language has any words.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, words)| words.trim().is_empty())
    }
}

impl FromIterator<(String, String)> for Text {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(wordings: I) -> Self {
        let mut text = Self::default();
        for (lang, words) in wordings {
            text.put(lang, words);
        }
        text
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(lang, words)| (lang, words)))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Wordings;
        impl<'de> Visitor<'de> for Wordings {
            type Value = Text;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("wordings by language code")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Text, A::Error> {
                let mut text = Text::default();
                while let Some((lang, words)) = members.next_entry()? {
                    text.put(lang, words);
                }
                Ok(text)
            }
        }
        deserializer.deserialize_map(Wordings)
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
