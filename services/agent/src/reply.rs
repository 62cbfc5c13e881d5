//! A decision as text, with the buttons and the schema that go with it.

mod confirmation;
mod question;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dialogue::{Catalogue, Decision, Frame, Note, Payload, Reason, Say, State};
use serde_json::{Map, Value, json};
use skills::template::{self, display};
use skills::{Skill, slot_title};

use self::confirmation::confirm;
use self::question::{ask, ask_change, choose};
use crate::App;
use crate::answer::{ActionKind, Choice, DialogAction, ExecutionStatus};
use crate::carry_out::Episode;
use crate::phrases::Phrases;

/// What replies are made from.
pub(crate) struct Material<'a> {
    pub app: &'a App,
    pub context: &'a Map<String, Value>,
    pub state: &'a State,
    pub today: NaiveDate,
    /// Requests of this message that wait: their skills.
    pub more: &'a [String],
}

/// The text and the action of an answer.
pub(crate) struct Reply {
    pub text: String,
    pub action: DialogAction,
}

/// The attempt from which on a question offers a way out.
const WAY_OUT: u8 = 3;

/// Puts what was decided and done into words. The action is that of the last episode.
pub(crate) fn reply(episodes: &[Episode], material: &Material<'_>) -> Reply {
    let say = Phrases(material.state.language());
    let mut whole = closing(String::new(), ActionKind::Close);
    for episode in episodes {
        let one = decided(say, material, episode);
        let text = notes(say, material, episode, &one.text);
        whole.text = if whole.text.is_empty() { text } else { format!("{}\n{text}", whole.text) };
        whole.action = one.action;
    }
    if !material.more.is_empty() {
        let titles: Vec<_> = material.more.iter().map(|name| title(say, material, name)).collect();
        whole.text = format!("{}\n{}", whole.text, say.later(&say.list(&titles)));
    }
    whole
}

fn decided(say: Phrases, material: &Material<'_>, episode: &Episode) -> Reply {
    let mut reply = match &episode.decision {
        Decision::Ask { slot, reason, attempt } => ask(say, material, episode, slot, reason.as_ref(), *attempt),
        Decision::Choose { skills, .. } => choose(say, material, skills),
        Decision::Confirm { attempt } => confirm(say, material, episode, *attempt),
        Decision::AskChange => ask_change(say, material, episode),
        Decision::Run | Decision::Look | Decision::LookUp { .. } | Decision::Stop { .. } | Decision::Done => {
            ran(say, material, episode)
        }
        Decision::Say(what) => only_say(say, material, what),
        Decision::HandOff => closing(say.handoff(), ActionKind::Handoff),
    };
    if let Some(skill) = episode.resumable.as_deref().and_then(|name| material.app.live(name)) {
        let question = say.resume(skill.manifest.title.get(say.0));
        reply.text = say.join(&reply.text, &question);
        reply.action.skill = Some(skill.name().to_owned());
        reply.action.kind = ActionKind::ConfirmSkill;
        reply.action.options = vec![choice(say.go_on(), &Payload::Resume {}), choice(say.drop(), &Payload::Cancel {})];
    }
    reply
}

/// The text with what is to be mentioned before it.
fn notes(say: Phrases, material: &Material<'_>, episode: &Episode, text: &str) -> String {
    let mut lead = String::new();
    for note in &episode.notes {
        let said = match note {
            Note::Resumed { skill, left } => {
                let days = (material.today - left.date()).num_days();
                let day = display(&day_slot(), &json!(left.date().to_string()), say.0, material.today);
                say.resumed(&title(say, material, skill), days, day.as_str().unwrap_or_default())
            }
            Note::Next(skill) => say.next(&title(say, material, skill)),
            Note::LeftOut { label, reason } => {
                let current = current(material, episode);
                let reason = current.map(|(_, skill)| reason_text(say, material, &skill, reason)).unwrap_or_default();
                say.left_out(label, &reason)
            }
        };
        lead = say.join(&lead, &said);
    }
    say.join(&lead, text)
}

fn title(say: Phrases, material: &Material<'_>, name: &str) -> String {
    material.app.live(name).map_or_else(|| name.to_owned(), |skill| skill.manifest.title.get(say.0).to_owned())
}

