//! Every route, in one table, grouped by who calls it. Braces take one segment; `{*rest}` takes
//! what is left.

use worker::Method;

/// The doors behind the routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table says what each is")]
pub enum Door {
    Embed,
    Form,
    FormVersion,
    Inquiries,
    Answers,
    Attachments,
    Counts,
    Challenge,
    Preflight,
    Hosted,
    HostedPost,
    Files,
    Health,
    DeskPage,
    DeskSignIn,
    Me,
    Leads,
    Lead,
    LeadFile,
    Commands,
    Refused,
    Deliveries,
    Quarantine,
    Destinations,
    DestinationPreview,
    DestinationCommands,
    Audit,
    QuestionsReport,
    Export,
    Privacy,
    Losses,
    Live,
    SignOut,
    Config,
    ConfigDraft,
    ConfigDrop,
    ConfigPublish,
    ConfigRollback,
    ConfigRehearse,
    OperatorRollback,
    OperatorVersions,
    OperatorWorkspaces,
    OperatorAdd,
    OperatorConfig,
    OperatorLinks,
    OperatorSteps,
    OperatorSpill,
    OperatorErasures,
}

use Door as D;
use Method::{Delete, Get, Head, Options, Patch, Post, Put};

/// Method, path, door.
pub const TABLE: &[(&[Method], &str, Door)] = &[
    // Visitors: the tag, the widget, the hosted page.
    (&[Get, Head], "/embed/{site}/{form}", D::Embed),
    (&[Get, Head], "/v1/forms/{site}/{form}", D::Form),
    (&[Get, Head], "/v1/forms/{site}/{form}/{version}", D::FormVersion),
    (&[Post], "/v1/inquiries", D::Inquiries),
    (&[Post], "/v1/inquiries/{id}/answers", D::Answers),
    (&[Post], "/v1/inquiries/{id}/files", D::Attachments),
    (&[Post], "/v1/counts", D::Counts),
    (&[Get], "/v1/challenges/{site}", D::Challenge),
    (&[Options], "/v1/{*rest}", D::Preflight),
    (&[Get, Head], "/f/{site}/{form}", D::Hosted),
    (&[Post], "/f/{site}/{form}", D::HostedPost),
    (&[Get, Head], "/w/{*file}", D::Files),
    (&[Get, Head], "/d/{*file}", D::Files),
    (&[Get, Head], "/h/{*file}", D::Files),
    // Operators.
    (&[Get, Head], "/v1/health", D::Health),
    (&[Get], "/operator/workspaces", D::OperatorWorkspaces),
    (&[Post], "/operator/workspaces", D::OperatorAdd),
    (&[Put], "/operator/workspaces/{workspace}/config", D::OperatorConfig),
    (&[Get], "/operator/workspaces/{workspace}/config", D::OperatorVersions),
    (&[Post], "/operator/workspaces/{workspace}/config/rollback", D::OperatorRollback),
    (&[Post], "/operator/workspaces/{workspace}/links", D::OperatorLinks),
    (&[Post], "/operator/workspaces/{workspace}/steps", D::OperatorSteps),
    (&[Get, Post], "/operator/workspaces/{workspace}/spill", D::OperatorSpill),
    (&[Get, Post], "/operator/workspaces/{workspace}/erasures", D::OperatorErasures),
    // The team, and programs with an API key.
    (&[Get, Head], "/desk", D::DeskPage),
    (&[Get, Head], "/desk/{*page}", D::DeskPage),
    (&[Get], "/desk/sign-in/{link}", D::DeskSignIn),
    (&[Get], "/api/me", D::Me),
    (&[Get], "/api/leads", D::Leads),
    (&[Get], "/api/leads/{id}", D::Lead),
    (&[Get], "/api/leads/{id}/files/{file}", D::LeadFile),
    (&[Post], "/api/leads/{id}/commands", D::Commands),
    (&[Get], "/api/deliveries", D::Deliveries),
    (&[Get], "/api/quarantine", D::Quarantine),
    (&[Get], "/api/destinations", D::Destinations),
    (&[Get], "/api/destinations/{id}/preview", D::DestinationPreview),
    (&[Post], "/api/destinations/{id}/commands", D::DestinationCommands),
    (&[Get], "/api/audit", D::Audit),
    (&[Get], "/api/reports/questions", D::QuestionsReport),
    (&[Get], "/api/config", D::Config),
    (&[Put], "/api/config/draft", D::ConfigDraft),
    (&[Delete], "/api/config/draft", D::ConfigDrop),
    (&[Post], "/api/config/publish", D::ConfigPublish),
    (&[Post], "/api/config/rollback", D::ConfigRollback),
    (&[Post], "/api/config/rehearse", D::ConfigRehearse),
    (&[Get], "/api/reports/losses", D::Losses),
    (&[Get], "/api/export", D::Export),
    (&[Get], "/api/privacy", D::Privacy),
    (&[Get], "/api/live", D::Live),
    (&[Post], "/api/sign-out", D::SignOut),
    // What nobody may do: taking, picking, refusing, deleting a lead, typing its category.
    (&[Put, Patch, Delete], "/api/leads/{id}", D::Refused),
    (&[Put, Patch, Delete, Post], "/api/leads/{id}/{action}", D::Refused),
];

