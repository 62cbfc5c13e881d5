//! From a decision of a model's to a proposal: nothing passes that was not offered.
//!
//! What does no harm to lose is dropped and told: a slot, a skill that is no candidate. What makes the whole worthless is an
//! error, in words for the model, which gets one chance to do better.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::{PatternOptions, Validator};
use regex::Regex;
use serde_json::{Map, Value};

use crate::mask::{Mask, Unissued};
use crate::proposal::{Dropped, PlannedStep, Proposal, Reason, Source};
use crate::question::{By, Candidate, Question};
use crate::text::{self, regex};
use crate::{grounding, schema};

const LONGEST_QUESTION: usize = 300;
const LONGEST_ANSWER: usize = 1_200;
const LONGEST_VALUE: usize = 2_000;
const LONGEST_NAME: usize = 80;
/// Bytes that a slot's pattern may compile to.
const PATTERN_SIZE: usize = 1 << 20;

/// `[p1]`, `（p1、p2）`.
static MARK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\s?[\[【(（]\s*p\d{1,3}(?:\s*[,，、;]\s*p\d{1,3})*\s*[\]】)）]"));
/// `1. ` at the beginning of a line.
static ITEM: LazyLock<Regex> = LazyLock::new(|| regex(r"(?m)^\s*(?:[-*•]|\d{1,2}[.、)）])\s*"));
/// Figures that are an id rather than a count.
static FIGURES: LazyLock<Regex> = LazyLock::new(|| regex(r"\d{3,}"));
static MOMENT: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$|^\d{2}:\d{2}(?::\d{2})?$")
});

