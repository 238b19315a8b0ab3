//! Where a person came from, in words.

use lead::source::{Source, SourceKind};

use crate::{
    phrases::{Phrases, word},
    visible::one_line,
};

/// The kind and who sent the person: `Реклама · Яндекс`.
pub(crate) fn brief(source: &Source, t: &Phrases) -> String {
    let kind = word(t.kinds, kind_code(source.kind));
    let network = network(source, t);
    if network.is_empty() { kind.to_owned() } else { format!("{kind} · {network}") }
}

/// How, and by which campaign: `платный переход · осень`. Empty where the kind has said it all.
pub(crate) fn further(source: &Source, t: &Phrases) -> String {
    let channel = one_line(word(t.channels, &source.channel));
    let parts: Vec<String> =
        [channel, one_line(&source.campaign)].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// Who sent the person; the referring site when nobody better is known.
pub(crate) fn network(source: &Source, t: &Phrases) -> String {
    let known = if source.network.is_empty() { &source.referrer } else { &source.network };
    one_line(word(t.networks, known))
}

/// The kind's code on the wire.
pub(crate) fn kind_code(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::AdCampaign => "ad_campaign",
        SourceKind::Organic => "organic",
        SourceKind::Referral => "referral",
        SourceKind::MarketingFunnel => "marketing_funnel",
        SourceKind::Site => "site",
        SourceKind::NonAdvertising => "non_advertising",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_source_is_said_in_words_and_a_strange_one_as_it_came() {
        let t = Lang::Ru.phrases();
        let paid = Source {
            kind: SourceKind::AdCampaign,
            channel: "paid".into(),
            network: "yandex".into(),
            campaign: "autumn".into(),
            ..Source::default()
        };
        assert_eq!(brief(&paid, t), "Реклама · Яндекс");
        assert_eq!(further(&paid, t), "платный переход · autumn");
        let (channel, referrer) = ("qr code".into(), "blog.example".into());
        let odd = Source { kind: SourceKind::Referral, channel, referrer, ..Source::default() };
        assert_eq!(brief(&odd, t), "По ссылке · blog.example");
        assert_eq!(further(&odd, t), "qr code");
    }
}
