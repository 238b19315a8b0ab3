//! What a visit came with, for the conditions of a form; the embed script derives the same
//! (`site/visit/questions.js`).

use form::{Context, wire::InquiryRequest};

use crate::web_address;

/// The parameters of the landing page that conditions may name.
const PARAMETERS: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];

/// The context of an inquiry, from what was sent.
pub fn context(request: &InquiryRequest) -> Context {
    let mut source = Vec::new();
    if let Some(landing) = web_address::read(&request.source.landing) {
        for name in PARAMETERS {
            // The first of several, as a browser's `searchParams.get` takes it.
            let value = landing.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            source.extend(value.filter(|value| !value.is_empty()).map(|value| (name.to_owned(), value)));
        }
        source.push(("landing".to_owned(), landing.path().to_owned()));
    }
    if let Some(host) = web_address::read(&request.source.referrer).and_then(|url| url.host_str().map(str::to_owned)) {
        source.push(("referrer".to_owned(), host));
    }
    Context {
        lang: request.lang.clone().unwrap_or_default(),
        device: request.device.clone().unwrap_or_default(),
        name: request.contact.name.clone(),
        fields: request.fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        source,
    }
}
