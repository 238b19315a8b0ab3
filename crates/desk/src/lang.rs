//! The desk's languages.

use crate::phrases::{EN, Phrases, RU};

/// A language of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Lang {
    /// The language for a code such as `ru-RU`; English for one the desk does not speak.
    pub(crate) fn of(code: &str) -> Self {
        if code.to_ascii_lowercase().starts_with("ru") { Self::Ru } else { Self::En }
    }

    /// `ru` or `en`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// Its phrases.
    pub(crate) fn phrases(self) -> &'static Phrases {
        match self {
            Self::Ru => &RU,
            Self::En => &EN,
        }
    }

    /// A number with its noun: `1 обращение`, `2 обращения`, `5 обращений`.
    pub(crate) fn count(self, number: u32, forms: &[&'static str; 3]) -> String {
        let [one, few, many] = *forms;
        let noun = match (self, number % 10, number % 100) {
            (Self::En, ..) => {
                if number == 1 {
                    one
                } else {
                    many
                }
            }
            (Self::Ru, _, 11..=14) => many,
            (Self::Ru, 1, _) => one,
            (Self::Ru, 2..=4, _) => few,
            _ => many,
        };
        format!("{number} {noun}")
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn russian_counts_in_three_ways() {
        let forms = ["лид", "лида", "лидов"];
        let words = [1, 3, 5, 11, 112, 21].map(|number| Lang::Ru.count(number, &forms));
        assert_eq!(words, ["1 лид", "3 лида", "5 лидов", "11 лидов", "112 лидов", "21 лид"]);
        assert_eq!(Lang::En.count(21, &["lead", "leads", "leads"]), "21 leads");
    }
}
