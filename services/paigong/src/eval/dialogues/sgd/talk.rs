//! One dialogue through the product: system turns are told to the state, user turns are understood and stepped; after
//! each, what is known of every service is read off the state.

use std::collections::{BTreeMap, HashMap};

use agent::offline::Offline;
use chrono::{NaiveDate, NaiveDateTime};
use dialogue::question::{self, Field};
use dialogue::{Decision, Filled, Meaning, Payload, Put, State, Told, World};
use serde_json::{Map, Value};

use super::data::{Action, Dialogue, Goal, Service, Speaker, Turn};
use super::schema::{self, ANY};

/// The day on which all dialogues of the set take place.
pub(super) fn now() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2019, 3, 1).unwrap_or_default().and_hms_opt(8, 0, 0).unwrap_or_default()
}

/// What was understood of one frame of a user turn.
pub(super) struct Understood {
    /// Index of the turn.
    pub turn: usize,
    pub service: String,
    pub goal: Goal,
}

/// What a service's skills know, kept beyond the requests themselves.
#[derive(Default)]
struct Memory {
    slots: BTreeMap<String, String>,
    intent: Option<String>,
}

/// Runs `dialogue`, whose services are `services`, in `app`.
pub(super) async fn run(
    offline: &Offline,
    app: &agent::App,
    services: &[&Service],
    dialogue: &Dialogue,
) -> anyhow::Result<Vec<Understood>> {
    let context = Map::new();
    let world = app.world(now(), &context);
    let fields: HashMap<&str, Vec<Field>> =
        services.iter().map(|service| (service.service_name.as_str(), fields(service))).collect();
    let topics: HashMap<&str, Vec<String>> =
        services.iter().map(|service| (service.service_name.as_str(), topics(service))).collect();
    let mut state = State::default();
    let mut memory: BTreeMap<&str, Memory> = BTreeMap::new();
    let mut understood = Vec::new();
    for (index, turn) in dialogue.turns.iter().enumerate() {
        if turn.speaker == Speaker::System {
            state = dialogue::tell(state, told(turn), &world);
            continue;
        }
        let (meaning, _) = offline.understand(&turn.utterance, app, now()).await?;
        let before = state
            .proposal
            .as_ref()
            .filter(|proposal| !proposal.values.is_empty())
            .and_then(|_| state.top().map(|frame| domain(&frame.skill)));
        state = step(state, &meaning, &world);
        for service in services {
            remember(memory.entry(&service.service_name).or_default(), service, &state);
        }
        for frame in &turn.frames {
            let Some(memory) = memory.get(frame.service.as_str()) else { continue };
            let fields = fields.get(frame.service.as_str()).map(Vec::as_slice).unwrap_or_default();
            let goal = Goal {
                active_intent: memory.intent.clone().unwrap_or_else(|| "NONE".into()),
                requested_slots: requested(
                    &meaning,
                    fields,
                    &topics[frame.service.as_str()],
                    before.as_deref(),
                    &state,
                ),
                slot_values: memory.slots.iter().map(|(slot, text)| (slot.clone(), vec![text.clone()])).collect(),
            };
            understood.push(Understood { turn: index, service: frame.service.clone(), goal });
        }
    }
    Ok(understood)
}

/// One user turn. The set's systems never ask which skill was meant, so the likeliest is taken.
fn step(state: State, meaning: &Meaning, world: &World<'_>) -> State {
    let step = dialogue::step(state, meaning, world);
    let Decision::Choose { skills, .. } = &step.decision else { return step.state };
    let likeliest = meaning.candidates.first().map(|candidate| &candidate.skill).filter(|name| skills.contains(name));
    let Some(name) = likeliest.or(skills.first()) else { return step.state };
    let pressed = Meaning { payload: Some(Payload::Skill { name: name.clone() }), ..meaning.clone() };
    dialogue::step(step.state, &pressed, world).state
}

/// What a system turn says, in the product's terms.
fn told(turn: &Turn) -> Told {
    let mut told = Told::default();
    for frame in &turn.frames {
        let failed = frame.actions.iter().any(|action| action.act == "NOTIFY_FAILURE");
        for action in &frame.actions {
            match action.act.as_str() {
                "REQUEST" => {
                    told.asked.push(action.slot.clone());
                    put(&mut told, action);
                }
                "CONFIRM" => {
                    told.confirming = true;
                    put(&mut told, action);
                }
                "OFFER" => {
                    told.found |= !failed;
                    put(&mut told, action);
                }
                "OFFER_INTENT" => {
                    let intent = action.values.first().map(String::as_str).unwrap_or_default();
                    told.skill = Some(schema::skill_name(&frame.service, intent));
                }
                "NOTIFY_SUCCESS" => told.done = true,
                "REQ_MORE" => told.more = true,
                _ => {}
            }
        }
    }
    told
}

