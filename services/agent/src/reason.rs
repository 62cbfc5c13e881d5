//! Asking a reasoner where the dialogue says that it would help: between two runs of the turn's transaction, so that none
//! is open while a model thinks. The first run finds out what is needed and is taken back; the second has the proposal.

use dialogue::{Catalogue as _, Decision, Need, State};
use reasoning::{Asker, By, Candidate, Proposal, Purpose, Question, Said, Unavailable};
use serde_json::{Map, Value, json};
use skills::Skill;
use store::{TenantTx, turns};

use crate::Error;
use crate::answer::{DecisionReport, ReasoningReport};
use crate::carry_out::Carried;
use crate::documents::Sought;
use crate::kept::Key;
use crate::turn::{Moment, Place};

/// Skills that a reasoner chooses from.
const MAX_CANDIDATES: usize = 12;
/// Messages before this one that it sees, with their answers.
const LAST_MESSAGES: u32 = 6;

/// What a reasoner is asked about.
#[derive(Debug, Clone)]
pub(crate) enum About {
    /// What the dialogue needs.
    Need(Need),
    /// An answer from documents.
    Answer(Sought),
}

/// What a reasoner is to be asked.
pub(crate) struct Wanted {
    pub about: About,
    pub question: Question,
    pub asker: Asker,
    /// The conversation's, as the question was put together: later the proposal is stale.
    pub version: Option<i64>,
}

/// What it came to.
pub(crate) struct Thought {
    about: About,
    version: Option<i64>,
    result: Result<reasoning::Reasoned, Unavailable>,
    /// Whether it is an answer that was kept, so that nobody was asked.
    is_kept: bool,
}

impl Thought {
    /// The proposal, if it is for this need of this state of the conversation.
    pub(crate) fn about(&self, need: &Need, version: Option<i64>) -> Option<Result<&Proposal, Unavailable>> {
        let is_it = matches!(&self.about, About::Need(about) if about == need) && self.version == version;
        is_it.then(|| self.result.as_ref().map(|reasoned| &reasoned.proposal).map_err(|why| *why))
    }

    /// The answer to `question` with the ids of the passages that it rests on.
    pub(crate) fn answer(&self, question: &str) -> Option<(&str, &[String])> {
        let is_it = matches!(&self.about, About::Answer(sought) if sought.question == question);
        match &self.result {
            Ok(reasoning::Reasoned { proposal: Proposal::Answer { text, citations }, .. }) if is_it => {
                Some((text, citations))
            }
            _ => None,
        }
    }

    /// Why there is no answer from documents that a reasoner wrote, if it was to write one.
    pub(crate) fn no_answer(&self) -> Option<Unavailable> {
        matches!(self.about, About::Answer(_)).then(|| self.result.as_ref().err().copied()).flatten()
    }
}

impl crate::Agent {
    /// Asks; takes as long as the reasoner's deadline allows.
    pub(crate) async fn think(&self, wanted: Wanted, moment: &Moment<'_>) -> Thought {
        let Wanted { about, question, asker, version } = wanted;
        let vector = moment.vector.map(|(_, vector)| vector).unwrap_or_default();
        let key = if let About::Answer(sought) = &about {
            Some(Key {
                tenant: asker.tenant,
                app: asker.app,
                sources: sought.sources.clone(),
                skill: sought.skill.clone(),
                revision: moment.app.revision,
                language: question.language,
            })
        } else {
            None
        };
        if let Some(reasoned) = key.as_ref().and_then(|key| moment.kept.get(key, &question.message, vector)) {
            return Thought { about, version, result: Ok(reasoned), is_kept: true };
        }
        let result = match &self.reasoner {
            Some(reasoner) => reasoner.propose(&asker, &question).await,
            None => Err(Unavailable::NotConfigured),
        };
        if let (Some(key), Ok(reasoned)) = (key, &result)
            && matches!(reasoned.proposal, Proposal::Answer { .. })
        {
            moment.kept.put(key, &question.message, vector, reasoned.clone());
        }
        Thought { about, version, result, is_kept: false }
    }
}

