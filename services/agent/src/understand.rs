//! One message → what it means by itself: dialogue act, typed values, likely skills.

use std::sync::Arc;
use std::time::Instant;

use chrono::NaiveDateTime;
use dialogue::{Band, Candidate, Catalogue, Meaning, Part, Sentence, Stance, Tag, act, parts};
use serde_json::{Map, Value, json};
use understanding::classifier::{self, Verdict};
use understanding::encoder::{self, Encoder};
use understanding::similarity::Scale;
use understanding::stance::{self, StanceReader};

use crate::answer::{CandidateReport, DecisionReport, NeighbourReport, Path};
use crate::app::{Saying, without};
use crate::{App, Request};

/// What a message means, and the report about it.
pub(crate) struct Understood {
    pub meaning: Meaning,
    pub report: DecisionReport,
    /// What was embedded, and its vector; none where the model was not asked.
    pub vector: Option<(String, Arc<[f32]>)>,
}

/// What understanding needs besides the message.
pub(crate) struct Means<'a> {
    pub encoder: &'a Encoder,
    pub stances: &'a StanceReader,
    pub scale: Scale,
    pub app: &'a App,
    pub now: NaiveDateTime,
    pub context: &'a Map<String, Value>,
    pub deadline: Instant,
}

/// Reads a message. Buttons, forms and bare dialogue acts never reach the model.
pub(crate) async fn understand(request: &Request, means: Means<'_>) -> Result<Understood, encoder::Error> {
    let started = Instant::now();
    let text = request.query.trim();
    let act = act::read(text);
    let values = values::read(&act.rest, &means.app.world(means.now, means.context).reading());
    let mut report = DecisionReport { act: act.act, path: Path::Rule, ..DecisionReport::default() };
    report.timings.insert("values".into(), milliseconds(started));
    let mut meaning = Meaning {
        text: text.to_owned(),
        language: understanding::language::detect(text),
        act,
        candidates: Vec::new(),
        band: Band::Refuse,
        similarity: 0.0,
        values,
        tags: Vec::new(),
        is_tagged: false,
        sentences: Vec::new(),
        payload: request.payload.clone(),
        inputs: request.inputs.clone(),
        more: Vec::new(),
    };
    if meaning.payload.is_some() || meaning.act.rest.trim().is_empty() {
        return Ok(Understood { meaning, report, vector: None });
    }
    let tagger = means.app.tagger();
    let (embedding, tokens) = if tagger.is_some() {
        let (embedding, tokens) = means.encoder.embed_with_tokens(&meaning.act.rest, means.deadline).await?;
        (embedding, Some(tokens))
    } else {
        (means.encoder.embed(&meaning.act.rest, means.deadline).await?, None)
    };
    let classified = Instant::now();
    let allowed = |name: &str| means.app.live(name).is_some_and(|skill| skill.is_permitted(means.context));
    let model = means.app.classifier.model();
    let read = sentences(&meaning.act.rest, &embedding.vector, &means).await?;
    // "Great. Now book me a car too": what is asked for may be one sentence of several.
    let verdict = read
        .iter()
        .filter_map(|(sentence, vector)| {
            let may_ask = matches!(sentence.stance, None | Some(Stance::Inform | Stance::Question));
            vector.as_ref().filter(|_| may_ask).map(|vector| model.classify(vector, &allowed))
        })
        .reduce(|best, other| if other.confidence > best.confidence { other } else { best });
    let accepts_first = read.len() > 1 && read[0].0.stance == Some(Stance::Accept);
    let verdict = match verdict {
        Some(part) if accepts_first => part,
        Some(part) => {
            let whole = model.classify(&embedding.vector, &allowed);
            if part.confidence > whole.confidence { part } else { whole }
        }
        None => model.classify(&embedding.vector, &allowed),
    };
    // A reviewer has seen the whole message, an author writes what is left without the courtesies.
    let says = [text, meaning.act.rest.as_str()];
    let saying = says.iter().find_map(|text| means.app.taught(text).filter(|saying| allowed(&saying.skill)));
    let denied = says.iter().map(|text| means.app.denied(text)).find(|denied| !denied.is_empty()).unwrap_or_default();
    let verdict = match saying {
        Some(saying) => taught(without(verdict, denied), saying),
        None => without(verdict, denied),
    };
    meaning.sentences = read.into_iter().map(|(sentence, _)| sentence).collect();
    report.path = Path::Model;
    report.timings.insert("tokenise".into(), json!(rounded(embedding.timings.tokenise.as_secs_f64())));
    report.timings.insert("queue".into(), json!(rounded(embedding.timings.queue.as_secs_f64())));
    report.timings.insert("encode".into(), json!(rounded(embedding.timings.run.as_secs_f64())));
    report.timings.insert("classify".into(), milliseconds(classified));
    let split = Instant::now();
    let whole = meaning.act.rest.clone();
    // What somebody has judged as a whole is not taken apart.
    let parts = match denied {
        [] => several(&meaning.act.rest, &verdict, &means, &allowed).await?,
        _ => None,
    };
    let verdict = match parts {
        Some(mut parts) => {
            let (first, verdict) = parts.remove(0);
            meaning.more = parts
                .into_iter()
                .filter_map(|(text, verdict)| Some(Part { skill: verdict.candidates.first()?.skill.to_string(), text }))
                .collect();
            meaning.values = values::read(&first, &means.app.world(means.now, means.context).reading());
            meaning.act.rest = first;
            report.timings.insert("split".into(), milliseconds(split));
            verdict
        }
        None => verdict,
    };
    meaning.candidates = verdict
        .candidates
        .iter()
        .map(|candidate| Candidate { skill: candidate.skill.to_string(), p: candidate.p })
        .collect();
    meaning.band = band(verdict.band);
    meaning.similarity = verdict.nearest.as_ref().map_or(0.0, |nearest| means.scale.of(nearest.similarity));
    if let Some((tagger, tokens)) = tagger.zip(tokens) {
        let tagging = Instant::now();
        // Of a message that makes several requests, the first is its beginning, unless it was put together of parts.
        let begins = whole.starts_with(&meaning.act.rest);
        let length = if begins { meaning.act.rest.chars().count() } else { 0 };
        let tags = tagger.tag(&whole, &tokens, &allowed).into_iter().map(tag);
        meaning.tags = tags.filter(|tag| tag.span.end <= length).collect();
        meaning.is_tagged = true;
        report.timings.insert("tag".into(), milliseconds(tagging));
    }
    describe(&mut report, &verdict, &allowed);
    Ok(Understood { meaning, report, vector: Some((whole, embedding.vector)) })
}

