//! `…/review`: turns that are worth being looked at, and what people say about them. A label is live with the next message, and
//! can be taken back.

mod preview;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use paigong_core::{Action, AppId, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::drafts::NewDraft;
use store::review::{self, Doubtful, Filter, Kind, Label, Subject, Taught};
use store::{TenantTx, drafts, members};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::person::{May, Review, Signed};
use super::refusals::{OfMember, OfMemberWithBody};
use super::{app, begin, commit, id, parsed};
use crate::chat::queried;
use crate::conversations::page;
use crate::{Problem, Shared};
pub(crate) use preview::*;

/// Characters of what makes a good example, as for suggestions.
const LONGEST: usize = 200;
const SIGNALS: [&str; 10] = [
    "correction",
    "rephrase",
    "denial",
    "cancel",
    "complaint",
    "handoff",
    "repeat_question",
    "clarification",
    "abandon",
    "degraded",
];

/// Which turns.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReviewQuery {
    /// About this skill.
    skill: Option<String>,
    /// In `zh` or `en`.
    language: Option<String>,
    /// With this signal: correction, rephrase, denial, cancel, complaint, handoff, `repeat_question`, clarification, abandon or degraded.
    signal: Option<String>,
    /// Turns after this one.
    last_id: Option<Uuid>,
    /// 1 to 100, default 20.
    limit: Option<u32>,
}

/// A turn that is worth being looked at.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewItem {
    turn: Uuid,
    conversation: Uuid,
    seq: i32,
    query: String,
    answer: String,
    language: String,
    /// The skill that it was taken for.
    skill: Option<String>,
    /// The likeliest skills with their probabilities.
    #[schema(value_type = Vec<Object>, example = json!([{"skill": "leave.request", "p": 0.52}]))]
    candidates: Value,
    /// act, confirm, ask or refuse; null: the model was not asked.
    band: Option<String>,
    /// asked, clarified, confirmed, done, failed, answered, refused, `handed_off`, cancelled or other.
    outcome: String,
    signals: Vec<String>,
    /// 0 to 1.
    uncertainty: f32,
    /// 0 to 1.
    friction: f32,
    created_at: DateTime<Utc>,
}

/// A page of the queue, the most worthwhile first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewPage {
    data: Vec<ReviewItem>,
    has_more: bool,
    limit: u32,
    /// How many there are, counted up to 1000.
    open: i64,
}

/// What is said about a turn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLabel {
    /// `right`: the skill was the right one. `skill`: it should have been `skill`. `out_of_scope`: the app does no such thing.
    /// `new_skill`: it should; a draft is begun.
    #[schema(example = "skill")]
    action: String,
    /// With `skill`: which.
    #[schema(example = "leave.request")]
    skill: Option<String>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct LabelView {
    label: Uuid,
    /// Whether messages are read by it from the next one on.
    live: bool,
    /// The skill that has the example, or the draft that was begun.
    skill: Option<String>,
}

impl From<Doubtful> for ReviewItem {
    fn from(one: Doubtful) -> Self {
        Self {
            turn: one.turn,
            conversation: one.conversation,
            seq: one.seq,
            query: one.query,
            answer: one.answer,
            language: one.language,
            skill: one.skill,
            candidates: one.candidates.unwrap_or_else(|| json!([])),
            band: one.band,
            outcome: one.outcome,
            signals: one.signals,
            uncertainty: one.uncertainty,
            friction: one.friction,
            created_at: one.created_at,
        }
    }
}

/// Lists turns without a label, the most worthwhile first: those that were read least surely and gave most trouble.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/apps/{app}/review", tag = "review",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ReviewQuery),
    responses((status = 200, description = "A page", body = ReviewPage), OfMemberWithBody),
    security(("session" = ["reviewer"])))]
