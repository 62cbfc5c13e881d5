//! The question before a run, with the resolved values echoed; of a batch, those of all its items.

use chrono::{Datelike as _, NaiveDate};
use dialogue::state::Batch;
use dialogue::{Frame, Payload};
use serde_json::{Map, Value};
use skills::template::display;
use skills::{Skill, slot_title};

use super::{Material, Reply, WAY_OUT, choice, closing, current, rendered, scope};
use crate::answer::{ActionKind, DialogAction};
use crate::carry_out::Episode;
use crate::phrases::Phrases;

pub(super) fn confirm(say: Phrases, material: &Material<'_>, episode: &Episode, attempt: u8) -> Reply {
    let Some((frame, skill)) = current(material, episode) else { return closing(say.withdrawn(), ActionKind::Close) };
    let values = frame.values();
    let mut text = match &frame.batch {
        Some(batch) => batch_text(say, material, &skill, frame, batch, &episode.previews),
        None => confirm_text(say, material, &skill, frame, episode.previews.first()),
    };
    if let Some(at) = frame.later {
        text = say.join(&text, &say.put_off(&super::moment(at, say, material)));
    }
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
fn confirm_text(
    say: Phrases,
    material: &Material<'_>,
    skill: &Skill,
    frame: &Frame,
    preview: Option<&dispatch::Preview>,
) -> String {
    let values = frame.values();
    let mut scope = scope(material, frame, &values);
    scope.preview = preview;
    rendered(skill, "confirm", &scope, say).unwrap_or_else(|| plain_summary(skill, &values, say, material.today))
}

/// All items of a batch, numbered.
fn batch_text(
    say: Phrases,
    material: &Material<'_>,
    skill: &Skill,
    frame: &Frame,
    batch: &Batch,
    previews: &[dispatch::Preview],
) -> String {
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
        lines.push(format!(
            "{}) {}",
            index + 1,
            without_question(&confirm_text(say, material, skill, &one, previews.get(index)))
        ));
    }
    say.batch(lines.len(), &lines.join("\n"))
}

/// A confirmation as an item of a list, where one question stands for all: without its own "，确认吗？" or "?".
fn without_question(text: &str) -> &str {
    const SHORT: usize = 6;
    let Some(statement) = text.strip_suffix(['？', '?']) else { return text };
    match statement.rsplit_once('，') {
        Some((statement, asks)) if asks.chars().count() <= SHORT => statement,
        _ => statement,
    }
}

/// The first year among a request's days in which its working days are a guess.
fn guessed_year(skill: &Skill, values: &Map<String, Value>, calendar: &values::Calendar) -> Option<i32> {
    let day = |name: &String| values.get(name)?.as_str()?.get(..10)?.parse::<NaiveDate>().ok();
    let years = skill.slots().iter().filter(|(_, slot)| slot.format.is_some()).filter_map(|(name, _)| day(name));
    years.map(|day| day.year()).filter(|year| skill.counts_workdays() && !calendar.knows(*year)).min()
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