/// Checks the decisions on one question.
pub(crate) struct Check<'a> {
    pub(crate) question: &'a Question,
    pub(crate) mask: &'a Mask,
    pub(crate) boundary: &'a str,
    dropped: Vec<Dropped>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(question: &'a Question, mask: &'a Mask, boundary: &'a str) -> Self {
        Self { question, mask, boundary, dropped: Vec::new() }
    }

    /// The proposal in `decision`, and what was dropped. The error says what is wrong with it.
    pub(crate) fn proposal(mut self, decision: &Value) -> Result<(Proposal, Vec<Dropped>), String> {
        schema::check(self.question.purpose, decision)?;
        let field = |name: &str| decision.get(name).unwrap_or(&Value::Null);
        let proposal = match field("do").as_str() {
            Some("skill") => self.skill(text_of(field("skill")), field("slots")),
            Some("plan") => self.plan(field("steps"))?,
            Some("value") => self.value(field("value"))?,
            Some("answer") => self.answer(text_of(field("text")), field("citations"))?,
            Some("ask") => self.ask(text_of(field("text")))?,
            Some("hand_off") => Proposal::HandOff,
            _ => Proposal::Nothing,
        };
        Ok((proposal, self.dropped))
    }

    fn skill(&mut self, skill: &str, slots: &Value) -> Proposal {
        let Some(candidate) = self.candidate(skill) else { return Proposal::Nothing };
        let mut valid = Map::new();
        for entry in entries(slots) {
            if let Some((slot, value)) = self.slot(candidate, &entry) {
                valid.entry(slot).or_insert(value);
            }
        }
        Proposal::Skill { skill: candidate.skill.clone(), slots: valid }
    }

    fn plan(&mut self, steps: &Value) -> Result<Proposal, String> {
        let mut planned: Vec<(&Candidate, PlannedStep)> = Vec::new();
        for step in steps.as_array().into_iter().flatten() {
            // Without one of its steps a plan is another plan.
            let name = step.get("skill").map_or("", text_of);
            let Some(candidate) = self.candidate(name) else { return Ok(Proposal::Nothing) };
            let earlier = |number: &Value| -> Result<Option<usize>, String> {
                let Some(number) = number.as_u64() else { return Ok(None) };
                let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
                match place.filter(|place| *place < planned.len()) {
                    Some(place) => Ok(Some(place)),
                    None => Err("a step may use only steps before it".to_owned()),
                }
            };
            let over = earlier(step.get("each").unwrap_or(&Value::Null))?;
            let mut slots = BTreeMap::new();
            for entry in entries(step.get("slots").unwrap_or(&Value::Null)) {
                match earlier(entry.from)? {
                    Some(from) => {
                        let field = entry.field;
                        if !planned[from].0.results.iter().any(|result| result == field) {
                            return Err("a step has no such field in its result".to_owned());
                        }
                        if candidate.slot(entry.slot).is_none() {
                            self.drop(&format!("{}.{}", candidate.skill, entry.slot), Reason::UnknownSlot);
                            continue;
                        }
                        let source = Source::Result { step: from, field: field.to_owned() };
                        slots.entry(entry.slot.to_owned()).or_insert(source);
                    }
                    None => {
                        if let Some((slot, value)) = self.slot(candidate, &entry) {
                            slots.entry(slot).or_insert(Source::Value(value));
                        }
                    }
                }
            }
            planned.push((candidate, PlannedStep { skill: candidate.skill.clone(), slots, over }));
        }
        Ok(Proposal::Plan { steps: planned.into_iter().map(|(_, step)| step).collect() })
    }

    fn value(&mut self, value: &Value) -> Result<Proposal, String> {
        let Some((skill, slot)) = &self.question.slot else { return Ok(Proposal::Nothing) };
        let question = self.question;
        let Some(schema) =
            question.candidates.iter().find(|candidate| candidate.skill == *skill).and_then(|found| found.slot(slot))
        else {
            self.drop(&format!("{skill}.{slot}"), Reason::UnknownSlot);
            return Ok(Proposal::Nothing);
        };
        match self.checked(schema, value) {
            Ok(value) => Ok(Proposal::Value(value)),
            Err(Reason::BadValue) => Err("the value is not valid by the schema of the slot".to_owned()),
            Err(reason) => {
                self.drop(&format!("{skill}.{slot}"), reason);
                Ok(Proposal::Nothing)
            }
        }
    }

    fn answer(&mut self, text: &str, citations: &Value) -> Result<Proposal, String> {
        let mut cited = Vec::new();
        for citation in citations.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let name = citation.trim_matches(['[', ']', '【', '】', ' ']).to_ascii_lowercase();
            let number = name.strip_prefix('p').and_then(|number| number.parse::<usize>().ok());
            let passage = number.and_then(|number| self.question.passages.get(number.checked_sub(1)?));
            let passage = passage.ok_or("a citation is not the id of a passage")?;
            if !cited.iter().any(|other: &&crate::Passage| other.id == passage.id) {
                cited.push(passage);
            }
        }
        if cited.is_empty() {
            return Err("an answer cites at least one passage".to_owned());
        }
        let text = self.restored(text)?;
        let text = MARK.replace_all(&text, "");
        let source: String = cited
            .iter()
            .map(|passage| format!("{}\n{}\n{}\n\n", passage.title, passage.heading, passage.text))
            .collect();
        // Before links are removed: what they lead to has to be in the passages, too.
        if grounding::missing(&ITEM.replace_all(&text, ""), &source).is_some() {
            return Err("it has a number, date or address that is not in the passages that it cites".to_owned());
        }
        let text = self.plain(&text, LONGEST_ANSWER)?;
        Ok(Proposal::Answer { text, citations: cited.into_iter().map(|passage| passage.id.clone()).collect() })
    }

    fn ask(&mut self, text: &str) -> Result<Proposal, String> {
        let text = self.restored(text)?;
        if text::is_about_secrets(&text) {
            return Err("it may not ask for passwords, codes or keys".to_owned());
        }
        let text = self.plain(&text, LONGEST_QUESTION)?;
        // What a link led to is gone; what stands there by itself would leave a hole.
        if text::ADDRESS.is_match(&text) {
            return Err("it may not hold addresses".to_owned());
        }
        Ok(Proposal::Ask(text))
    }

    fn restored(&self, text: &str) -> Result<String, String> {
        if text.contains(self.boundary) {
            return Err("it repeats the marks of the data".to_owned());
        }
        self.mask.restore(text).map_err(|Unissued| "it names personal data that was never there".to_owned())
    }

    fn plain(&mut self, text: &str, longest: usize) -> Result<String, String> {
        let (text, changed) = text::plain(text, longest);
        if changed {
            self.drop("text", Reason::Unsafe);
        }
        if text.is_empty() { Err("the text is empty".to_owned()) } else { Ok(text) }
    }

    fn candidate(&mut self, skill: &str) -> Option<&'a Candidate> {
        let found = self.question.candidates.iter().find(|candidate| candidate.skill == skill);
        if found.is_none() {
            self.drop(skill, Reason::UnknownSkill);
        }
        found
    }

    /// The slot and its value, if it may be set and the value is valid.
    fn slot(&mut self, candidate: &Candidate, entry: &Entry<'_>) -> Option<(String, Value)> {
        let checked = match candidate.slot(entry.slot) {
            None => Err(Reason::UnknownSlot),
            // Not said: nothing to be lost.
            Some(_) if entry.value.is_null() => return None,
            Some(schema) => self.checked(schema, entry.value),
        };
        match checked {
            Ok(value) => Some((entry.slot.to_owned(), value)),
            Err(reason) => {
                self.drop(&format!("{}.{}", candidate.skill, entry.slot), reason);
                None
            }
        }
    }

    /// The value as it may be used.
    fn checked(&self, schema: &Value, value: &Value) -> Result<Value, Reason> {
        let value = self.mask.restore_value(value).map_err(|Unissued| Reason::Invented)?;
        let value = visible(value);
        if !validator(schema).is_some_and(|validator| validator.is_valid(&value)) {
            return Err(Reason::BadValue);
        }
        let mut texts = Vec::new();
        collect(&value, &mut texts);
        for text in texts {
            if text.chars().count() > LONGEST_VALUE || text.contains(self.boundary) {
                return Err(Reason::BadValue);
            }
            if !is_listed(schema, text) && !self.was_said(text) {
                return Err(Reason::Invented);
            }
        }
        Ok(value)
    }

    /// Whether the addresses, the markup and the long figures of a text were in the conversation: words may be put in other
    /// words, these not. Knowledge is no source: nobody said it.
    fn was_said(&self, text: &str) -> bool {
        let said = std::iter::once(&self.question.message).chain(self.question.history.iter().map(|said| &said.text));
        let said = text::ascii(&said.map(String::as_str).collect::<Vec<_>>().join("\n")).to_lowercase();
        let user = std::iter::once(&self.question.message)
            .chain(self.question.history.iter().filter(|said| said.by == By::User).map(|said| &said.text));
        let user = text::ascii(&user.map(String::as_str).collect::<Vec<_>>().join("\n")).to_lowercase();
        let text = text::ascii(text).to_lowercase();
        let figures =
            MOMENT.is_match(&text) || FIGURES.find_iter(&text).all(|figures| digits(&said).contains(figures.as_str()));
        let addresses = text::ADDRESS.find_iter(&text).all(|address| user.contains(address.as_str()));
        let markup = text::plain(&text, LONGEST_VALUE).1;
        figures && addresses && (!markup || user.contains(&text))
    }

    fn drop(&mut self, what: &str, reason: Reason) {
        self.dropped.push(Dropped { what: what.chars().take(LONGEST_NAME).collect(), reason });
    }
}