/// A route that was found.
#[derive(Debug)]
pub struct Found {
    /// The door.
    pub door: Door,
    params: Vec<(String, String)>,
}

impl Found {
    /// What stands in braces, decoded; empty when the route has no such place.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// Why there is no door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing has this path.
    Path,
    /// The path exists, but not for this method.
    Method,
}

/// Finds the door.
///
/// # Errors
/// See [`Missing`].
pub fn find(method: &Method, path: &str) -> Result<Found, Missing> {
    let mut missing = Missing::Path;
    // A path with the most fixed words wins: "/desk/sign-in/…" before "/desk/{*page}".
    let mut best: Option<(usize, Found)> = None;
    for (methods, pattern, door) in TABLE {
        let Some(params) = matched(pattern, path) else { continue };
        if !methods.contains(method) {
            missing = Missing::Method;
            continue;
        }
        let fixed = pattern.split('/').filter(|word| !word.starts_with('{')).count();
        if best.as_ref().is_none_or(|(known, _)| fixed > *known) {
            best = Some((fixed, Found { door: *door, params }));
        }
    }
    best.map(|(_, found)| found).ok_or(missing)
}

fn matched(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut params = Vec::new();
    let mut words = path.split('/');
    for wanted in pattern.split('/') {
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                if let Some(rest_name) = name.strip_prefix('*') {
                    let rest: Vec<&str> = words.collect();
                    params.push((rest_name.to_owned(), rest.join("/")));
                    return (!rest.is_empty()).then_some(params);
                }
                let word = words.next().filter(|word| !word.is_empty())?;
                params.push((name.to_owned(), word.to_owned()));
            }
            None if words.next() == Some(wanted) => {}
            None => return None,
        }
    }
    words.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(method: Method, path: &str) -> Result<Door, Missing> {
        find(&method, path).map(|found| found.door)
    }

    #[test]
    fn finds_the_most_fixed_route() {
        assert_eq!(door(Get, "/desk/"), Ok(D::DeskPage));
        assert_eq!(door(Get, "/desk/sign-in/link_x"), Ok(D::DeskSignIn));
        assert_eq!(door(Post, "/api/leads/1/commands"), Ok(D::Commands));
        assert_eq!(door(Post, "/api/leads/1/take"), Ok(D::Refused));
        assert_eq!(door(Delete, "/api/leads/1"), Ok(D::Refused));
        assert_eq!(door(Get, "/api/leads/1/take"), Err(Missing::Method));
        assert_eq!(door(Get, "/nothing"), Err(Missing::Path));
        assert_eq!(door(Get, "/embed//price.js"), Err(Missing::Path));
        assert_eq!(find(&Get, "/embed/site_x/price.js").unwrap().param("form"), "price.js");
    }
}
