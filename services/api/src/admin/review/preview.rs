//! What a label would change before it is kept: which of the things that users said would be taken for another skill.

use std::time::Instant;

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::ErrorCode;
use serde::Serialize;
use skills::Skill;
use store::review::{self, Kind};
use utoipa::ToSchema;

use super::{Aim, NewLabel, aim};
use crate::admin::person::{May, Review};
use crate::admin::refusals::OfMemberWithBody;
use crate::admin::{app, begin, caller, id, parsed};
use crate::{Problem, Shared};

/// Different sayings that are looked at, the most frequent first.
const SAYINGS: i64 = 500;
/// Flips that are shown; all are counted.
const SHOWN: usize = 50;

/// What a label would change.
#[derive(Serialize, ToSchema)]
pub(crate) struct Blast {
    /// Different sayings that were looked at: the most frequent of the last 5,000 that the model read, at most 500.
    checked: usize,
    /// Those that would be taken for something else, at most 50, those against a reviewer's word first.
    flips: Vec<Flip>,
    /// How many there are.
    flips_total: usize,
    /// Of these: how many would go against a reviewer's word.
    contradictions: usize,
    /// How long the look took.
    millis: u64,
}

/// A saying that would be taken for something else.
#[derive(Serialize, ToSchema)]
pub(crate) struct Flip {
    utterance: String,
    /// What it is taken for; null: nothing that the app does.
    from: Option<String>,
    /// What it would be taken for.
    to: Option<String>,
    /// How often it was said.
    times: i64,
    /// What a reviewer said that it asks for.
    label: Option<String>,
    /// Whether it is taken now for what a reviewer said, and would not be any more.
    contradicts: bool,
}

/// Says what a label would change, and changes nothing. Sayings are read by their words alone, as the first of a conversation.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/review/{turn}/preview", tag = "review",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("turn" = Uuid, Path)), request_body = NewLabel,
    responses((status = 200, description = "What would change", body = Blast), OfMemberWithBody),
    security(("session" = ["reviewer"])))]
pub(crate) async fn preview_label(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let started = Instant::now();
    let new: NewLabel = parsed(&http, body)?;
    let turn = id(&http, "turn")?;
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?;
    let subject = review::subject(&mut tx, app.id, turn).await.map_err(failed)?;
    let subject = subject.ok_or_else(|| Problem::new(&http, ErrorCode::NotFound, "no such turn".to_owned()))?;
    let Aim { skill, kind, instead_of, utterance } = aim(&http, &new, &subject)?;
    let said = review::said(&mut tx, app.id, SAYINGS).await.map_err(failed)?;
    let mut taught = Vec::new();
    let denied = instead_of.map(|other| (other, Kind::Counterexample));
    for (skill, kind) in skill.zip(kind).into_iter().chain(denied) {
        taught.extend(review::as_taught(&mut tx, app.id, &skill, kind, &utterance).await.map_err(failed)?);
    }
    // The transaction is taken back: what was taught in it was taught for this look only.
    drop(tx);
    let mut blast = Blast { checked: said.len(), flips: Vec::new(), flips_total: 0, contradictions: 0, millis: 0 };
    if !taught.is_empty() {
        let compiled = taught.into_iter().map(|taught| Skill::compile(taught.manifest, taught.version, &taught.pack));
        let compiled = compiled.collect::<Result<Vec<_>, _>>();
        let compiled = compiled.map_err(|error| Problem::invalid(&http, error.to_string()))?;
        let unread = |error: agent::Error| Problem::of_turn(&http, &error);
        let caller = caller(&http, &shared, &may, &app).await?;
        let draft = shared.agent.drafts(&caller, compiled).await.map_err(unread)?;
        let texts: Vec<&str> = said.iter().map(|said| said.utterance.as_str()).collect();
        let taken = shared.agent.taken_for(&caller, &draft, &texts).await.map_err(unread)?;
        let changed = said.into_iter().zip(taken).filter(|(_, (from, to))| from != to);
        blast.flips = changed
            .map(|(said, (from, to))| {
                let contradicts = said.is_labelled && from == said.label;
                Flip { utterance: said.utterance, from, to, times: said.times, label: said.label, contradicts }
            })
            .collect();
        blast.flips_total = blast.flips.len();
        blast.contradictions = blast.flips.iter().filter(|flip| flip.contradicts).count();
        blast.flips.sort_by_key(|flip| !flip.contradicts);
        blast.flips.truncate(SHOWN);
    }
    blast.millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(HttpResponse::Ok().json(blast))
}
