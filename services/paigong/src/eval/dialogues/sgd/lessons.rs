//! Which dialogues are learnt from, and what: some of the dialogues in which an intent occurs are lessons and are not
//! evaluated; each intent gets at most 20 of their utterances as examples, values marked.

use std::collections::BTreeMap;

use super::data::{Dialogue, Frame, Goal, Service, Speaker, Turn};

/// Lessons in which an intent occurs, at least, as far as there are any.
const LESSONS: usize = 12;
/// Examples of an intent, at most.
const EXAMPLES: usize = 20;
/// How many of them may be utterances that begin the intent.
const OPENINGS: usize = 14;

/// Divides dialogues into lessons and those to evaluate. Lessons are spread evenly over the dialogues of each intent.
pub(super) fn divide(dialogues: Vec<Dialogue>) -> (Vec<Dialogue>, Vec<Dialogue>) {
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for intent in dialogues.iter().flat_map(intents) {
        *all.entry(intent).or_default() += 1;
    }
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let mut taught = met.clone();
    dialogues.into_iter().partition(|dialogue| {
        let own = intents(dialogue);
        let mut is_lesson = false;
        for intent in &own {
            let met = met.entry(intent.clone()).or_default();
            *met += 1;
            let all = all.get(intent).copied().unwrap_or(1).max(LESSONS);
            is_lesson |= taught.get(intent).copied().unwrap_or_default() * all < *met * LESSONS;
        }
        if is_lesson {
            for intent in own {
                *taught.entry(intent).or_default() += 1;
            }
        }
        is_lesson
    })
}

/// The intents of a dialogue, each once.
fn intents(dialogue: &Dialogue) -> Vec<String> {
    let mut intents: Vec<String> = goals(dialogue)
        .filter(|(_, _, goal)| goal.active_intent != "NONE")
        .map(|(_, frame, goal)| key(&frame.service, &goal.active_intent))
        .collect();
    intents.sort_unstable();
    intents.dedup();
    intents
}

fn key(service: &str, intent: &str) -> String {
    super::schema::skill_name(service, intent)
}

/// User turns with their frames and annotated goals.
fn goals(dialogue: &Dialogue) -> impl Iterator<Item = (&Turn, &Frame, &Goal)> {
    dialogue
        .turns
        .iter()
        .filter(|turn| turn.speaker == Speaker::User)
        .flat_map(|turn| turn.frames.iter().filter_map(move |frame| Some((turn, frame, frame.state.as_ref()?))))
}

/// Marked examples by skill: utterances that begin the intent, then those that say most values.
pub(super) fn examples(lessons: &[Dialogue], services: &[Service]) -> BTreeMap<String, Vec<String>> {
    let mut openings: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    let mut others = openings.clone();
    for dialogue in lessons {
        let mut active: BTreeMap<&str, &str> = BTreeMap::new();
        for (turn, frame, goal) in goals(dialogue) {
            let before = active.insert(&frame.service, &goal.active_intent);
            if goal.active_intent == "NONE" {
                continue;
            }
            let Some(service) = services.iter().find(|service| service.service_name == frame.service) else { continue };
            let (text, marks) = marked(turn, frame, service);
            let is_opening = before != Some(goal.active_intent.as_str());
            if is_opening || marks > 0 {
                let place = if is_opening { &mut openings } else { &mut others };
                place.entry(key(&frame.service, &goal.active_intent)).or_default().push((marks, text));
            }
        }
    }
    for (skill, mut texts) in others {
        texts.sort_by_key(|(marks, _)| std::cmp::Reverse(*marks));
        let own = openings.entry(skill).or_default();
        own.truncate(OPENINGS);
        own.extend(texts);
    }
    openings
        .into_iter()
        .map(|(skill, texts)| {
            let mut unique: Vec<String> = Vec::new();
            for (_, text) in texts {
                if !unique.contains(&text) && unique.len() < EXAMPLES {
                    unique.push(text);
                }
            }
            (skill, unique)
        })
        .collect()
}

