//! The hosted page's own words.

/// Words of the hosted page in one language.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the words say it")]
pub struct Words {
    pub name: &'static str,
    pub reach: &'static str,
    pub message: &'static str,
    pub best_time: &'static str,
    pub optional: &'static str,
    pub send: &'static str,
    pub contact_missing: &'static str,
    pub consent_missing: &'static str,
    pub not_through: &'static str,
    pub thanks: &'static str,
    pub soon: &'static str,
    pub done: &'static str,
    pub go_on: &'static str,
    pub skip: &'static str,
    pub several: &'static str,
    pub words: &'static str,
    pub date: &'static str,
    pub more: &'static str,
    pub made_by: &'static str,
}

/// The words in this language; English for any but Russian.
pub fn words(lang: &str) -> Words {
    if lang == "ru" { RUSSIAN } else { ENGLISH }
}

const RUSSIAN: Words = Words {
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
    several: "Можно отметить несколько",
    words: "В двух словах",
    date: "Дата",
    more: "Подробнее",
    made_by: "Вопросы можно пропускать: обращение уже у нас с первого шага.",
};

const ENGLISH: Words = Words {
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
    several: "You may choose several",
    words: "In a few words",
    date: "Date",
    more: "Read more",
    made_by: "Questions may be skipped: your request is with us from the first step.",
};
