//! What goes on from one message to the next whatever they say: the language, and the time between them.

use chrono::{NaiveDateTime, TimeDelta};
use paigong_core::Language;

use crate::decision::Note;
use crate::meaning::Meaning;
use crate::state::State;
use crate::{Act, World};

/// After so many hours a question is put again rather than taken for answered by a mere "yes".
const AWAY_HOURS: i64 = 4;
/// After so many days requests under way are dropped.
const FORGET_DAYS: i64 = 30;
/// What a message in the other language must weigh to change it at once: Chinese characters, or Latin words twice.
const CHANGE_WEIGHT: usize = 4;
/// The longest text in which choices are looked for, in characters.
const MAX_HEARD: usize = 400;

/// The language of the conversation after this message: that of a message that says enough, or the second in a row.
/// "ok" in a Chinese conversation changes nothing.
pub(crate) fn follow_language(state: &mut State, meaning: &Meaning) {
    let Some(language) = meaning.language else { return };
    let is_first = state.turn <= 1;
    let is_same = state.language.is_none_or(|known| known == language);
    let changes = state.leaning == Some(language) || weight(&meaning.text, language) >= CHANGE_WEIGHT;
    if is_same || is_first || changes {
        state.language = Some(language);
        state.leaning = None;
    } else {
        state.leaning = Some(language);
    }
}

fn weight(text: &str, language: Language) -> usize {
    match language {
        Language::Zh => text.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}')).count(),
        Language::En => {
            let words =
                text.split_whitespace().filter(|word| word.chars().all(|c| c.is_ascii_alphabetic() || c == '\''));
            words.count() * 2
        }
    }
}

/// Notes the time and what was said. After a long while, a message that only answers or greets does not answer what was
/// asked then: the note says that it is asked again.
pub(crate) fn arrive(state: &mut State, meaning: &Meaning, world: &World<'_>) -> Option<Note> {
    state.heard = meaning.act.rest.chars().take(MAX_HEARD).collect();
    let left = state.at.replace(world.now)?;
    let away = world.now - left;
    if away >= TimeDelta::days(FORGET_DAYS) {
        state.frames.clear();
        state.queue.clear();
        state.choosing = None;
        state.offered = false;
        return None;
    }
    returned(state, meaning, left, away)
}

fn returned(state: &mut State, meaning: &Meaning, left: NaiveDateTime, away: TimeDelta) -> Option<Note> {
    if away < TimeDelta::hours(AWAY_HOURS) || meaning.payload.is_some() || !meaning.inputs.is_empty() {
        return None;
    }
    let only_answers = matches!(
        meaning.act.whole(),
        Some(Act::Affirm | Act::Greet | Act::Thank | Act::Resume | Act::Repeat | Act::Help)
    ) || meaning.act.rest.trim().is_empty() && meaning.act.act.is_none();
    let skill = state.top()?.skill.clone();
    only_answers.then(|| {
        state.offered = false;
        Note::Resumed { skill, left }
    })
}
