//! A decision as text, with the buttons and the schema that go with it.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use dialogue::state::Batch;
use dialogue::{Catalogue, Decision, Frame, Note, Payload, Reason, Say, State};
use serde_json::{Map, Value, json};
use skills::slot::Kind;
use skills::template::{self, display};
use skills::{Skill, slot_title};

use crate::App;
use crate::answer::{ActionKind, Choice, DialogAction};
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
        Decision::Run | Decision::Look | Decision::LookUp { .. } | Decision::Done => ran(say, material, episode),
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

fn ask(
    say: Phrases,
    material: &Material<'_>,
    episode: &Episode,
    name: &str,
    reason: Option<&Reason>,
    attempt: u8,
) -> Reply {
    let Some((frame, skill)) = current(material, episode) else { return closing(say.withdrawn(), ActionKind::Close) };
    let Some(slot) = skill.slots().get(name) else { return closing(say.withdrawn(), ActionKind::Close) };
    let values = frame.values();
    let scope = scope(material, frame, &values);
    let template = format!("ask.{name}");
    let again = format!("ask_again.{name}");
    let asked_before = matches!(reason, Some(Reason::NotRead)) && attempt > 1;
    let has_again = asked_before && skill.templates.has(&again);
    let rendered = skill.render(if has_again { &again } else { &template }, scope.of(say)).ok();
    let mut question = match (reason, frame.days.get(name)) {
        (Some(Reason::TimeMissing), Some(day)) => {
            let day = display(&day_slot(), &json!(day.to_string()), say.0, material.today);
            say.what_time(day.as_str().unwrap_or_default())
        }
        _ => rendered.unwrap_or_else(|| say.plain_question(slot_title(name, slot, say.0))),
    };
    if asked_before
        && !has_again
        && let Some(hint) = say.hint(slot)
    {
        question.push_str(&hint);
    }
    let lead = reason.map(|reason| reason_text(say, material, &skill, reason)).unwrap_or_default();
    let mut text = say.join(&lead, &question);
    let mut options: Vec<_> = slot
        .options
        .iter()
        .map(|value| {
            let payload = Payload::Slot { name: name.to_owned(), value: value.clone().into() };
            choice(slot.label(value, say.0).to_owned(), &payload)
        })
        .collect();
    for (index, shown) in frame.shown.iter().enumerate() {
        text.push_str(&format!("\n{}) {}", index + 1, shown.label));
        options.push(choice(shown.label.clone(), &Payload::Slot { name: name.to_owned(), value: shown.value.clone() }));
    }
    if !frame.shown.is_empty() {
        text.push_str(&format!("\n{}) {}", frame.shown.len() + 1, say.none_of_these()));
        options.push(choice(say.none_of_these(), &Payload::NoneOfThese {}));
    }
    if slot.json_type() == Kind::Boolean {
        let yes_no = [true, false].map(|value| {
            let label = display(slot, &value.into(), say.0, material.today);
            choice(
                label.as_str().unwrap_or_default().to_owned(),
                &Payload::Slot { name: name.to_owned(), value: value.into() },
            )
        });
        options.extend(yes_no);
    }
    if !slot.options.is_empty() && attempt > 1 {
        let labels: Vec<_> = slot.options.iter().map(|value| slot.label(value, say.0).to_owned()).collect();
        text.push_str(&match say.0 {
            paigong_core::Language::Zh => format!("（{}）", say.list(&labels)),
            paigong_core::Language::En => format!(" ({})", say.list(&labels)),
        });
    }
    if !skill.manifest.slots.required.iter().any(|required| required == name) {
        text.push_str(&say.may_skip());
        options.push(choice(say.skip(), &Payload::Skip {}));
    }
    if attempt >= WAY_OUT {
        text = say.join(&text, &say.way_out());
        options.push(choice(say.cancel(), &Payload::Cancel {}));
        options.push(choice(say.person(), &Payload::HandOff {}));
    }
    let action = DialogAction {
        kind: ActionKind::ElicitSlot,
        skill: Some(skill.name().to_owned()),
        slot: Some(name.to_owned()),
        schema: Some(missing_schema(&skill, frame, name)),
        options,
    };
    Reply { text, action }
}

