//! The desk's pages and their addresses.

/// A page of the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/desk/`
    List,
    /// `/desk/leads/{id}`
    Lead(String),
    /// `/desk/form`
    Form,
    /// `/desk/quarantine`
    Quarantine,
    /// `/desk/deliveries`
    Deliveries,
    /// `/desk/settings`
    Settings,
    /// `/desk/privacy`
    Privacy,
    /// `/desk/losses`
    Losses,
    /// Any other address under `/desk/`.
    Nowhere,
}

impl Route {
    /// The page at this path.
    pub(crate) fn of(path: &str) -> Self {
        let Some(rest) = path.strip_prefix("/desk") else { return Self::Nowhere };
        let rest = rest.trim_matches('/');
        if rest.is_empty() {
            return Self::List;
        }
        match rest {
            "form" => return Self::Form,
            "privacy" => return Self::Privacy,
            "losses" => return Self::Losses,
            _ => {}
        }
        if rest == "settings" {
            return Self::Settings;
        }
        if rest == "quarantine" {
            return Self::Quarantine;
        }
        if rest == "deliveries" {
            return Self::Deliveries;
        }
        match rest.strip_prefix("leads/") {
            Some(id) if is_id(id) => Self::Lead(id.to_owned()),
            _ => Self::Nowhere,
        }
    }

    /// The address of this page.
    pub(crate) fn href(&self) -> String {
        match self {
            Self::Lead(id) => format!("/desk/leads/{id}"),
            Self::Form => "/desk/form".to_owned(),
            Self::Quarantine => "/desk/quarantine".to_owned(),
            Self::Deliveries => "/desk/deliveries".to_owned(),
            Self::Settings => "/desk/settings".to_owned(),
            Self::Privacy => "/desk/privacy".to_owned(),
            Self::Losses => "/desk/losses".to_owned(),
            Self::List | Self::Nowhere => "/desk/".to_owned(),
        }
    }
}

/// Ids are put into addresses as they are, so nothing else is taken for one.
fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn every_address_leads_somewhere() {
        for (path, route) in [
            ("/desk", Route::List),
            ("/desk/", Route::List),
            ("/desk/leads/0192f0c1-77aa", Route::Lead("0192f0c1-77aa".into())),
            ("/desk/leads/0192f0c1-77aa/", Route::Lead("0192f0c1-77aa".into())),
            ("/desk/form", Route::Form),
            ("/desk/form/", Route::Form),
            ("/desk/quarantine", Route::Quarantine),
            ("/desk/deliveries", Route::Deliveries),
            ("/desk/privacy", Route::Privacy),
            ("/desk/losses", Route::Losses),
            ("/desk/forms", Route::Nowhere),
            ("/desk/settings", Route::Settings),
            ("/desk/leads/", Route::Nowhere),
            ("/desk/leads/a/b", Route::Nowhere),
            ("/desk/leads/..%2f", Route::Nowhere),
            ("/elsewhere", Route::Nowhere),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
        let lead = Route::Lead("0192f0c1".into());
        assert_eq!(Route::of(&lead.href()), lead);
    }
}