/// The answer to a run that just ended.
fn ran(say: Phrases, material: &Material<'_>, episode: &Episode) -> Reply {
    let (Some(ran), Some(frame)) = (&episode.ran, &episode.frame) else {
        return closing(say.failed(), ActionKind::Close);
    };
    let Some(skill) = material.app.version(&frame.skill, frame.version) else {
        return closing(say.failed(), ActionKind::Close);
    };
    let values = frame.values();
    let mut scope = scope(material, frame, &values);
    scope.rows = &ran.rows;
    let is_read = !skill.manifest.effect.needs_confirmation();
    let title = skill.manifest.title.get(say.0);
    let rule = ran.rule.as_deref().and_then(|rule| rendered(&skill, rule, &scope, say));
    let text = match ran.error.as_deref() {
        _ if ran.status() == ExecutionStatus::Unknown => say.unknown(title),
        _ if ran.status() == ExecutionStatus::Running => say.running(title),
        _ if ran.status() == ExecutionStatus::Waiting => say.with_person(title),
        _ if ran.status() == ExecutionStatus::Scheduled => match frame.later {
            Some(at) => say.scheduled(title, &moment(at, say, material)),
            None => say.running(title),
        },
        Some("rule") => rule.unwrap_or_else(|| say.rule()),
        Some("cancelled") => say.cancelled(title),
        Some("step") if !ran.steps.is_empty() => {
            let line = |(skill, state): &(String, String)| say.step_line(&self::title(say, material, skill), state);
            say.steps_stopped(&ran.steps.iter().map(line).collect::<Vec<_>>())
        }
        Some("step") => say.steps_failed(title),
        Some("rejected") => say.rejected(title),
        Some("unreachable" | "deadline") => say.unreachable(title),
        None if ran.rows.is_empty() && skill.run.is_knowledge() => {
            let text = rendered(&skill, "empty", &scope, say).unwrap_or_else(|| say.not_in_documents());
            if episode.related.is_empty() { text } else { say.join(&text, &say.related(&episode.related)) }
        }
        None if ran.rows.is_empty() => rendered(&skill, "empty", &scope, say).unwrap_or_else(|| say.nothing_found()),
        None => rendered(&skill, "reply", &scope, say).unwrap_or_else(|| say.go_on()),
        Some("nothing_changed") if is_read => say.nothing_found(),
        Some("nothing_changed") => rendered(&skill, "empty", &scope, say).unwrap_or_else(|| say.nothing_changed()),
        Some("constraint") => say.not_allowed_by_data(),
        Some(_) => say.failed(),
    };
    let mut reply = closing(text, ActionKind::Close);
    reply.action.skill = Some(skill.name().to_owned());
    if skill.run.is_knowledge() && ran.rows.is_empty() {
        reply.action.options.push(choice(say.person(), &Payload::HandOff {}));
    }
    reply
}

/// A day and a time as people say it.
fn moment(at: chrono::NaiveDateTime, say: Phrases, material: &Material<'_>) -> String {
    let slot = skills::Slot { format: Some(skills::slot::Format::DateTime), ..skills::Slot::default() };
    let shown = display(&slot, &json!(at.format("%Y-%m-%dT%H:%M:%S").to_string()), say.0, material.today);
    shown.as_str().map_or_else(|| at.to_string(), str::to_owned)
}

fn only_say(say: Phrases, material: &Material<'_>, what: &Say) -> Reply {
    let title = |name: &str| self::title(say, material, name);
    let text = match what {
        Say::Greeting => say.greeting(&offers(say, material)),
        Say::Welcome => say.welcome(),
        Say::Help => say.help(&offers(say, material)),
        Say::Cancelled(skill) => say.cancelled(&title(skill)),
        Say::CancelledAll(skills) => {
            say.cancelled_all(&say.list(&skills.iter().map(|skill| title(skill)).collect::<Vec<_>>()))
        }
        Say::NotUndoable { skill, too_late } => say.not_undoable(&title(skill), *too_late),
        Say::NotStoppable { skill } => say.not_stoppable(&title(skill)),
        Say::NothingPending => say.nothing_pending(),
        Say::OutOfScope if material.state.misses >= 2 => say.out_of_scope_again(),
        Say::OutOfScope => say.out_of_scope(&offers(say, material)),
        Say::Refused { skill, version, reason } => match material.app.version(skill, *version) {
            Some(skill) => reason_text(say, material, &skill, reason),
            None => say.withdrawn(),
        },
        Say::Withdrawn => say.withdrawn(),
        Say::Sorry => say.sorry(),
        Say::AskBack(text) => text.clone(),
    };
    let mut reply = closing(text, ActionKind::Close);
    if let Say::Cancelled(skill) | Say::Refused { skill, .. } = what {
        reply.action.skill = Some(skill.clone());
    }
    let is_stuck = matches!(what, Say::OutOfScope | Say::Sorry) && material.state.misses >= 2;
    if is_stuck || matches!(what, Say::NotUndoable { .. }) {
        reply.action.options.push(choice(say.person(), &Payload::HandOff {}));
    }
    reply
}