/// One slot of a decision.
struct Entry<'a> {
    slot: &'a str,
    value: &'a Value,
    from: &'a Value,
    field: &'a str,
}

/// The slots, given as a list or as an object.
fn entries(slots: &Value) -> Vec<Entry<'_>> {
    fn entry<'a>(slot: &'a str, value: &'a Value, source: &'a Value) -> Entry<'a> {
        let from = source.get("from").filter(|from| from.is_u64()).unwrap_or(&Value::Null);
        Entry { slot, value, from, field: source.get("field").map_or("", text_of) }
    }
    match slots {
        Value::Array(list) => list
            .iter()
            .map(|item| entry(item.get("slot").map_or("", text_of), item.get("value").unwrap_or(&Value::Null), item))
            .collect(),
        Value::Object(fields) => fields.iter().map(|(slot, value)| entry(slot, value, value)).collect(),
        _ => Vec::new(),
    }
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default().trim()
}

/// Without invisible characters.
fn visible(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.chars().filter(|c| !text::is_invisible(*c)).collect()),
        Value::Array(items) => items.into_iter().map(visible).collect(),
        other => other,
    }
}

fn collect<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, texts)),
        _ => {}
    }
}

/// Whether the schema itself names this value.
fn is_listed(schema: &Value, text: &str) -> bool {
    let of = |schema: &Value| {
        let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten().chain(schema.get("const"));
        listed.filter_map(Value::as_str).any(|listed| listed == text)
    };
    of(schema) || schema.get("items").is_some_and(of)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn validator(schema: &Value) -> Option<Validator> {
    jsonschema::options()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_SIZE))
        .build(schema)
        .ok()
}

/// The skill that is proposed, if it is one.
pub(crate) fn proposed(proposal: &Proposal) -> Option<String> {
    match proposal {
        Proposal::Skill { skill, .. } => Some(skill.clone()),
        Proposal::Plan { steps } => Some(steps.iter().map(|step| step.skill.as_str()).collect::<Vec<_>>().join(" ")),
        _ => None,
    }
}