/// JSON Schema of the required slots that are still empty, the asked one first.
fn missing_schema(skill: &Skill, frame: &Frame, asked: &str) -> Value {
    let required = skill.manifest.slots.required.iter().map(String::as_str);
    let missing: Vec<&str> = std::iter::once(asked)
        .chain(required.filter(|name| *name != asked && !frame.slots.contains_key(*name)))
        .filter(|name| skill.slots().get(*name).is_some_and(|slot| slot.is_settable()))
        .collect();
    let properties: Map<_, _> =
        missing.iter().filter_map(|name| Some(((*name).to_owned(), skill.slots().get(*name)?.json_schema()))).collect();
    json!({"type": "object", "required": missing, "properties": properties, "additionalProperties": false})
}

fn choose(say: Phrases, material: &Material<'_>, names: &[String]) -> Reply {
    let skills: Vec<_> = names.iter().filter_map(|name| material.app.live(name)).collect();
    let cases: Option<Vec<String>> =
        skills.iter().map(|skill| Some(skill.manifest.when.as_ref()?.get(say.0).to_owned())).collect();
    // What separates them makes a better question than what they are called.
    let mut text =
        cases.filter(|cases| cases.len() > 1).map_or_else(|| say.which_skill(), |cases| say.which_case(&cases));
    let mut options = Vec::new();
    for (index, skill) in skills.iter().enumerate() {
        let title = skill.manifest.title.get(say.0).to_owned();
        let about = skill.manifest.description.as_ref().map(|about| about.get(say.0));
        let about = about
            .map(|about| if say.0 == paigong_core::Language::Zh { format!("——{about}") } else { format!(": {about}") });
        text.push_str(&format!("\n{}) {title}{}", index + 1, about.unwrap_or_default()));
        options.push(choice(title, &Payload::Skill { name: skill.name().to_owned() }));
    }
    text.push_str(&format!("\n{}) {}", options.len() + 1, say.none_of_these()));
    options.push(choice(say.none_of_these(), &Payload::NoneOfThese {}));
    Reply { text, action: DialogAction { kind: ActionKind::ElicitSkill, options, ..DialogAction::default() } }
}

fn confirm(say: Phrases, material: &Material<'_>, episode: &Episode, attempt: u8) -> Reply {
    let Some((frame, skill)) = current(material, episode) else { return closing(say.withdrawn(), ActionKind::Close) };
    let values = frame.values();
    let mut text = match &frame.batch {
        Some(batch) => batch_text(say, material, &skill, frame, batch),
        None => confirm_text(say, material, &skill, frame),
    };
    if let Some(year) = guessed_year(&skill, &values, &material.app.calendar) {
        text = say.join(&text, &say.unknown_year(year));
    }
    let mut options = vec![
        choice(say.confirm(), &Payload::Confirm { skill: skill.name().to_owned(), slots: frame.to_confirm() }),
        choice(say.change(), &Payload::Change {}),
        choice(say.cancel(), &Payload::Cancel {}),
    ];
    if attempt >= WAY_OUT {
        text = say.join(&text, &say.way_out());
        options.push(choice(say.person(), &Payload::HandOff {}));
    }
    let action = DialogAction {
        kind: ActionKind::ConfirmSkill,
        skill: Some(skill.name().to_owned()),
        options,
        ..DialogAction::default()
    };
    Reply { text, action }
}

/// The skill's own question with the values of `frame`.
fn confirm_text(say: Phrases, material: &Material<'_>, skill: &Skill, frame: &Frame) -> String {
    let values = frame.values();
    let scope = scope(material, frame, &values);
    rendered(skill, "confirm", &scope, say).unwrap_or_else(|| plain_summary(skill, &values, say, material.today))
}