/// The verdict on a message that is an example, word for word: what an owner has taught is sure, however little it
/// resembles the skill's other examples.
fn taught(mut verdict: Verdict, saying: &Saying) -> Verdict {
    let Saying { skill, text } = saying;
    if verdict.band == classifier::Band::Act && verdict.candidates.first().is_some_and(|top| top.skill == *skill) {
        return verdict;
    }
    verdict.candidates.retain(|candidate| candidate.skill != *skill);
    for candidate in &mut verdict.candidates {
        candidate.p *= 1.0 - TAUGHT;
    }
    verdict.candidates.insert(0, classifier::Candidate { skill: Arc::clone(skill), p: TAUGHT });
    verdict.band = classifier::Band::Act;
    (verdict.in_scope, verdict.confidence) = (TAUGHT, TAUGHT);
    let kind = classifier::Kind::Positive;
    let own = classifier::Neighbour { skill: Arc::clone(skill), example: Arc::clone(text), similarity: 1.0, kind };
    let former = verdict.nearest.replace(own).filter(|nearest| nearest.skill != *skill);
    verdict.rival = former.or(verdict.rival);
    verdict
}

/// How sure a message is that is an example.
const TAUGHT: f32 = 0.97;

/// The probability that each part of a message cut at weak marks must reach to be a request of its own.
const WEAK_PART: f32 = 0.85;
/// The same where the mark itself says that another request follows.
const STRONG_PART: f32 = 0.4;
/// A message that is this surely one request is not cut at weak marks.
const SURELY_ONE: f32 = 0.7;

