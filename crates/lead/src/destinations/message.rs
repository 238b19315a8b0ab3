//! What people are told, in a chat or a letter: a title and lines, in the workspace's language.
//!
//! A message names whom the lead was given to and offers nothing to take (I-5).

use jiff::Timestamp;

use super::{
    LOSSES, SWITCHED_OFF,
    telling::{Telling, cut},
};

/// The longest value of a line, in characters.
const LONGEST_VALUE: usize = 500;

/// A message, as text without any markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// For example `New lead · First contact`.
    pub title: String,
    /// A label and what stands beside it.
    pub lines: Vec<(String, String)>,
    /// The answers, question by question.
    pub answers: Vec<(String, String)>,
    /// By when the person is answered; empty when that is not the news.
    pub last: String,
}

/// Puts the message together.
pub fn message(telling: &Telling) -> Message {
    let ru = telling.is_russian();
    let say = |russian: &'static str, english: &'static str| if ru { russian } else { english };
    if telling.event() == SWITCHED_OFF {
        return Message {
            title: format!("{} {}", say("Доставка остановлена:", "Delivery has stopped:"), telling.get("destination")),
            lines: vec![(say("Причина", "Reason").into(), telling.get("reason").into())],
            answers: vec![],
            last: say(
                "Заявки не потеряны: они ждут. Исправьте настройку и включите доставку на странице «Доставка».",
                "No lead is lost: they wait. Mend the setting and switch delivery on again on the page “Deliveries”.",
            )
            .into(),
        };
    }
    if telling.event() == LOSSES {
        return Message {
            title: say("Есть потери", "Something is missing").into(),
            lines: telling.missing(),
            answers: vec![],
            last: say("Подробности на странице «Потери» рабочего места.", "The page “Losses” of the desk says more.")
                .into(),
        };
    }
    let title = match telling.event() {
        "lead.touched" => say("Пишет ещё раз", "Wrote again"),
        "lead.answered" => say("Новые ответы", "New answers"),
        "lead.assigned" => say("Лид передан", "Lead assigned"),
        "lead.closed" => say("Лид закрыт", "Lead closed"),
        "lead.reopened" => say("Лид снова открыт", "Lead reopened"),
        _ => say("Новый лид · Первый контакт", "New lead · First contact"),
    };
    let source = [telling.get("channel"), telling.get("network"), telling.get("campaign")];
    let source: Vec<&str> = source.into_iter().filter(|part| !part.is_empty()).collect();
    let lines = [
        (say("Ответственный", "Assigned to"), telling.get("assigned_name").to_owned()),
        (say("Имя", "Name"), telling.get("name").to_owned()),
        (say("Телефон", "Phone"), telling.get("phones").to_owned()),
        (say("Почта", "E-mail"), telling.get("emails").to_owned()),
        (say("Мессенджер", "Messenger"), telling.get("messenger").to_owned()),
        (say("Как связаться", "How to reach"), telling.get("other").to_owned()),
        (say("Удобное время", "Best time"), telling.get("best_time").to_owned()),
        (say("Сообщение", "Message"), telling.get("message").to_owned()),
        (say("Приоритет", "Priority"), telling.get("priority").to_owned()),
        (say("Источник", "Source"), source.join(" / ")),
        (say("Страница", "Page"), telling.get("page").to_owned()),
    ];
    let lines = lines.into_iter().filter(|(_, value)| !value.trim().is_empty());
    let short = |text: &str| cut(straight(text).trim(), LONGEST_VALUE);
    let news = matches!(telling.event(), "lead.created" | "lead.touched" | "lead.assigned");
    Message {
        title: title.to_owned(),
        lines: lines.map(|(label, value)| (label.to_owned(), short(&value))).collect(),
        answers: telling.answers().iter().map(|(asked, answered)| (short(asked), short(answered))).collect(),
        last: if news { answer_by(telling, say("Ответить до", "Answer by")) } else { String::new() },
    }
}

/// `Answer by 12:15 (21.11)`, where the workspace is.
fn answer_by(telling: &Telling, words: &str) -> String {
    let Ok(at) = telling.get("answer_by").parse::<Timestamp>() else { return String::new() };
    // The desk, which has no zones, writes no messages either.
    #[cfg(feature = "decide")]
    let zone = crate::zone::zone_or_utc(telling.time_zone());
    #[cfg(not(feature = "decide"))]
    let zone = jiff::tz::TimeZone::UTC;
    let local = at.to_zoned(zone);
    format!("{words} {:02}:{:02} ({:02}.{:02})", local.hour(), local.minute(), local.day(), local.month())
}

/// Text without what turns the direction of reading: what follows it would show something else than it says.
pub fn straight(text: &str) -> String {
    let turns = |sign: &char| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|sign| !turns(sign)).collect()
}

/// Text for HTML, also inside an attribute.
pub fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in straight(text).chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}' => escaped.push(' '),
            _ => escaped.push(sign),
        }
    }
    escaped
}
