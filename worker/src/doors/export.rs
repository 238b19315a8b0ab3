//! The export's door: asks the ledger page by page and writes each on its way to whoever takes it along.

use futures_util::stream;
use lead::export::{self, Format, workbook::Workbook};
use worker::{Headers, Request, Response, ResponseBuilder};

use super::{Outcome, api};
use crate::{
    clock,
    environment::{self, Environment},
    keys::Key,
    ledger::{
        call::{Call, TeamRequest},
        export::{ExportPage, ExportWanted, Place},
    },
    rejection::BODY_MALFORMED,
};

/// What is still to be written.
struct Writing {
    environment: Environment,
    key: Key,
    wanted: ExportWanted,
    format: Format,
    workbook: Workbook,
    page: Option<ExportPage>,
    begun: bool,
    ended: bool,
}

/// `GET /api/export?format=json|csv|xlsx`, of one person with `lead=`.
pub async fn take(request: Request, environment: &Environment) -> Outcome {
    let key = api::caller(&request, environment)?;
    let named = api::query(&request, "format")?.unwrap_or_else(|| "json".into());
    let format = Format::of(&named).ok_or_else(|| BODY_MALFORMED.because("format is json, csv or xlsx"))?;
    let wanted = ExportWanted { format: named, lead: api::query(&request, "lead")?, after: Place::default() };
    let mut writing = Writing {
        environment: environment.clone(),
        key,
        wanted,
        format,
        workbook: Workbook::default(),
        page: None,
        begun: false,
        ended: false,
    };
    // The first page says whether he may: after it the answer has begun.
    let first = writing.ask().await?;
    if first.status_code() != 200 {
        return Ok(first);
    }
    writing.page = Some(environment::read(first).await?);
    let day: String = clock::now().to_string().chars().take(10).collect();
    let headers = Headers::new();
    headers.set("content-type", format.media_type())?;
    headers.set("content-disposition", &format!("attachment; filename=\"leads-{day}.{}\"", format.code()))?;
    headers.set("cache-control", "private, no-store")?;
    headers.set("x-content-type-options", "nosniff")?;
    let pieces = stream::unfold(Some(writing), |writing| async move {
        let mut writing = writing?;
        match writing.piece().await {
            Ok(piece) if writing.ended => Some((Ok(piece), None)),
            Ok(piece) => Some((Ok(piece), Some(writing))),
            // What is cut short is no whole file: the receiver is told, instead of given a part.
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(ResponseBuilder::new().with_headers(headers).from_stream(Box::pin(pieces))?)
}

impl Writing {
    async fn ask(&self) -> worker::Result<Response> {
        let ledger = self.environment.ledger(&self.key.workspace)?;
        let request = TeamRequest::Export { wanted: self.wanted.clone() };
        environment::call(&ledger, &Call::Team { key: self.key.clone(), request }).await
    }

    /// The next piece of the file.
    async fn piece(&mut self) -> worker::Result<Vec<u8>> {
        let page = match self.page.take() {
            Some(page) => page,
            None => environment::read(self.ask().await?).await?,
        };
        let mut out = Vec::new();
        if !self.begun {
            out.extend(self.beginning());
        }
        match self.format {
            Format::Json | Format::Csv => out.extend(page.text.as_bytes()),
            Format::Xlsx => out.extend(self.workbook.rows(&page.rows)),
        }
        self.begun = true;
        match page.next {
            Some(after) => self.wanted.after = after,
            None => {
                self.ended = true;
                match self.format {
                    Format::Json => out.extend(b"\n]}\n"),
                    Format::Csv => {}
                    Format::Xlsx => out.extend(self.workbook.end()),
                }
            }
        }
        Ok(out)
    }

    fn beginning(&mut self) -> Vec<u8> {
        match self.format {
            Format::Json => format!("{{\"exported_at\":\"{}\",\"leads\":[\n", clock::now()).into_bytes(),
            Format::Csv => format!("{}{}", export::BYTE_ORDER_MARK, export::csv_heading()).into_bytes(),
            Format::Xlsx => self.workbook.begin(&export::heading()),
        }
    }
}