/// All items of a batch, numbered.
fn batch_text(say: Phrases, material: &Material<'_>, skill: &Skill, frame: &Frame, batch: &Batch) -> String {
    let mut lines = Vec::new();
    for (index, item) in batch.items.iter().enumerate() {
        let mut one = frame.clone();
        if let Some(ready) = &item.ready {
            one.slots = ready.slots.clone();
            one.facts = ready.facts.clone();
        }
        if let Some(looked) = &item.looked {
            one.looked.insert(batch.slot.clone(), looked.clone());
        }
        lines.push(format!("{}) {}", index + 1, confirm_text(say, material, skill, &one)));
    }
    say.batch(lines.len(), &lines.join("\n"))
}

/// The first year among a request's days in which its working days are a guess.
fn guessed_year(skill: &Skill, values: &Map<String, Value>, calendar: &values::Calendar) -> Option<i32> {
    let day = |name: &String| values.get(name)?.as_str()?.get(..10)?.parse::<NaiveDate>().ok();
    let years = skill.slots().iter().filter(|(_, slot)| slot.format.is_some()).filter_map(|(name, _)| day(name));
    years.map(|day| day.year()).filter(|year| skill.counts_workdays() && !calendar.knows(*year)).min()
}

fn ask_change(say: Phrases, material: &Material<'_>, episode: &Episode) -> Reply {
    let Some((_, skill)) = current(material, episode) else { return closing(say.withdrawn(), ActionKind::Close) };
    let titles: Vec<_> = skill
        .slots()
        .iter()
        .filter(|(_, slot)| slot.is_settable())
        .map(|(name, slot)| slot_title(name, slot, say.0).to_owned())
        .collect();
    let action = DialogAction {
        kind: ActionKind::ElicitSlot,
        skill: Some(skill.name().to_owned()),
        options: vec![choice(say.cancel(), &Payload::Cancel {})],
        ..DialogAction::default()
    };
    Reply { text: say.ask_change(&say.list(&titles)), action }
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
    let text = match ran.error.as_deref() {
        None if ran.rows.is_empty() => rendered(&skill, "empty", &scope, say).unwrap_or_else(|| say.nothing_found()),
        None => rendered(&skill, "reply", &scope, say).unwrap_or_else(|| say.go_on()),
        Some("nothing_changed") if is_read => say.nothing_found(),
        Some("nothing_changed") => rendered(&skill, "empty", &scope, say).unwrap_or_else(|| say.nothing_changed()),
        Some("constraint") => say.not_allowed_by_data(),
        Some(_) => say.failed(),
    };
    let mut reply = closing(text, ActionKind::Close);
    reply.action.skill = Some(skill.name().to_owned());
    reply
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
        Say::NothingPending => say.nothing_pending(),
        Say::OutOfScope if material.state.misses >= 2 => say.out_of_scope_again(),
        Say::OutOfScope => say.out_of_scope(&offers(say, material)),
        Say::Refused { skill, version, reason } => match material.app.version(skill, *version) {
            Some(skill) => reason_text(say, material, &skill, reason),
            None => say.withdrawn(),
        },
        Say::Withdrawn => say.withdrawn(),
        Say::Sorry => say.sorry(),
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

/// Every slot and its value, for a confirmation whose own text can't be rendered.
fn plain_summary(skill: &Skill, values: &Map<String, Value>, say: Phrases, today: NaiveDate) -> String {
    let parts: Vec<_> = skill
        .slots()
        .iter()
        .filter_map(|(name, slot)| {
            let shown = display(slot, values.get(name)?, say.0, today);
            let shown = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
            Some(format!("{}: {shown}", slot_title(name, slot, say.0)))
        })
        .collect();
    format!("{} ({})?", skill.manifest.title.get(say.0), parts.join(", "))
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
    Scope { today: material.today, slots, facts: facts.cloned().unwrap_or_default(), labels, rows: &[] }
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
