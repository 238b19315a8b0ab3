//! Our own words in Russian and English.

/// The widget's words in one language.
#[derive(Debug)]
pub struct Phrases {
    /// Between the number of the question and how many there are.
    pub of: &'static str,
    /// Leads to the question before.
    pub back: &'static str,
    /// Leaves the question unanswered.
    pub skip: &'static str,
    /// Leaves an earlier answer as it is.
    pub keep: &'static str,
    /// Sends what was chosen or typed.
    pub go_on: &'static str,
    /// Above the field for words that go with a choice.
    pub words: &'static str,
    /// Above the date that goes with a choice.
    pub date: &'static str,
    /// Above the answer in free words.
    pub text: &'static str,
    /// The end, in two sentences. It never says how anyone was ranked.
    pub done: [&'static str; 2],
}

/// The words in this language: Russian or, for any other, English.
pub fn in_language(lang: &str) -> &'static Phrases {
    if lang == "ru" { &RU } else { &EN }
}

static RU: Phrases = Phrases {
    of: "из",
    back: "Назад",
    skip: "Пропустить",
    keep: "Оставить как есть",
    go_on: "Продолжить",
    words: "В двух словах, если хотите",
    date: "Примерно к какому дню?",
    text: "Ваш ответ",
    done: ["Это всё, спасибо!", "Прочитаем ваши ответы до разговора, чтобы не спрашивать дважды."],
};

static EN: Phrases = Phrases {
    of: "of",
    back: "Back",
    skip: "Skip",
    keep: "Leave it as it is",
    go_on: "Continue",
    words: "In a few words, if you like",
    date: "Roughly by which day?",
    text: "Your answer",
    done: ["That is all, thank you!", "We will read your answers before we talk, so that nobody asks twice."],
};