/// Puts what a reasoner was asked and how it went into the report.
pub(crate) fn report(report: &mut DecisionReport, thought: &Thought) {
    report.reasoning = Some(match &thought.result {
        Ok(reasoned) => ReasoningReport {
            purpose: thought.about.purpose().name().to_owned(),
            outcome: if thought.is_kept { "kept" } else { proposed(&reasoned.proposal) }.to_owned(),
            provider: (!thought.is_kept).then(|| reasoned.provider.clone()),
            model: Some(reasoned.model.clone()),
            prompt_version: Some(reasoned.prompt_version.clone()),
            tokens_in: reasoned.tokens_in,
            tokens_out: reasoned.tokens_out,
            cost_micros: reasoned.cost_micros,
            dropped: reasoned.dropped.len(),
        },
        Err(why) => ReasoningReport {
            purpose: thought.about.purpose().name().to_owned(),
            outcome: why.name().to_owned(),
            ..ReasoningReport::default()
        },
    });
    if let Ok(reasoned) = &thought.result {
        let elapsed = (reasoned.elapsed.as_secs_f64() * 1e6).round() / 1e3;
        report.timings.insert("reason".into(), json!(elapsed));
    }
}

impl About {
    fn purpose(&self) -> Purpose {
        match self {
            Self::Need(need) => purpose(need),
            Self::Answer(_) => Purpose::Answer,
        }
    }
}

fn purpose(need: &Need) -> Purpose {
    match need {
        Need::Request => Purpose::Fallback,
        Need::Value { .. } => Purpose::Value,
        Need::Plan => Purpose::Plan,
    }
}

fn proposed(proposal: &Proposal) -> &'static str {
    match proposal {
        Proposal::Skill { .. } => "skill",
        Proposal::Plan { .. } => "plan",
        Proposal::Value(_) => "value",
        Proposal::Answer { .. } => "answer",
        Proposal::Ask(_) => "ask",
        Proposal::HandOff => "hand_off",
        Proposal::Nothing => "nothing",
    }
}

/// A proposal as the dialogue takes it. Plans and answers are taken elsewhere.
pub(crate) fn as_reading(proposal: &Proposal) -> dialogue::Reasoned {
    match proposal {
        Proposal::Skill { skill, slots } => dialogue::Reasoned::Skill { skill: skill.clone(), slots: slots.clone() },
        Proposal::Value(value) => dialogue::Reasoned::Value(value.clone()),
        Proposal::Ask(text) => dialogue::Reasoned::Ask(text.clone()),
        Proposal::HandOff => dialogue::Reasoned::HandOff,
        Proposal::Plan { .. } | Proposal::Answer { .. } | Proposal::Nothing => dialogue::Reasoned::Nothing,
    }
}

impl Moment<'_> {
    /// What a reasoner is to be asked about `need`. `state` is the conversation's.
    pub(crate) async fn wanted(
        &self,
        tx: &mut TenantTx,
        need: Need,
        state: &State,
        report: &DecisionReport,
        place: Place,
    ) -> Result<Wanted, Error> {
        let language = state.language();
        let skills = match &need {
            Need::Value { skill, .. } => self.app.live(skill).into_iter().collect(),
            Need::Request | Need::Plan => self.candidates(report),
        };
        let slot = match &need {
            Need::Value { skill, slot } => Some((skill.clone(), slot.clone())),
            _ => None,
        };
        let question = Question {
            purpose: purpose(&need),
            language,
            message: self.request.query.trim().to_owned(),
            history: history(tx, place).await?,
            candidates: skills.iter().map(|skill| candidate(skill, language)).collect(),
            slot,
            passages: Vec::new(),
            names: names(state),
            today: self.now.date(),
        };
        let asker = Asker {
            tenant: self.caller.tenant,
            app: self.caller.app,
            conversation: place.conversation,
            turn: self.turn,
            day: self.now.date(),
        };
        Ok(Wanted { about: About::Need(need), question, asker, version: place.version })
    }

    /// The likeliest skills, and those beside them in the same domains.
    fn candidates(&self, report: &DecisionReport) -> Vec<std::sync::Arc<Skill>> {
        let domain = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let likely: Vec<&str> = report.candidates.iter().map(|candidate| candidate.skill.as_str()).collect();
        let domains: Vec<String> = likely.iter().map(|name| domain(name)).collect();
        let mut rest: Vec<String> =
            self.app.names().into_iter().filter(|name| !likely.contains(&name.as_str())).collect();
        rest.sort_by_key(|name| domains.iter().position(|other| *other == domain(name)).unwrap_or(domains.len()));
        let names = likely.into_iter().map(str::to_owned).chain(rest);
        let denied = self.app.denied(self.request.query.trim());
        let names = names.filter(|name| denied.iter().all(|denied| **denied != **name));
        let permitted = names.filter_map(|name| self.world().permitted(&name));
        permitted.filter(|skill| !skill.run.is_knowledge()).take(MAX_CANDIDATES).collect()
    }
}

