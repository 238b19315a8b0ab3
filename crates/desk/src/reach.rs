//! The ways to reach a person, as links where they are safe and as text where they are not.

use lead::view::ContactView;

use crate::visible::one_line;

/// One way to reach the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// What kind it is.
    pub(crate) kind: WayKind,
    /// For reading.
    pub(crate) shown: String,
    /// For copying.
    pub(crate) copied: String,
    /// The link, built only from a checked value; `None` where it is text only.
    pub(crate) href: Option<String>,
}

/// The kinds of way, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WayKind {
    /// A phone.
    Phone,
    /// A mailbox.
    Mail,
    /// A messenger; its name.
    Messenger(&'static str),
    /// Typed, but not understood.
    Other,
}

/// Every way to reach this person, phones first.
pub(crate) fn ways(contact: &ContactView) -> Vec<Way> {
    let phones = contact.phones.iter().map(|phone| phone_way(&phone.e164, &phone.raw));
    let mails = contact.emails.iter().map(|mail| Way {
        kind: WayKind::Mail,
        shown: one_line(mail),
        copied: mail.clone(),
        href: is_mailbox(mail).then(|| format!("mailto:{mail}")),
    });
    let messengers = contact.messengers.iter().map(|handle| messenger_way(handle));
    let other = contact.other.iter().filter(|text| !text.trim().is_empty()).map(|text| text_way(text));
    phones.chain(mails).chain(messengers).chain(other).collect()
}

/// What to call this person: the name, else the first way to reach him.
pub(crate) fn called(contact: &ContactView) -> Option<String> {
    let name = one_line(&contact.name);
    if name.is_empty() { ways(contact).into_iter().next().map(|way| way.shown) } else { Some(name) }
}

fn phone_way(e164: &str, raw: &str) -> Way {
    if is_e164(e164) {
        Way { kind: WayKind::Phone, shown: grouped(e164), copied: e164.to_owned(), href: Some(format!("tel:{e164}")) }
    } else {
        text_way(raw)
    }
}

fn text_way(raw: &str) -> Way {
    Way { kind: WayKind::Other, shown: one_line(raw), copied: raw.trim().to_owned(), href: None }
}

/// `telegram:@name`, `vk:@name`, `whatsapp:@7…`, `viber:@7…`; anything else is text.
fn messenger_way(handle: &str) -> Way {
    let Some((network, name)) = handle.split_once(':') else { return text_way(handle) };
    let bare = name.strip_prefix('@').unwrap_or(name);
    let digits = bare.trim_start_matches('+');
    let number = format!("+{digits}");
    let (kind, href) = match network {
        "telegram" if is_handle(bare) && !is_e164(&number) => ("Telegram", format!("https://t.me/{bare}")),
        "telegram" if is_e164(bare) => ("Telegram", format!("https://t.me/{bare}")),
        "vk" if is_handle(bare) => ("VK", format!("https://vk.com/{bare}")),
        "whatsapp" if is_e164(&number) => ("WhatsApp", format!("https://wa.me/{digits}")),
        "viber" if is_e164(&number) => ("Viber", format!("viber://chat?number=%2B{digits}")),
        _ => return text_way(handle),
    };
    let shown = if is_e164(&number) { grouped(&number) } else { format!("@{bare}") };
    Way {
        kind: WayKind::Messenger(kind),
        copied: if is_e164(&number) { number } else { name.to_owned() },
        shown,
        href: Some(href),
    }
}

/// A plus, then 7 to 15 digits.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|digits| (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// One mailbox and nothing that a mail program would read as a header or a second recipient.
fn is_mailbox(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    let plain = |part: &str, extra: &[u8]| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || extra.contains(&byte))
    };
    plain(local, b"._+-") && plain(host, b".-") && host.contains('.')
}

fn is_handle(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// `+79991234567` as `+7 999 123-45-67`. Other countries group in their own ways and stay as they are.
fn grouped(e164: &str) -> String {
    let part = |from: usize, to: usize| e164.get(from..to).unwrap_or_default();
    if e164.starts_with("+7") && e164.len() == 12 {
        format!("+7 {} {}-{}-{}", part(2, 5), part(5, 8), part(8, 10), part(10, 12))
    } else {
        e164.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use lead::view::PhoneView;

    use super::*;

    fn only(contact: ContactView) -> Way {
        ways(&contact).remove(0)
    }

    #[test]
    fn links_are_built_from_checked_values_only() {
        let mail = |text: &str| only(ContactView { emails: vec![text.into()], ..ContactView::default() }).href;
        assert_eq!(mail("ivan.petrov+crm@example.ru").as_deref(), Some("mailto:ivan.petrov+crm@example.ru"));
        assert_eq!(mail("a@b.ru?bcc=all@c.ru"), None);
        assert_eq!(mail("a b@c.ru"), None);
        assert_eq!(mail("a@localhost"), None);

        let phone = |e164: &str| {
            let phones = vec![PhoneView { raw: "8 (999) 123".into(), e164: e164.into() }];
            only(ContactView { phones, ..ContactView::default() })
        };
        assert_eq!(phone("+79991234567").href.as_deref(), Some("tel:+79991234567"));
        assert_eq!(phone("+79991234567").shown, "+7 999 123-45-67");
        assert_eq!(phone("+7999;ext=1").href, None);
        assert_eq!(phone("").shown, "8 (999) 123");

        let messenger = |text: &str| only(ContactView { messengers: vec![text.into()], ..ContactView::default() });
        assert_eq!(messenger("telegram:@ivan_p").href.as_deref(), Some("https://t.me/ivan_p"));
        assert_eq!(messenger("whatsapp:@79991234567").href.as_deref(), Some("https://wa.me/79991234567"));
        assert_eq!(messenger("viber:79991234567").href.as_deref(), Some("viber://chat?number=%2B79991234567"));
        assert_eq!(messenger("telegram:@ivan/../x").href, None);
        assert_eq!(messenger("javascript:alert(1)").href, None);
    }

    #[test]
    fn a_person_without_a_name_is_called_by_the_way_to_reach_him() {
        let contact = ContactView { emails: vec!["a@b.ru".into()], ..ContactView::default() };
        assert_eq!(called(&contact).as_deref(), Some("a@b.ru"));
        assert_eq!(called(&ContactView::default()), None);
    }
}
