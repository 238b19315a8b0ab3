//! Where a person came from: attribution, classified into a source.

use serde::{Deserialize, Serialize};

/// The source of an inquiry, as rules and reports see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What kind of effort brought the person.
    pub kind: SourceKind,
    /// `paid`, `search`, `social`, `email`, `referral`, `direct` or a custom medium.
    pub channel: String,
    /// Who sent the person, for example `yandex`; empty for direct.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub network: String,
    /// utm_campaign.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub campaign: String,
    /// utm_medium.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub medium: String,
    /// utm_content.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// utm_term.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub term: String,
    /// The click id's name, for example `yclid`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub click: String,
    /// The click id, case kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub click_id: String,
    /// The referrer's host.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub referrer: String,
    /// The landing page's path.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub landing: String,
    /// The configured site.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub site: String,
    /// The form.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub form: String,
}

/// The kinds of source (methodology §3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Paid clicks.
    AdCampaign,
    /// Search engines, unpaid.
    Organic,
    /// Another site's link, a social network's post.
    Referral,
    /// Letters of our own.
    MarketingFunnel,
    /// Typed in, bookmarked, or without a trace.
    #[default]
    Site,
    /// Effort that is not advertising.
    NonAdvertising,
}

impl SourceKind {
    /// `ad_campaign`, …
    pub fn code(self) -> &'static str {
        match self {
            Self::AdCampaign => "ad_campaign",
            Self::Organic => "organic",
            Self::Referral => "referral",
            Self::MarketingFunnel => "marketing_funnel",
            Self::Site => "site",
            Self::NonAdvertising => "non_advertising",
        }
    }
}