/// A skill as a reasoner sees it: nothing that identity binds, nothing of how it is carried out.
fn candidate(skill: &Skill, language: paigong_core::Language) -> Candidate {
    let manifest = &skill.manifest;
    let settable = || skill.slots().iter().filter(|(_, slot)| slot.is_settable());
    let properties: Map<String, Value> =
        settable().map(|(name, slot)| (name.clone(), described(slot, name, language))).collect();
    Candidate {
        skill: skill.name().to_owned(),
        title: manifest.title.get(language).to_owned(),
        description: manifest.description.as_ref().map(|text| text.get(language).to_owned()).unwrap_or_default(),
        effect: serde_json::to_value(manifest.effect)
            .ok()
            .and_then(|effect| Some(effect.as_str()?.to_owned()))
            .unwrap_or_default(),
        schema: json!({"type": "object", "properties": properties, "additionalProperties": false}),
        results: skill.result_names(),
    }
}

/// A slot's schema with what it is called.
fn described(slot: &skills::Slot, name: &str, language: paigong_core::Language) -> Value {
    let mut schema = slot.json_schema();
    if let Value::Object(schema) = &mut schema {
        schema.insert("title".into(), skills::slot_title(name, slot, language).into());
    }
    schema
}

async fn history(tx: &mut TenantTx, place: Place) -> Result<Vec<Said>, Error> {
    let Some(version) = place.version else { return Ok(Vec::new()) };
    let after = i32::try_from(version.saturating_sub(i64::from(LAST_MESSAGES))).unwrap_or_default().max(0);
    let turns = turns::list(tx, place.conversation, after, LAST_MESSAGES).await?;
    let said = |by, text: String| (!text.is_empty()).then_some(Said { by, text });
    Ok(turns
        .into_iter()
        .flat_map(|turn| [said(By::User, turn.query), said(By::Assistant, turn.answer)])
        .flatten()
        .collect())
}

/// What people are called that the conversation has looked up.
fn names(state: &State) -> Vec<String> {
    let frames = state.frames.iter().chain(state.running.iter().map(|running| &running.frame));
    let mut names: Vec<String> = frames
        .flat_map(|frame| {
            let looked = frame.looked.values().map(|looked| looked.label.clone());
            looked.chain(frame.shown.iter().map(|shown| shown.label.clone()))
        })
        .collect();
    let person = |key: &str| key == "name" || key.ends_with("_name") || key == "person" || key == "customer";
    let rows = state.last.iter().flat_map(|last| &last.rows).flat_map(|row| row.iter());
    names.extend(rows.filter(|(key, _)| person(key)).filter_map(|(_, value)| Some(value.as_str()?.to_owned())));
    names.retain(|name| name.chars().count() > 1);
    names.sort();
    names.dedup();
    names
}

/// The decision that a turn came to, if it did nothing.
pub(crate) fn decision(carried: &Carried, told: usize) -> Option<&Decision> {
    let [last] = carried.episodes.get(told..)? else { return None };
    last.ran.is_none().then_some(&last.decision)
}