pub(crate) async fn list_review(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
    query: Result<web::Query<ReviewQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let ReviewQuery { skill, language, signal, last_id, limit } = queried(&http, query)?;
    let refuse = |zh: &str, en: &str| Err(Problem::explained(&http, ErrorCode::InvalidRequest, zh, en));
    if language.as_deref().is_some_and(|language| !["zh", "en"].contains(&language)) {
        return refuse("language 须为 zh 或 en", "language is not one of zh, en");
    }
    if signal.as_deref().is_some_and(|signal| !SIGNALS.contains(&signal)) {
        return refuse("没有这样的 signal", "there is no such signal");
    }
    if skill.as_deref().is_some_and(|skill| skill.contains('\0') || skill.len() > 100) {
        return refuse("skill 不是技能名", "skill is not the name of a skill");
    }
    let limit = page(limit);
    let filter = Filter { skill: skill.as_deref(), language: language.as_deref(), signal: signal.as_deref() };
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let found = review::queue(&mut tx, app, &filter, last_id, limit + 1).await.map_err(failed)?;
    let open = review::open(&mut tx, app, &filter).await.map_err(failed)?;
    let mut data: Vec<_> = found.into_iter().map(ReviewItem::from).collect();
    let has_more = data.len() > limit as usize;
    data.truncate(limit as usize);
    Ok(HttpResponse::Ok().json(ReviewPage { data, has_more, limit, open }))
}

/// Labels a turn; over the label that it may have. Its words are an example from the next message on.
#[utoipa::path(post, path = "/admin/v1/tenants/{tenant}/apps/{app}/review/{turn}", tag = "review",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("turn" = Uuid, Path)), request_body = NewLabel,
    responses((status = 200, description = "Stored; `new_skill` needs the role editor", body = LabelView), OfMemberWithBody),
    security(("session" = ["reviewer"])))]
pub(crate) async fn label_turn(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let new: NewLabel = parsed(&http, body)?;
    let turn = id(&http, "turn")?;
    if new.action == "new_skill" {
        may_edit(&http, &shared, &may).await?;
    }
    let failed = |error: store::Error| Problem::of_store(&http, &error);
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    let subject = review::subject(&mut tx, app, turn).await.map_err(failed)?;
    let subject = subject.ok_or_else(|| Problem::new(&http, ErrorCode::NotFound, "no such turn".to_owned()))?;
    take_back(&http, &mut tx, app, turn, &may).await?;
    let (label, live) = labelled(&http, &mut tx, app, &new, &subject, &may).await?;
    review::put(&mut tx, app, turn, &label).await.map_err(failed)?;
    let detail = json!({"app": app, "action": label.action, "skill": label.skill});
    let view = LabelView { label: label.id, live, skill: label.skill };
    commit(&http, tx, &may, ("turn.labelled", &turn.to_string()), detail).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// Takes the label of a turn back, and what it taught.
#[utoipa::path(delete, path = "/admin/v1/tenants/{tenant}/apps/{app}/review/{turn}", tag = "review",
    params(("tenant" = Uuid, Path), ("app" = Uuid, Path), ("turn" = Uuid, Path)),
    responses((status = 204, description = "Taken back"), OfMember),
    security(("session" = ["reviewer"])))]
pub(crate) async fn unlabel_turn(
    http: HttpRequest,
    shared: web::Data<Shared>,
    may: May<Review>,
) -> Result<HttpResponse, Problem> {
    let turn = id(&http, "turn")?;
    let mut tx = begin(&http, &shared, &may).await?;
    let app = app(&http, &mut tx).await?.id;
    if !take_back(&http, &mut tx, app, turn, &may).await? {
        return Err(Problem::new(&http, ErrorCode::NotFound, "the turn has no label".to_owned()));
    }
    commit(&http, tx, &may, ("turn.label_taken_back", &turn.to_string()), json!({"app": app})).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A new skill is an editor's business.
async fn may_edit(http: &HttpRequest, shared: &Shared, signed: &Signed) -> Result<(), Problem> {
    let role = members::role_in(&shared.store, signed.tenant, signed.person.id).await;
    let role = role.map_err(|error| Problem::of_store(http, &error))?;
    if role.is_some_and(|(role, _)| role.can(Action::Edit)) {
        return Ok(());
    }
    let (zh, en) = ("新建技能至少需要 editor 角色", "a new skill needs the role editor");
    Err(Problem::explained(http, ErrorCode::Forbidden, zh, en))
}

/// Takes back a label and what it taught; whether there was one.
async fn take_back(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    turn: Uuid,
    signed: &Signed,
) -> Result<bool, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let Some(label) = review::take(tx, app, turn).await.map_err(failed)? else { return Ok(false) };
    if let Some(skill) = &label.taught {
        review::unteach(tx, app, skill, &label.utterance, &signed.actor()).await.map_err(failed)?;
    }
    Ok(true)
}

