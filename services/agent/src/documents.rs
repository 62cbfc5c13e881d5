//! Answers from documents: the passage that answers, with its citation; or what a reasoner writes from the passages that
//! were found, if the skill allows that. An answer that nothing was found for is one, too.

use std::sync::Arc;

use dialogue::{Band, Candidate, Meaning};
use knowledge::{Found, Hit, Query};
use paigong_core::Language;
use reasoning::{Asker, Passage, Purpose, Question};
use serde_json::{Map, Value, json};
use skills::manifest::Knowledge;
use skills::{Execution as How, Skill, expression};
use store::{TenantTx, passages};
use uuid::Uuid;

use crate::Error;
use crate::answer::Citation;
use crate::carry_out::{Episode, Ran, ran};
use crate::reason::{About, Thought, Wanted};
use crate::turn::{Moment, Place};

/// Passages that are looked at.
const LIMIT: usize = 5;
/// Of these the surest is the answer, as the rule that decides whether there is one looks at no more.
const FIRST: usize = 3;
/// A candidate as likely as this is what was meant.
const CLEAR: f32 = 0.7;
/// The same where the message names a value, such as a day: questions about rules seldom do.
const CLEAR_WITH_A_VALUE: f32 = 0.5;
/// One that is less likely than this is not among those that may have been meant.
const POSSIBLE: f32 = 0.15;
/// A message as like an example as this is what the example asks for, whatever documents say.
const LIKE_AN_EXAMPLE: f32 = 0.8;
/// A longer passage is cut where it is shown.
const SHOWN: usize = 800;

/// What was found for a question that a reasoner may answer.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    pub question: String,
    pub hits: Vec<Hit>,
    /// The sources that were searched.
    pub sources: Vec<Uuid>,
    /// The skill and its version.
    pub skill: (String, u32),
}

/// A run of a skill that answers from documents.
pub(crate) struct Answered {
    pub ran: Ran,
    pub citations: Vec<Citation>,
    /// Where nothing answers: the places that come nearest.
    pub related: Vec<String>,
    /// Set where a reasoner may write the answer and has not been asked.
    pub sought: Option<Sought>,
}

