//! Stored turns → a conversation test that expects what was decided then.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, SubsecRound, Utc};
use chrono_tz::Tz;
use indexmap::IndexMap;
use paigong_core::ConversationId;
use serde_json::{Map, Value};
use skills::scenario::{Action, CLOCK, Execution, Later, Scenario, Turn, write};
use store::{TenantTx, turns};

/// Gaps between turns shorter than this, in seconds, are added to the next one: no date depends on them.
const SHORTEST_GAP: i64 = 60;
/// Characters of the first message that name the test.
const NAME: usize = 60;
/// Turns read at a time.
const PAGE: u32 = 200;

/// A conversation told as a test.
pub struct Told {
    /// A file with it.
    pub file: String,
    /// The test alone, as it stands in a file, to be put below the others.
    pub test: String,
    /// The skill that it is about.
    pub skill: Option<String>,
}

/// The conversation of `user` as a test; or, where nothing of it can be told, why not. It keeps the wall clock of `zone`.
///
/// # Errors
/// As for any statement.
pub async fn as_test(
    tx: &mut TenantTx,
    id: ConversationId,
    user: &str,
    zone: Tz,
) -> Result<Result<Told, String>, store::Error> {
    let mut turns = Vec::new();
    loop {
        let after = turns.last().map_or(0, |turn: &turns::Turn| turn.seq);
        let page = turns::list(tx, id, after, PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        turns.extend(page);
        if is_last {
            break;
        }
    }
    let (scenario, notes) = export(user, &turns, zone);
    if scenario.turns.is_empty() {
        return Ok(Err(notes.join("; ")));
    }
    let mut comments = vec![
        format!("From conversation {id}. Personal data is as it was said: look through it before you keep it."),
        "Nothing is said here of the rows that must be there at the end (`rows`), nor of the words of the replies: \
         `paigong skills test --update` writes those."
            .to_owned(),
    ];
    comments.extend(notes);
    let test = format!("{}{}", write::commented("  ", &comments), write::test(&scenario));
    let skill = scenario.skill().map(str::to_owned);
    Ok(Ok(Told { file: write::file([&scenario], &comments), test, skill }))
}

/// What is known of a conversation on the way through its turns.
#[derive(Default)]
struct Telling {
    turns: Vec<Turn>,
    notes: Vec<String>,
    /// The answer before.
    previous: Value,
    /// Texts that runs of this conversation returned: on fresh data they may be others.
    made: BTreeSet<String>,
    /// When the turn before was, as far as the test tells.
    at: Option<DateTime<Utc>>,
}

/// The test of a conversation of `user`, and what whoever keeps it should know. A turn that can't be told ends it.
fn export(user: &str, stored: &[turns::Turn], zone: Tz) -> (Scenario, Vec<String>) {
    let mut told = Telling::default();
    for turn in stored {
        if let Err(why) = told.tell(turn) {
            told.notes.push(format!("The test ends before turn {}: {why}.", turn.seq));
            break;
        }
    }
    let contexts: Vec<_> = stored.iter().map(|turn| part(turn, "context")).collect();
    if contexts.windows(2).any(|pair| pair[0] != pair[1]) {
        told.notes.push("The identity changed on the way (`context`); a test has one, the first turn's.".into());
    }
    let context: IndexMap<_, _> = contexts.into_iter().next().unwrap_or_default().into_iter().collect();
    let first = told.turns.first().and_then(|turn| turn.user.as_deref()).unwrap_or_default();
    let scenario = Scenario {
        name: first.chars().map(|c| if c.is_control() { ' ' } else { c }).take(NAME).collect(),
        user: user.to_owned(),
        context,
        now: stored.first().map(|turn| wall_clock(time(turn), zone)),
        turns: told.turns,
        rows: Vec::new(),
    };
    (scenario, told.notes)
}

impl Telling {
    fn tell(&mut self, stored: &turns::Turn) -> Result<(), String> {
        let mut turn = self.said(stored)?;
        let answer = &stored.response;
        let (action, decision) = (&answer["dialog_action"], &answer["decision"]);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        turn.later = self.gap(time(stored));
        turn.action = action["type"].as_str().and_then(Action::of);
        turn.skill = text(&action["skill"]);
        turn.slot = text(&action["slot"]);
        let status = answer["execution"]["status"].as_str();
        turn.execution = Some(status.and_then(Execution::of).unwrap_or(Execution::None));
        for (name, filled) in decision["slots"].as_object().into_iter().flatten() {
            let value = &filled["value"];
            let is_new = self.previous["decision"]["slots"][name]["value"] != *value;
            let is_made = value.as_str().is_some_and(|value| self.made.contains(value));
            if is_new && !is_made && filled["by"] != "context" {
                turn.slots.insert(name.clone(), value.clone());
            }
        }
        for word in self.made.iter().filter(|word| stored.query.contains(word.as_str())) {
            let seq = stored.seq;
            self.notes.push(format!(
                "Turn {seq} names {word}, which this conversation made; fresh data may name it otherwise."
            ));
        }
        let rows = answer["execution"]["result"].as_array().into_iter().flatten();
        let texts = rows.filter_map(Value::as_object).flat_map(|row| row.values()).filter_map(Value::as_str);
        // A number or code; names and words are the same on any data.
        let is_code = |text: &&str| text.len() >= 4 && text.chars().any(|c| c.is_ascii_digit());
        self.made.extend(texts.filter(is_code).map(str::to_owned));
        self.previous = answer.clone();
        self.turns.push(turn);
        Ok(())
    }

    /// What the user did: a text, a button by its label, a form.
    fn said(&self, stored: &turns::Turn) -> Result<Turn, String> {
        let mut turn = Turn::default();
        let payload = stored.request.as_ref().map(|request| &request["payload"]).filter(|payload| !payload.is_null());
        if let Some(payload) = payload {
            let label = self.label(payload).ok_or("it pressed a button that the answer before did not have")?;
            turn.press = Some(label);
            return Ok(turn);
        }
        turn.inputs = part(stored, "inputs");
        turn.user = Some(stored.query.clone()).filter(|query| !query.trim().is_empty());
        if turn.user.is_none() && turn.inputs.is_empty() {
            return Err("it pressed a button or sent a form at a time when these were not recorded".into());
        }
        if turn.user.is_none() && self.turns.is_empty() {
            return Err("a test can't begin with a form".into());
        }
        Ok(turn)
    }

    /// The label of the button of the answer before that sends `payload`.
    fn label(&self, payload: &Value) -> Option<String> {
        let options = self.previous["dialog_action"]["options"].as_array()?;
        let sends = |option: &&Value| {
            let text = option["payload"].as_str().unwrap_or_default();
            serde_json::from_str::<Value>(text).is_ok_and(|sent| sent == *payload)
        };
        let label = options.iter().find(sends)?["label"].as_str()?;
        // A test presses the first button of that label.
        let first = options.iter().find(|option| option["label"] == label)?;
        sends(&first).then(|| label.to_owned())
    }

    /// The time since the turn before, if it is worth telling.
    fn gap(&mut self, at: DateTime<Utc>) -> Option<Later> {
        let before = *self.at.get_or_insert(at);
        let seconds = (at - before).num_seconds();
        if seconds < SHORTEST_GAP {
            return None;
        }
        self.at = Some(at);
        Later::of_seconds(seconds)
    }
}

/// When a turn was, by the clock that it was decided with.
fn time(turn: &turns::Turn) -> DateTime<Utc> {
    let stated = turn.response["created_at"].as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    stated.map_or(turn.created_at, |time| time.to_utc()).trunc_subsecs(0)
}

/// The same wall clock where tests are: "tomorrow" has to stay the same day.
fn wall_clock(at: DateTime<Utc>, zone: Tz) -> DateTime<FixedOffset> {
    let local = at.with_timezone(&zone).naive_local();
    let offset = DateTime::parse_from_rfc3339(CLOCK).map(|clock| *clock.offset());
    offset.ok().and_then(|offset| local.and_local_timezone(offset).single()).unwrap_or_else(|| at.fixed_offset())
}

/// A part of what came with a turn's text.
fn part(turn: &turns::Turn, name: &str) -> Map<String, Value> {
    let part = turn.request.as_ref().and_then(|request| request[name].as_object());
    part.cloned().unwrap_or_default()
}