/// What this user can ask for: some titles, in a stable order.
fn offers(say: Phrases, material: &Material<'_>) -> String {
    let mut permitted: Vec<_> = material.app.skills().filter(|skill| skill.is_permitted(material.context)).collect();
    permitted.sort_by(|a, b| a.name().cmp(b.name()));
    // One skill of each domain, so that the list stays short and shows the breadth.
    permitted.dedup_by_key(|skill| skill.name().split('.').next().unwrap_or_default().to_owned());
    let titles: Vec<_> = permitted.iter().take(10).map(|skill| skill.manifest.title.get(say.0).to_owned()).collect();
    say.list(&titles)
}

fn reason_text(say: Phrases, material: &Material<'_>, skill: &Skill, reason: &Reason) -> String {
    match reason {
        Reason::Invalid(text) => say.say(text),
        Reason::Rule { index, with, facts } => {
            let scope = scope_of(material, with, Some(facts), BTreeMap::new());
            rendered(skill, &format!("rule.{index}"), &scope, say).unwrap_or_else(|| say.rule())
        }
        Reason::Missing { with } => {
            let scope = scope_of(material, with, None, BTreeMap::new());
            rendered(skill, "missing", &scope, say).unwrap_or_else(|| say.missing())
        }
        Reason::Several => say.several(),
        Reason::NotAChoice { said } => say.not_a_choice(said.as_deref()),
        Reason::NoChoices { slot } => {
            let title = skill.slots().get(slot).map_or(slot.as_str(), |schema| slot_title(slot, schema, say.0));
            say.no_choices(title)
        }
        Reason::TimeMissing | Reason::Back => String::new(),
        Reason::NotRead => say.not_read(),
        Reason::Required => say.required(),
    }
}

/// Renders one of the skill's texts; a text that can't be rendered is a fault to be logged, not to be shown.
fn rendered(skill: &Skill, name: &str, scope: &Scope<'_>, say: Phrases) -> Option<String> {
    if !skill.templates.has(name) {
        return None;
    }
    match skill.render(name, scope.of(say)) {
        Ok(text) => Some(text),
        Err(error) => {
            tracing::warn!(skill = skill.name(), version = skill.version, text = name, %error, "a text of a skill can't be rendered");
            None
        }
    }
}

/// A template's scope without its language.
struct Scope<'a> {
    today: NaiveDate,
    slots: &'a Map<String, Value>,
    facts: Map<String, Value>,
    labels: BTreeMap<String, String>,
    rows: &'a [Map<String, Value>],
    preview: Option<&'a dispatch::Preview>,
}

impl Scope<'_> {
    fn of(&self, say: Phrases) -> template::Scope<'_> {
        template::Scope {
            language: say.0,
            today: self.today,
            labels: &self.labels,
            slots: self.slots,
            facts: &self.facts,
            rows: self.rows,
            preview: self.preview.map(|preview| template::Preview { count: preview.count, rows: &preview.rows }),
        }
    }
}

fn scope<'a>(material: &Material<'_>, frame: &Frame, slots: &'a Map<String, Value>) -> Scope<'a> {
    scope_of(material, slots, frame.facts_row(), frame.labels())
}

fn scope_of<'a>(
    material: &Material<'_>,
    slots: &'a Map<String, Value>,
    facts: Option<&Map<String, Value>>,
    labels: BTreeMap<String, String>,
) -> Scope<'a> {
    Scope { today: material.today, slots, facts: facts.cloned().unwrap_or_default(), labels, rows: &[], preview: None }
}

fn current<'a>(material: &Material<'_>, episode: &'a Episode) -> Option<(&'a Frame, std::sync::Arc<Skill>)> {
    let frame = episode.frame.as_ref()?;
    Some((frame, material.app.version(&frame.skill, frame.version)?))
}

fn closing(text: String, kind: ActionKind) -> Reply {
    Reply { text, action: DialogAction { kind, ..DialogAction::default() } }
}

fn choice(label: String, payload: &Payload) -> Choice {
    Choice { label, payload: serde_json::to_string(payload).unwrap_or_default() }
}

fn day_slot() -> skills::Slot {
    skills::Slot { format: Some(skills::slot::Format::Date), ..skills::Slot::default() }
}