fn put(told: &mut Told, action: &Action) {
    let puts: Vec<Put> = action
        .values
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let value = action.canonical_values.get(at).unwrap_or(text);
            Put { value: canonical(value), text: text.clone() }
        })
        .collect();
    if !puts.is_empty() {
        told.values.insert(action.slot.clone(), puts);
    }
}

/// A value as the product writes it: times have seconds.
fn canonical(value: &str) -> Value {
    let is_clock = value.len() == 5 && value.as_bytes().get(2) == Some(&b':');
    if is_clock { format!("{value}:00").into() } else { value.into() }
}

/// Reads off what the state knows of a service.
fn remember(memory: &mut Memory, service: &Service, state: &State) {
    let frames: Vec<_> =
        state.frames.iter().filter(|frame| schema::is_of(&frame.skill, &service.service_name)).collect();
    for frame in &frames {
        for (slot, filled) in &frame.slots {
            memory.slots.insert(slot.clone(), said(service, slot, filled));
        }
    }
    // What a result put forward and the user took, as far as some intent of the service needs it.
    if let Some(proposal) = state.proposal.as_ref().filter(|proposal| proposal.accepted) {
        for (slot, puts) in &proposal.values {
            let [put] = puts.as_slice() else { continue };
            let is_needed = service.intents.iter().any(|intent| intent.required_slots.contains(slot));
            if is_needed && !frames.is_empty() && !proposal.confirming {
                memory.slots.insert(slot.clone(), put.text.clone());
            }
        }
    }
    let name = |skill: &str| {
        let intents = service.intents.iter();
        intents
            .map(|intent| &intent.name)
            .find(|name| schema::skill_name(&service.service_name, name) == skill)
            .cloned()
    };
    memory.intent = frames.last().and_then(|frame| name(&frame.skill));
}

/// A value as it was said: categorical ones in the schema's spelling, numbers without their unit.
fn said(service: &Service, slot: &str, filled: &Filled) -> String {
    let schema = service.slots.iter().find(|schema| schema.name == slot);
    let value = match &filled.value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = filled.text.clone().unwrap_or_else(|| value.clone());
    if schema.is_some_and(|schema| schema.is_categorical) || value == ANY {
        return value;
    }
    text
}

/// Fields that are asked about, once there is something to ask about.
fn requested(
    meaning: &Meaning,
    fields: &[Field],
    topics: &[String],
    before: Option<&str>,
    state: &State,
) -> Vec<String> {
    // A question that asks for another service's skill is about nothing that was there before.
    let now = state.top().map(|frame| domain(&frame.skill));
    if before.is_none() || (now.is_some() && now.as_deref() != before) {
        return Vec::new();
    }
    let is_given = |name: &str| {
        state
            .top()
            .and_then(|frame| frame.slots.get(name))
            .is_some_and(|filled| filled.turn == state.turn && filled.span.is_some())
    };
    let asked = question::asked(&meaning.sentences, fields, topics).into_iter();
    asked.filter(|name| !is_given(name)).map(str::to_owned).collect()
}

/// The domain of a skill: the first part of its name.
fn domain(skill: &str) -> String {
    skill.split('.').next().unwrap_or_default().to_owned()
}

/// Words for the things that a service is about.
fn topics(service: &Service) -> Vec<String> {
    let texts = service.intents.iter().flat_map(|intent| [intent.name.as_str(), intent.description.as_str()]);
    let name = service.service_name.split('_').next().unwrap_or_default();
    let mut words: Vec<String> = Vec::new();
    for text in texts.chain([name]) {
        let mut word = String::new();
        for c in text.chars().chain([' ']) {
            if !c.is_alphabetic() || c.is_uppercase() {
                words.push(std::mem::take(&mut word).to_lowercase());
            }
            if c.is_alphabetic() {
                word.push(c);
            }
        }
    }
    words.retain(|word| word.len() > 2);
    words.sort_unstable();
    words.dedup();
    words
}

fn fields(service: &Service) -> Vec<Field> {
    let field = |slot: &super::data::SlotSchema| Field {
        name: slot.name.clone(),
        titles: vec![slot.name.replace('_', " "), slot.description.clone()],
    };
    service.slots.iter().map(field).collect()
}