/// The requests of a message that makes several, each with its verdict; `None` for most messages, at no cost but a look
/// at the text. `whole` is the verdict over all of it.
async fn several(
    text: &str,
    whole: &Verdict,
    means: &Means<'_>,
    allowed: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Option<Vec<(String, Verdict)>>, encoder::Error> {
    let top = |verdict: &Verdict| verdict.candidates.first().map(|top| (top.skill.to_string(), top.p));
    let strong = parts::strong(text);
    if !strong.is_empty() {
        let read = verdicts(&strong, means, allowed).await?;
        let sure = |verdict: &Verdict| match verdict.band {
            classifier::Band::Act | classifier::Band::Confirm => true,
            classifier::Band::Ask => top(verdict).is_some_and(|(_, p)| p > STRONG_PART),
            classifier::Band::Refuse => false,
        };
        let read = one_each(read);
        if read.len() > 1 && read.iter().all(|(_, verdict)| sure(verdict)) {
            return Ok(Some(read));
        }
    }
    // A comma or "and" cuts only what are clearly two different requests.
    if whole.band == classifier::Band::Act && top(whole).is_some_and(|(_, p)| p > SURELY_ONE) {
        return Ok(None);
    }
    let sure =
        |verdict: &Verdict| verdict.band == classifier::Band::Act && top(verdict).is_some_and(|(_, p)| p > WEAK_PART);
    for [first, second] in parts::weak(text) {
        // Most commas cut no request: the second part is read only when the first is one.
        let mut read = verdicts(&[first], means, allowed).await?;
        if !read.iter().all(|(_, verdict)| sure(verdict)) {
            continue;
        }
        read.extend(verdicts(&[second], means, allowed).await?);
        let differ = top(&read[0].1).map(|(skill, _)| skill) != top(&read[1].1).map(|(skill, _)| skill);
        if differ && read.iter().all(|(_, verdict)| sure(verdict)) {
            return Ok(Some(read));
        }
    }
    Ok(None)
}

/// Parts in a row that ask for the same skill are one request: "请假，另外是年假".
fn one_each(parts: Vec<(String, Verdict)>) -> Vec<(String, Verdict)> {
    let mut requests: Vec<(String, Verdict)> = Vec::new();
    for (text, verdict) in parts {
        let skill = |verdict: &Verdict| verdict.candidates.first().map(|top| top.skill.to_string());
        match requests.last_mut().filter(|(_, last)| skill(last) == skill(&verdict)) {
            Some((before, _)) => *before = format!("{before}，{text}"),
            None => requests.push((text, verdict)),
        }
    }
    requests
}

async fn verdicts(
    texts: &[String],
    means: &Means<'_>,
    allowed: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Vec<(String, Verdict)>, encoder::Error> {
    let embedded = texts.iter().map(|text| means.encoder.embed(text, means.deadline));
    let embedded = futures_util::future::try_join_all(embedded).await?;
    let model = means.app.classifier.model();
    let classify = |vector: &[f32]| model.classify(vector, &|name: &str| allowed(name));
    let read: Vec<_> = texts.iter().zip(embedded).map(|(text, one)| (text.clone(), classify(&one.vector))).collect();
    for (_, verdict) in &read {
        let top = verdict.candidates.first();
        tracing::debug!(band = ?verdict.band, skill = top.map(|top| &*top.skill), p = top.map(|top| top.p), "a part of a message");
    }
    Ok(read)
}

/// A stance less likely than this is none.
const STANCE: f32 = 0.4;
/// Sentences of a message that are looked at one by one.
const SENTENCES: usize = 4;

/// The sentences of a message with their vectors. One that has only one sentence costs no further run of the encoder.
async fn sentences(
    text: &str,
    whole: &Arc<[f32]>,
    means: &Means<'_>,
) -> Result<Vec<(Sentence, Option<Arc<[f32]>>)>, encoder::Error> {
    let texts = dialogue::question::sentences(text);
    let vectors = if texts.len() == 1 {
        vec![Arc::clone(whole)]
    } else {
        let embedded = texts.iter().take(SENTENCES).map(|text| means.encoder.embed(text, means.deadline));
        let embedded = futures_util::future::try_join_all(embedded).await?;
        embedded.into_iter().map(|embedding| embedding.vector).collect()
    };
    let vectors = vectors.into_iter().map(Some).chain(std::iter::repeat(None));
    let sentence = |(text, vector): (String, Option<Arc<[f32]>>)| {
        let stance = vector.as_ref().and_then(|vector| stance(means.stances.read(vector)));
        (Sentence { text, stance }, vector)
    };
    Ok(texts.into_iter().zip(vectors).map(sentence).collect())
}

fn stance((stance, p): (stance::Stance, f32)) -> Option<Stance> {
    if p < STANCE {
        return None;
    }
    match stance {
        stance::Stance::Accept => Some(Stance::Accept),
        stance::Stance::Decline => Some(Stance::Decline),
        stance::Stance::Others => Some(Stance::Others),
        stance::Stance::Finish => Some(Stance::Finish),
        stance::Stance::Question => Some(Stance::Question),
        stance::Stance::Inform => Some(Stance::Inform),
    }
}

fn tag(tag: understanding::tagger::Tag) -> Tag {
    Tag {
        skill: tag.skill.to_string(),
        slot: tag.slot.to_string(),
        span: values::Span { start: tag.span.start, end: tag.span.end },
        p: tag.p,
    }
}

fn band(band: classifier::Band) -> Band {
    match band {
        classifier::Band::Act => Band::Act,
        classifier::Band::Confirm => Band::Confirm,
        classifier::Band::Ask => Band::Ask,
        classifier::Band::Refuse => Band::Refuse,
    }
}

/// Puts the verdict into the report. A neighbour that belongs to a skill this user may not know of is left out.
fn describe(report: &mut DecisionReport, verdict: &Verdict, allowed: &dyn Fn(&str) -> bool) {
    let neighbour = |neighbour: &Option<classifier::Neighbour>| {
        neighbour.as_ref().filter(|neighbour| allowed(&neighbour.skill)).map(|neighbour| NeighbourReport {
            skill: neighbour.skill.to_string(),
            example: neighbour.example.to_string(),
            similarity: neighbour.similarity,
        })
    };
    report.band = serde_json::to_value(verdict.band).ok().and_then(|band| band.as_str().map(str::to_owned));
    report.in_scope = Some(verdict.in_scope);
    report.candidates = verdict
        .candidates
        .iter()
        .map(|candidate| CandidateReport { skill: candidate.skill.to_string(), p: candidate.p })
        .collect();
    report.nearest = neighbour(&verdict.nearest);
    report.rival = neighbour(&verdict.rival);
}

/// Milliseconds since `start`, to the microsecond.
pub(crate) fn milliseconds(start: Instant) -> Value {
    json!(rounded(start.elapsed().as_secs_f64()))
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e3
}