/// What a label is about: which skill is taught what; `kind` is `None` where a new skill is begun.
struct Aim {
    skill: Option<String>,
    kind: Option<Kind>,
    utterance: String,
}

fn aim(http: &HttpRequest, new: &NewLabel, subject: &Subject) -> Result<Aim, Problem> {
    let refuse = |zh: &str, en: &str| Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
    let utterance = subject.query.trim();
    if !(1..=LONGEST).contains(&utterance.chars().count()) || utterance.contains(['[', ']', '\0']) {
        return refuse(
            "这条消息不能作为示例：须为 1 至 200 个字符，且不含方括号",
            "this message can't be an example: it must have 1 to 200 characters and no square brackets",
        );
    }
    let (skill, kind) = match new.action.as_str() {
        "right" => (subject.skill.clone(), Some(Kind::Example)),
        "skill" => (new.skill.clone(), Some(Kind::Example)),
        "out_of_scope" => (subject.skill.clone(), Some(Kind::Counterexample)),
        "new_skill" => (None, None),
        _ => {
            return refuse(
                "action 须为 right、skill、out_of_scope 或 new_skill",
                "action is not one of right, skill, out_of_scope, new_skill",
            );
        }
    };
    let skill = skill.filter(|skill| !skill.contains('\0') && skill.len() <= 100);
    Ok(Aim { skill, kind, utterance: utterance.to_owned() })
}

/// The label, and whether it is live: its example is taught, or its draft begun.
async fn labelled(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    new: &NewLabel,
    subject: &Subject,
    signed: &Signed,
) -> Result<(Label, bool), Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let Aim { skill, kind, utterance } = aim(http, new, subject)?;
    let by = signed.actor();
    let label = |skill: Option<String>, taught: Option<String>| {
        let (id, action) = (Uuid::now_v7(), new.action.clone());
        Label { id, action, skill, utterance: utterance.clone(), taught, by: by.clone() }
    };
    let Some(kind) = kind else {
        let name = begin_skill(http, tx, app, &utterance, &by).await?;
        return Ok((label(Some(name), None), false));
    };
    let taught = match &skill {
        Some(skill) => review::teach(tx, app, skill, kind, &utterance, &by).await.map_err(failed)?,
        None => Taught::NoSkill,
    };
    let is_out_of_scope = kind == Kind::Counterexample;
    if taught == Taught::NoSkill && !is_out_of_scope {
        let (zh, en) = ("没有这样的在线技能；请指明 skill", "there is no such live skill; name one in skill");
        return Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
    }
    let taught_skill = skill.clone().filter(|_| taught == Taught::Now);
    Ok((label(skill.filter(|_| !is_out_of_scope), taught_skill), taught != Taught::NoSkill))
}

/// Begins the draft of a skill with its first example; its name.
async fn begin_skill(
    http: &HttpRequest,
    tx: &mut TenantTx,
    app: AppId,
    utterance: &str,
    by: &str,
) -> Result<String, Problem> {
    let failed = |error: store::Error| Problem::of_store(http, &error);
    let packs = store::skills::packs_of(tx, app).await.map_err(failed)?;
    let Some(pack) = packs.first() else {
        let (zh, en) = ("此应用还没有技能包", "the app has no pack yet");
        return Err(Problem::explained(http, ErrorCode::InvalidRequest, zh, en));
    };
    let random = Uuid::new_v4().simple().to_string();
    let name = format!("new.request_{}", &random[..8]);
    let words = Value::from(utterance);
    let manifest = format!(
        "skill: {name}\ntitle: {{zh: {words}, en: {words}}}\neffect: read\nexamples:\n  - {words}\nslots: {{type: object, properties: {{}}}}\n"
    );
    let new = NewDraft { skill: &name, pack, manifest: &manifest, author: by };
    drafts::put(tx, app, &new, None).await.map_err(failed)?;
    Ok(name)
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const BASE: &str = "/admin/v1/tenants/{tenant}/apps/{app}/review";
    let preview = web::resource(format!("{BASE}/{{turn}}/preview")).route(web::post().to(preview_label));
    config.route(BASE, web::get().to(list_review)).service(preview).service(
        web::resource(format!("{BASE}/{{turn}}"))
            .route(web::post().to(label_turn))
            .route(web::delete().to(unlabel_turn)),
    );
}
