//! The doors: each checks size, key, origin and shape, and asks the ledger. A door decides nothing
//! about leads.

pub mod acknowledge;
pub mod api;
pub mod attachments;
pub mod body;
pub mod challenge;
pub mod config;
pub mod counts;
pub mod desk;
pub mod destinations;
pub mod embed;
pub mod erasures;
pub mod export;
pub mod files;
pub mod health;
pub mod hosted;
mod hosted_guard;
mod hosted_step;
pub mod inquiries;
pub mod multipart;
pub mod operator;
pub mod rate;

use worker::{Request, Response};

use crate::{
    environment::Environment,
    rejection::Failure,
    routes::{Door, Found},
};

/// What a door ends in.
pub type Outcome = Result<Response, Failure>;

/// Opens the door that was found.
pub async fn open(found: Found, request: Request, environment: &Environment) -> Outcome {
    match found.door {
        Door::Embed => embed::script(&found, &request, environment).await,
        Door::Form | Door::FormVersion => embed::form(&found, environment).await,
        Door::Inquiries => inquiries::record(request, environment).await,
        Door::Answers => inquiries::answer(&found, request, environment).await,
        Door::Attachments => attachments::attach(&found, request, environment).await,
        Door::Counts => counts::count(request, environment).await,
        Door::Challenge => challenge::ask(&found, &request, environment).await,
        Door::Preflight => inquiries::preflight(),
        Door::Hosted => hosted::show(&found, &request, environment).await,
        Door::HostedPost => hosted::post(&found, request, environment).await,
        Door::Files => files::serve(&request, environment).await,
        Door::Health => health::show(environment).await,
        Door::DeskPage => desk::page(),
        Door::DeskSignIn => desk::sign_in(&found, &request, environment).await,
        Door::Me
        | Door::Leads
        | Door::Lead
        | Door::LeadFile
        | Door::Commands
        | Door::Refused
        | Door::Deliveries
        | Door::Quarantine
        | Door::QuestionsReport
        | Door::Privacy
        | Door::Losses
        | Door::Audit => api::team(&found, request, environment).await,
        Door::Destinations | Door::DestinationPreview | Door::DestinationCommands => {
            destinations::team(&found, request, environment).await
        }
        Door::Live => api::live(request, environment).await,
        Door::SignOut => api::sign_out(request, environment).await,
        Door::Config
        | Door::ConfigDraft
        | Door::ConfigDrop
        | Door::ConfigPublish
        | Door::ConfigRollback
        | Door::ConfigRehearse => config::configure(found.door, request, environment).await,
        Door::OperatorVersions | Door::OperatorRollback => operator::versions(&found, request, environment).await,
        Door::OperatorWorkspaces => operator::list(&request, environment).await,
        Door::OperatorAdd => operator::add(request, environment).await,
        Door::OperatorConfig => operator::publish(&found, request, environment).await,
        Door::Export => export::take(request, environment).await,
        Door::OperatorErasures => erasures::keep(&found, request, environment).await,
        Door::OperatorLinks => operator::link(&found, request, environment).await,
        Door::OperatorSteps => operator::step(&found, request, environment).await,
        Door::OperatorSpill => operator::spill(&found, request, environment).await,
    }
}
