//! A webhook signed by Standard Webhooks 1.0.0: any 2xx is success, the answer's body says nothing.

use super::{
    Secret, Settings,
    contract::{Adapter, Answer, Http, Job, Next, Request, Step},
    members::{members, usual_members},
    needs, preview, problem,
};
use crate::{delivery::Outcome, webhook};

/// `kind = "webhook"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Webhook {
    /// A short code, for example `crm`.
    pub id: String,
    /// Where it is posted, `https` only.
    pub url: String,
    /// `whsec_` and base64 of 24 to 64 bytes, or `env:NAME` to take it from the operator's
    /// environment when the file is sent.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The events it hears of; all when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
}

members!(Webhook: id, url; secret = Default::default, events = Default::default);

impl Settings for Webhook {
    usual_members!();

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let sentence = "whsec_ and base64 of 24 to 64 bytes";
        let mut found = needs(secret, sentence);
        if secret.is_some_and(|secret| !webhook::is_secret(secret)) {
            found.push(problem("secret", &format!("must be {sentence}")));
        }
        found
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        vec![("url", self.url.clone())]
    }

    fn takes_erasure(&self) -> bool {
        true
    }

    fn keeps_its_body(&self) -> bool {
        true
    }
}

impl Adapter for Webhook {
    fn next(&self, job: &Job<'_>, _step: &Step, answer: Option<&Answer>) -> Next {
        if let Some(answer) = answer {
            let ended = answer.by_status();
            // A receiver that no longer accepts the signature stops everything that is still to come.
            return if answer.status == 401 { ended.but(Outcome::Auth) } else { ended }.into();
        }
        let signature = if job.secret == preview::MASK {
            Some(format!("v1,{}", preview::MASK))
        } else {
            webhook::sign(job.secret, job.id, job.now, job.telling.body())
        };
        let Some(signature) = signature else {
            return super::contract::Ended::permanent("the secret is malformed").but(Outcome::Auth).into();
        };
        let request = Http {
            method: "POST",
            url: self.url.clone(),
            headers: vec![
                ("content-type", "application/json".into()),
                ("webhook-id", job.id.to_owned()),
                ("webhook-timestamp", job.now.to_string()),
                ("webhook-signature", signature),
            ],
            body: job.telling.body().to_owned(),
        };
        Next::Ask(Step::with("post", ""), Request::Http(request))
    }
}