impl Moment<'_> {
    /// Looks for an answer to `question`, and writes down what was found.
    pub(crate) async fn answered(
        &self,
        tx: &mut TenantTx,
        skill: &Skill,
        request: &dispatch::Request<'_>,
        question: &str,
        thought: Option<&Thought>,
    ) -> Result<Answered, Error> {
        let How::Knowledge(knowledge) = &skill.run else { return Err(Error::Corrupt("a skill without documents")) };
        let (found, sources) = self.search(tx, knowledge, question).await?;
        let best = best(&found.hits, request.language);
        let composed = thought.and_then(|thought| thought.answer(question));
        let composed = composed.and_then(|(text, ids)| Some((text.to_owned(), cited(&found.hits, ids)?)));
        let passage = best.filter(|_| found.answerable).map(|hit| (shown(&hit.text), vec![hit]));
        let (mut rows, mut citations) = (Vec::new(), Vec::new());
        if let Some((text, hits)) = composed.or(passage) {
            citations = hits.iter().map(|hit| citation(hit)).collect();
            rows = vec![row(&text, &citations)];
        }
        let is_near = best.is_some_and(|best| best.confidence >= NEAR);
        let related = if rows.is_empty() && is_near { related(&found.hits, request.language) } else { Vec::new() };
        // What the rule is not sure about, a reasoner may still find in it, or say that it is not there.
        let may_compose = knowledge.compose && self.asks && thought.is_none() && is_near;
        let sought = may_compose.then(|| Sought {
            question: question.to_owned(),
            hits: found.hits.clone(),
            sources,
            skill: (skill.name().to_owned(), skill.version),
        });
        let outcome = dispatch::answered(tx, skill, request, rows).await?;
        Ok(Answered { ran: ran(skill, outcome), citations, related, sought })
    }

    async fn search(
        &self,
        tx: &mut TenantTx,
        knowledge: &Knowledge,
        question: &str,
    ) -> Result<(Found, Vec<Uuid>), Error> {
        let nothing = (Found { hits: Vec::new(), answerable: false }, Vec::new());
        let Some(documents) = &self.documents else { return Ok(nothing) };
        if documents.is_empty() {
            return Ok(nothing);
        }
        let sources = passages::sources(tx, self.caller.app).await?;
        let sources: Vec<Uuid> = sources
            .into_iter()
            .filter(|source| knowledge.sources.contains(&source.name))
            .filter(|source| source.requires.as_deref().is_none_or(|requires| self.holds(requires)))
            .map(|source| source.id)
            .collect();
        let vector = self.vector.filter(|(text, _)| *text == question).map(|(_, vector)| vector).unwrap_or_default();
        let found = documents.search(&Query { text: question, vector, sources: &sources, limit: LIMIT });
        Ok((found, sources))
    }

    /// Whether a condition on who is asking holds; one that can't be evaluated does not.
    fn holds(&self, requires: &str) -> bool {
        let empty = Map::new();
        let scope =
            expression::Scope { slots: &empty, facts: &empty, context: self.context, today: "", calendar: None };
        expression::Expression::compile(requires).is_ok_and(|condition| condition.holds(scope))
    }

    /// The message as it reads with the documents in mind. Where it is not clear which skill is meant, and the message asks
    /// something or a skill that answers from documents is among those possible: it is that one if they do answer.
    pub(crate) async fn weighed(&self, tx: &mut TenantTx, meaning: &Meaning) -> Result<Option<Meaning>, Error> {
        let Some(first) = meaning.candidates.first() else { return Ok(None) };
        let clear = if meaning.values.is_empty() { CLEAR } else { CLEAR_WITH_A_VALUE };
        let is_clear = meaning.band == Band::Act || (meaning.band == Band::Confirm && first.p >= clear);
        // A question that names nothing in particular may be about the rules, however clear the skill seems.
        let is_general = meaning.values.is_empty() && is_asked(meaning);
        if is_clear && !(is_general && meaning.similarity < LIKE_AN_EXAMPLE) {
            return Ok(None);
        }
        let Some(skill) = self.rulebook(meaning).filter(|skill| !is_clear || skill.name() != first.skill) else {
            return Ok(None);
        };
        let How::Knowledge(knowledge) = &skill.run else { return Ok(None) };
        let answers = self.search(tx, knowledge, &meaning.act.rest).await?.0.answerable;
        if is_clear && !answers {
            return Ok(None);
        }
        // What is clearly a question about rules and not answered by them is still no other request.
        let second = meaning.candidates.get(1).map_or(0.0, |candidate| candidate.p);
        let leads = first.skill == skill.name() && first.p >= 2.0 * second && meaning.band != Band::Refuse;
        if answers || leads {
            let candidates = vec![Candidate { skill: skill.name().to_owned(), p: CLEAR }];
            return Ok(Some(Meaning { candidates, band: Band::Confirm, ..meaning.clone() }));
        }
        let others = meaning.candidates.iter().filter(|candidate| candidate.skill != skill.name());
        let candidates: Vec<_> = others.cloned().collect();
        let band = if candidates.is_empty() { Band::Refuse } else { meaning.band };
        Ok(Some(Meaning { candidates, band, ..meaning.clone() }))
    }

    /// The skill that answers from documents and that the message may be for.
    fn rulebook(&self, meaning: &Meaning) -> Option<Arc<Skill>> {
        // What asks nothing, such as that something is broken, is about rules only if that is likelier than all else.
        let many = if is_asked(meaning) { usize::MAX } else { 1 };
        let possible = meaning.candidates.iter().take(many).filter(|candidate| candidate.p >= POSSIBLE);
        let mut possible = possible.filter_map(|candidate| self.world().permitted(&candidate.skill));
        if let Some(skill) = possible.find(|skill| skill.run.is_knowledge()) {
            return Some(skill);
        }
        let is_open = meaning.similarity < LIKE_AN_EXAMPLE && is_asked(meaning);
        let rulebooks = self.app.skills().filter(|skill| is_open && skill.run.is_knowledge());
        let may = |skill: &&Arc<Skill>| skill.is_permitted(self.context) && !self.is_denied(skill, meaning);
        rulebooks.filter(may).min_by_key(|skill| skill.name()).cloned()
    }

    /// Whether somebody has said that the message does not ask for `skill`.
    fn is_denied(&self, skill: &Skill, meaning: &Meaning) -> bool {
        self.app.denied(&meaning.text).iter().any(|denied| **denied == *skill.name())
    }

    /// The skill whose documents answer what was said, or may answer it by a reasoner, where no skill was recognised.
    pub(crate) async fn answering(&self, tx: &mut TenantTx, meaning: &Meaning) -> Result<Option<String>, Error> {
        if self.documents.as_ref().is_none_or(|documents| documents.is_empty()) {
            return Ok(None);
        }
        let may = |skill: &Skill| skill.is_permitted(self.context) && !self.is_denied(skill, meaning);
        let mut skills: Vec<_> = self.app.skills().filter(|skill| may(skill)).collect();
        skills.sort_by_key(|skill| skill.name());
        for skill in skills {
            let How::Knowledge(knowledge) = &skill.run else { continue };
            let found = self.search(tx, knowledge, &meaning.act.rest).await?.0;
            let is_near = found.hits.iter().take(FIRST).any(|hit| hit.confidence >= NEAR);
            let may_compose = knowledge.compose && self.asks && is_near && is_asked(meaning);
            if found.answerable || may_compose {
                return Ok(Some(skill.name().to_owned()));
            }
        }
        Ok(None)
    }

    /// The question to a reasoner, if one of the episodes has an answer that it may write.
    pub(crate) fn to_compose(&self, episodes: &[Episode], language: Language, place: Place) -> Option<Wanted> {
        let sought = episodes.iter().rev().find_map(|episode| episode.sought.clone())?;
        let question = Question {
            purpose: Purpose::Answer,
            language,
            message: sought.question.clone(),
            history: Vec::new(),
            candidates: Vec::new(),
            slot: None,
            passages: sought.hits.iter().map(passage).collect(),
            names: Vec::new(),
            today: self.now.date(),
        };
        let asker = Asker {
            tenant: self.caller.tenant,
            app: self.caller.app,
            conversation: place.conversation,
            turn: self.turn,
            day: self.now.date(),
        };
        Some(Wanted { about: About::Answer(sought), question, asker, version: place.version })
    }
}

