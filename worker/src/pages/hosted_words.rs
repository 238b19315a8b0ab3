//! The hosted page's own words: Russian and English, and whatever a form brings in further languages.

use std::collections::BTreeMap;

use lead::form::definition::Words as Further;

macro_rules! words {
    ($($name:ident),* $(,)?) => {
        /// Words of the hosted page in one language.
        #[derive(Debug, Clone, Copy)]
        #[allow(missing_docs, reason = "the words say it")]
        pub struct Words<'a> {
            $(pub $name: &'a str,)*
        }

        impl<'a> Words<'a> {
            /// The words that a form brings in place of ours, by their names.
            fn with(self, further: &'a Further) -> Self {
                Self { $($name: further.get(stringify!($name)).map_or(self.$name, String::as_str),)* }
            }
        }
    };
}

words! {
    name, reach, message, best_time, optional, send, contact_missing, consent_missing, not_through, thanks, soon, done,
    go_on, skip, back, several, words, date, more, made_by, from, to, number_hint, file_hint, too_large, wrong_kind,
    too_many, not_attached, not_answered, confirm_decline, confirm_yes, confirm_no, declined,
}

/// The words in this language: ours, and a form's own where it brings some; English for any other.
pub fn words<'a>(lang: &str, further: &'a BTreeMap<String, Further>) -> Words<'a> {
    let ours = if base(lang) == "ru" { RUSSIAN } else { ENGLISH };
    match further.get(lang).or_else(|| further.get(base(lang))) {
        Some(further) => ours.with(further),
        None => ours,
    }
}

/// The first language of `wanted` (a language, or what a browser accepts) that there are words in; else English.
pub fn language(wanted: &str, further: &BTreeMap<String, Further>) -> String {
    let has = |lang: &str| ["ru", "en"].contains(&lang) || further.contains_key(lang);
    let spoken = wanted.split(',').filter_map(|lang| lang.split(';').next()).map(|lang| lang.trim().to_lowercase());
    for lang in spoken {
        let exact = further.keys().find(|known| known.to_lowercase() == lang);
        if let Some(exact) = exact {
            return exact.clone();
        }
        if has(base(&lang)) {
            return base(&lang).to_owned();
        }
    }
    "en".to_owned()
}

/// The direction in which a language is read.
pub fn direction(lang: &str) -> &'static str {
    match base(lang) {
        "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "ks" | "ku" | "ps" | "sd" | "ug" | "ur" | "yi" => "rtl",
        _ => "ltr",
    }
}

fn base(lang: &str) -> &str {
    lang.split(['-', '_']).next().unwrap_or(lang)
}

const RUSSIAN: Words<'static> = Words {
    name: "Имя",
    reach: "Телефон, почта или мессенджер",
    message: "Сообщение",
    best_time: "Удобное время",
    optional: "необязательно",
    send: "Отправить",
    contact_missing: "Напишите телефон, почту или имя в мессенджере.",
    consent_missing: "Отметьте согласие, чтобы мы могли ответить.",
    not_through: "Пока не отправилось. Всё, что вы написали, на месте: попробуйте ещё раз через минуту.",
    thanks: "Спасибо! Мы уже записали ваше обращение и ответим",
    soon: "в ближайшее время",
    done: "Готово",
    go_on: "Дальше",
    skip: "Пропустить",
    back: "Назад",
    several: "Можно отметить несколько",
    words: "В двух словах",
    date: "Дата",
    more: "Подробнее",
    made_by: "Вопросы можно пропускать: обращение уже у нас с первого шага.",
    from: "С",
    to: "По",
    number_hint: "от {min} до {max}",
    file_hint: "До 10 МБ",
    too_large: "Файл больше 10 МБ. Пришлите его позже в переписке.",
    wrong_kind: "Такой файл мы не сможем открыть.",
    too_many: "Больше файлов приложить нельзя. Пришлите остальные позже в переписке.",
    not_attached: "Файл не загрузился. Попробуйте ещё раз или пропустите вопрос.",
    not_answered: "Ответ пока не дошёл. Попробуйте ещё раз через минуту.",
    confirm_decline: "Закрыть заявку? Больше не побеспокоим",
    confirm_yes: "Да, закрыть",
    confirm_no: "Нет, вернуться",
    declined: "Спасибо за внимание и честный ответ!",
};

const ENGLISH: Words<'static> = Words {
    name: "Name",
    reach: "Phone, e-mail or messenger",
    message: "Message",
    best_time: "Best time",
    optional: "optional",
    send: "Send",
    contact_missing: "Please write a phone, an e-mail or a messenger name.",
    consent_missing: "Please tick this box so that we may answer.",
    not_through: "Not through yet. Everything you wrote is still here: please try again in a minute.",
    thanks: "Thank you! Your request is recorded; we will answer",
    soon: "soon",
    done: "Done",
    go_on: "Continue",
    skip: "Skip",
    back: "Back",
    several: "You may choose several",
    words: "In a few words",
    date: "Date",
    more: "Read more",
    made_by: "Questions may be skipped: your request is with us from the first step.",
    from: "From",
    to: "To",
    number_hint: "from {min} to {max}",
    file_hint: "Up to 10 MB",
    too_large: "The file is larger than 10 MB. Please send it to us later.",
    wrong_kind: "We could not open a file of this kind.",
    too_many: "No more files can be attached. Please send the others later.",
    not_attached: "The file did not come through. Please try again, or skip the question.",
    not_answered: "Your answer is not through yet. Please try again in a minute.",
    confirm_decline: "Close the request? We will not disturb you again",
    confirm_yes: "Yes, close it",
    confirm_no: "No, go back",
    declined: "Thank you for your time and a straight answer!",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_bring_a_language_of_its_own() {
        let arabic: Further = [("name".to_owned(), "الاسم".to_owned())].into();
        let further = [("ar".to_owned(), arabic.clone()), ("pt-BR".to_owned(), arabic)].into();
        for (wanted, lang) in [
            ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
            ("ar-EG,en;q=0.5", "ar"),
            ("de-DE,de;q=0.9,ru;q=0.3", "ru"),
            ("pt-br", "pt-BR"),
            ("de", "en"),
            ("", "en"),
        ] {
            assert_eq!(language(wanted, &further), lang, "{wanted}");
        }
        assert_eq!(words("ar", &further).name, "الاسم");
        assert_eq!(words("ar", &further).skip, "Skip");
        assert_eq!(words("ru", &further).name, "Имя");
        assert_eq!((direction("ar-EG"), direction("ru")), ("rtl", "ltr"));
    }
}