/// The utterance with its values marked, and how many there are.
fn marked(turn: &Turn, frame: &Frame, service: &Service) -> (String, usize) {
    let chars: Vec<char> = turn.utterance.chars().collect();
    let mut places: Vec<(usize, usize, &str)> = frame
        .slots
        .iter()
        .filter(|place| place.start < place.exclusive_end && place.exclusive_end <= chars.len())
        .map(|place| (place.start, place.exclusive_end, place.slot.as_str()))
        .collect();
    // Categorical values have no places; most are said in so many words.
    let folded: String = skills::fold(&turn.utterance);
    for action in frame.actions.iter().filter(|action| action.act == "INFORM") {
        let is_categorical = service.slots.iter().any(|slot| slot.name == action.slot && slot.is_categorical);
        for value in action.values.iter().filter(|_| is_categorical) {
            let number = value.parse::<usize>().ok().and_then(|number| NUMBERS.get(number));
            let words = [Some(skills::fold(value)), number.map(|word| (*word).to_owned())];
            let found = words.into_iter().flatten().find_map(|word| Some((find_word(&folded, &word)?, word)));
            if let Some((at, word)) = found {
                let start = folded[..at].chars().count();
                places.push((start, start + word.chars().count(), action.slot.as_str()));
            }
        }
    }
    places.sort_unstable();
    places.dedup_by(|later, earlier| later.0 < earlier.1);
    let mut text = String::new();
    let mut at = 0;
    for (start, end, slot) in &places {
        text.extend(&chars[at..*start]);
        text.push('[');
        text.extend(&chars[*start..*end]);
        text.push_str(&format!("]({slot})"));
        at = *end;
    }
    text.extend(&chars[at..]);
    (text, places.len())
}

const NUMBERS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

fn find_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        outside(text[..*at].chars().next_back()) && outside(text[at + word.len()..].chars().next())
    })
}

/// By service, the slots that are taken over from what was said or found before: those of several intents, and those that
/// lessons show to have a value that was only offered.
pub(super) fn carried<'a>(lessons: &[Dialogue], services: &'a [Service]) -> BTreeMap<&'a str, Vec<String>> {
    services
        .iter()
        .map(|service| {
            let takes = service.slots.iter().filter(|slot| {
                let intents = service.intents.iter().filter(|intent| {
                    intent.required_slots.contains(&slot.name) || intent.optional_slots.contains_key(&slot.name)
                });
                let is_shared = intents.count() > 1;
                let is_needed = service.intents.iter().any(|intent| intent.required_slots.contains(&slot.name));
                let (taken, left) = taken(lessons, &service.service_name, &slot.name);
                if is_needed { is_shared } else { taken > left }
            });
            (service.service_name.as_str(), takes.map(|slot| slot.name.clone()).collect())
        })
        .collect()
}

/// How often, in lessons, the user took an offer and a value that was only offered became the goal's, and how often not.
fn taken(lessons: &[Dialogue], service: &str, slot: &str) -> (usize, usize) {
    let (mut taken, mut left) = (0, 0);
    for dialogue in lessons {
        let mut offered: Option<&str> = None;
        for turn in &dialogue.turns {
            for frame in turn.frames.iter().filter(|frame| frame.service == service) {
                let offers = frame.actions.iter().find(|action| action.act == "OFFER" && action.slot == slot);
                offered = offers.and_then(|action| action.values.first()).map(String::as_str).or(offered);
                let says_so = frame.actions.iter().any(|action| action.act == "INFORM" && action.slot == slot);
                let selects = frame.actions.iter().any(|action| action.act == "SELECT");
                let Some(goal) = frame.state.as_ref().filter(|_| selects && !says_so) else { continue };
                let Some(offered) = offered else { continue };
                match goal.slot_values.get(slot) {
                    Some(values) if values.iter().any(|value| value == offered) => taken += 1,
                    Some(_) => {}
                    None => left += 1,
                }
            }
        }
    }
    (taken, left)
}