/// Whether the message asks something, rather than to have something done.
fn is_asked(meaning: &Meaning) -> bool {
    meaning.has(dialogue::Stance::Question) || has_question(&skills::fold(&meaning.text))
}

/// Whether a folded text is worded as a question.
fn has_question(text: &str) -> bool {
    const MARKS: [&str; 23] = [
        "?",
        "？",
        "吗",
        "呢",
        "多少",
        "几",
        "怎么",
        "怎样",
        "什么",
        "哪",
        "谁",
        "多久",
        "能不能",
        "可不可以",
        "可以",
        "要不要",
        "是不是",
        "有没有",
        "行不行",
        "会不会",
        "算不算",
        "啥",
        "如何",
    ];
    const WORDS: [&str; 10] = ["how", "what", "what's", "when", "who", "whose", "which", "where", "why", "whether"];
    const VERBS: [&str; 17] = [
        "is", "are", "am", "was", "were", "do", "does", "did", "can", "could", "may", "might", "must", "should",
        "shall", "has", "have",
    ];
    if MARKS.iter().any(|mark| text.contains(mark)) {
        return true;
    }
    text.split([',', '.', ';', ':', '，', '。']).any(|clause| {
        let words: Vec<_> = clause.split_whitespace().take(2).collect();
        // "Can you book …" asks for something to be done.
        let is_inverted = words.first().is_some_and(|word| VERBS.contains(word)) && words.get(1) != Some(&"you");
        is_inverted || clause.split_whitespace().any(|word| WORDS.contains(&word))
    })
}

/// The surest of the first hits, those in the language of the conversation first where they are about as sure.
fn best(hits: &[Hit], language: Language) -> Option<&Hit> {
    let worth = |hit: &Hit| if is_in(hit, language) { hit.confidence } else { hit.confidence * FOREIGN };
    hits.iter().take(FIRST).max_by(|a, b| worth(a).total_cmp(&worth(b)))
}

/// What a passage in another language is worth beside one in the language of the conversation.
const FOREIGN: f32 = 0.7;
/// From this confidence on a passage may still be about the question.
const NEAR: f32 = 0.25;

fn is_in(hit: &Hit, language: Language) -> bool {
    understanding::language::detect(&hit.text).is_none_or(|own| own == language)
}

/// The places that come nearest, by their headings.
fn related(hits: &[Hit], language: Language) -> Vec<String> {
    let near = hits.iter().take(FIRST).filter(|hit| hit.confidence >= NEAR && is_in(hit, language));
    let mut places: Vec<String> = near.map(|hit| place(&hit.title, &hit.heading)).collect();
    places.dedup();
    places.truncate(2);
    places
}

/// Where a passage stands; headings may begin with the document's title.
fn place(title: &str, heading: &str) -> String {
    let below = heading.strip_prefix(title).unwrap_or(heading);
    let below = below.trim_start_matches([' ', '>', '›']);
    if below.is_empty() { title.to_owned() } else { format!("{title} › {below}") }
}

/// The hits of these ids, in this order; `None` where one is not among them.
fn cited<'a>(hits: &'a [Hit], ids: &[String]) -> Option<Vec<&'a Hit>> {
    ids.iter().map(|id| hits.iter().find(|hit| hit.passage.to_string() == *id)).collect()
}

fn citation(hit: &Hit) -> Citation {
    Citation {
        id: hit.passage.to_string(),
        title: hit.title.clone(),
        heading: hit.heading.clone(),
        path: hit.path.clone(),
        text: hit.text.clone(),
    }
}

fn passage(hit: &Hit) -> Passage {
    Passage {
        id: hit.passage.to_string(),
        title: hit.title.clone(),
        heading: hit.heading.clone(),
        text: hit.text.clone(),
    }
}

/// The row that the skill's reply is made from.
fn row(text: &str, citations: &[Citation]) -> Map<String, Value> {
    let numbered = citations.iter().enumerate();
    let lines: Vec<String> =
        numbered.map(|(index, from)| format!("[{}] {}", index + 1, place(&from.title, &from.heading))).collect();
    let first = citations.first();
    let fields = [
        ("answer", format!("{text}\n{}", lines.join("\n"))),
        ("text", text.to_owned()),
        ("title", first.map(|first| first.title.clone()).unwrap_or_default()),
        ("heading", first.map(|first| first.heading.clone()).unwrap_or_default()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
