//! A small workspace and inquiry to test with.

use form::wire::{Contact, InquiryRequest};
use lead::{
    config::{Config, Destination, Member, Route, Rule, Site, When},
    destinations::{Secret, webhook::Webhook},
    form_config::FormConfig,
};

pub(crate) fn config() -> Config {
    let member = |id: &str, role| Member {
        id: id.into(),
        name: id.to_uppercase(),
        role,
        capacity: None,
        hours: None,
        absent: vec![],
    };
    Config {
        name: "Workshop".into(),
        language: "ru".into(),
        time_zone: "Europe/Moscow".into(),
        phone_region: "RU".into(),
        first_response_minutes: 15,
        working_hours: lead::config::WorkingHours::default(),
        urgent_days: 30,
        team: vec![member("anna", lead::role::Role::Seller), member("boris", lead::role::Role::Seller)],
        teams: vec![],
        sites: vec![Site {
            id: "shop".into(),
            name: "Shop".into(),
            origins: vec![],
            proof_of_work: None,
            turnstile: None,
        }],
        forms: vec![FormConfig { id: "price".into(), ..FormConfig::default() }],
        words: Default::default(),
        rules: vec![Rule {
            id: "yandex".into(),
            when: When { network: vec!["yandex".into()], ..When::default() },
            route: Route { assign: "boris".into(), deliver: vec!["crm".into()], ..Route::default() },
        }],
        catch_all: Route { assign: "anna".into(), deliver: vec!["crm".into()], ..Route::default() },
        destinations: vec![Destination::Webhook(Webhook {
            id: "crm".into(),
            url: "https://hooks.crm.ru/in".into(),
            secret: Secret("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz".into()),
            events: vec![],
        })],
        suspicion: Default::default(),
        retention: lead::retention::Retention::default(),
    }
}

pub(crate) fn inquiry(reach: &str) -> InquiryRequest {
    InquiryRequest {
        id: "0192f0c1-0000-7000-8000-000000000001".into(),
        form: Some("price".into()),
        contact: Contact { reach: reach.into(), ..Contact::default() },
        ..InquiryRequest::default()
    }
}

/// Ids in the order they are asked for: `id-1`, `id-2`, …
pub(crate) fn minting() -> impl FnMut() -> String {
    let mut number = 0;
    move || {
        number += 1;
        format!("id-{number}")
    }
}
