//! Questions: for a slot, which skill was meant, what is to be changed.

use dialogue::{Catalogue, Frame, Payload, Reason};
use serde_json::{Map, Value, json};
use skills::slot::Kind;
use skills::template::display;
use skills::{Skill, slot_title};

use super::{Material, Reply, WAY_OUT, choice, closing, current, day_slot, reason_text, scope};
use crate::answer::{ActionKind, DialogAction};
use crate::carry_out::Episode;
use crate::phrases::Phrases;

pub(super) fn ask(
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

pub(super) fn choose(say: Phrases, material: &Material<'_>, names: &[String]) -> Reply {
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

pub(super) fn ask_change(say: Phrases, material: &Material<'_>, episode: &Episode) -> Reply {
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
