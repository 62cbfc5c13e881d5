//! Two models on the same app: what each makes of the app's own examples when it has not learnt them, and of what users have said.
//! The classifier alone decides here, without the word of owners and reviewers, which would be right with any model.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use skills::Skill;
use understanding::classifier::{Background, Band, Example, Kind, Model, Options, Verdict, background};
use understanding::encoder::Encoder;
use understanding::similarity::{self, Scale};

use crate::app::{BuildError, examples_of, saying};

/// Parts that the examples are cut into; each is read by a classifier that learnt the others.
const FOLDS: usize = 5;

/// A text, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The text.
    pub text: String,
    /// The skill, or `None` for nothing that the app does.
    pub right: Option<String>,
}

/// What a model makes of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The likeliest skill; `None` where the text is refused.
    pub skill: Option<String>,
    /// What would be done about it.
    pub band: Band,
}

impl Reading {
    fn of(verdict: &Verdict) -> Self {
        let top = verdict.candidates.first().filter(|_| verdict.band != Band::Refuse);
        Self { skill: top.map(|top| top.skill.to_string()), band: verdict.band }
    }

    /// Whether the likeliest skill is `right`, or nothing is where nothing is right.
    #[must_use]
    pub fn is(&self, right: Option<&str>) -> bool {
        self.skill.as_deref() == right
    }
}

/// What one model makes of an app.
#[derive(Debug)]
pub struct Judged {
    /// Of each of the app's examples, as [`examples`] has them, by a classifier that learnt the others.
    pub examples: Vec<Reading>,
    /// Of each of the texts that were given, by a classifier that learnt all examples but these texts.
    pub said: Vec<Reading>,
    /// How near it puts texts that have nothing to do with each other, and texts that say the same.
    pub scale: Scale,
    /// Time to embed one of the texts, on average.
    pub each: Duration,
}

/// The examples of an app's skills as cases, in the order of [`Judged::examples`].
#[must_use]
pub fn examples(skills: &[Arc<Skill>]) -> Vec<Case> {
    let positive = examples_of(skills).into_iter().filter(|(_, kind, _)| *kind == Kind::Positive);
    positive.map(|(skill, _, text)| Case { text: text.to_string(), right: Some(skill.to_string()) }).collect()
}

/// Asks a model for its readings of the app's own examples and of `said`.
///
/// # Errors
/// When it can't embed, or its embeddings can't be learnt from.
pub async fn judge(encoder: &Encoder, skills: &[Arc<Skill>], said: &[String]) -> Result<Judged, BuildError> {
    let texts: Vec<&str> = background::texts().collect();
    let vectors: Vec<_> = encoder.embed_many(&texts).await?.into_iter().map(|embedding| embedding.vector).collect();
    let background = Background::new(&vectors, encoder.dimensions())?;
    let scale = similarity::measure(encoder).await?;
    let known = examples_of(skills);
    let started = Instant::now();
    let texts: Vec<&str> = known.iter().map(|(.., text)| &**text).chain(said.iter().map(String::as_str)).collect();
    let mut vectors = encoder.embed_many(&texts).await?.into_iter().map(|embedding| embedding.vector);
    let each = started.elapsed() / u32::try_from(texts.len().max(1)).unwrap_or(u32::MAX);
    let examples: Vec<Example> = known
        .into_iter()
        .zip(vectors.by_ref())
        .map(|((skill, kind, text), vector)| Example { skill, text, vector, kind })
        .collect();
    let said: Vec<(String, Arc<[f32]>)> = said.iter().cloned().zip(vectors).collect();
    let work = move || read_all(&examples, &background, &said);
    let (examples, said) = tokio::task::spawn_blocking(work).await.map_err(|_| BuildError::Fit)??;
    Ok(Judged { examples, said, scale, each })
}

type Readings = (Vec<Reading>, Vec<Reading>);

fn read_all(
    examples: &[Example],
    background: &Background,
    said: &[(String, Arc<[f32]>)],
) -> Result<Readings, BuildError> {
    let positive: Vec<usize> = (0..examples.len()).filter(|&at| examples[at].kind == Kind::Positive).collect();
    // Of each skill a fifth, whatever the order of skills: an example's number among its skill's own.
    let mut counted = std::collections::HashMap::<&str, usize>::new();
    let folds: Vec<usize> = positive
        .iter()
        .map(|&at| {
            let number = counted.entry(&examples[at].skill).or_default();
            *number += 1;
            *number % FOLDS
        })
        .collect();
    let mut readings: Vec<Option<Reading>> = vec![None; positive.len()];
    for fold in 0..FOLDS {
        let held_out: HashSet<usize> =
            positive.iter().zip(&folds).filter(|(_, own)| **own == fold).map(|(at, _)| *at).collect();
        let model = fit(examples, |at| !held_out.contains(&at), background)?;
        for (place, &at) in positive.iter().enumerate() {
            if held_out.contains(&at) {
                readings[place] = Some(Reading::of(&model.classify(&examples[at].vector, &|_| true)));
            }
        }
    }
    let words: HashSet<String> = said.iter().map(|(text, _)| saying(text)).collect();
    let model = fit(examples, |at| !words.contains(&saying(&examples[at].text)), background)?;
    let said = said.iter().map(|(_, vector)| Reading::of(&model.classify(vector, &|_| true))).collect();
    Ok((readings.into_iter().flatten().collect(), said))
}

fn fit(examples: &[Example], keep: impl Fn(usize) -> bool, background: &Background) -> Result<Model, BuildError> {
    let kept: Vec<Example> =
        examples.iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, example)| example.clone()).collect();
    Ok(Model::fit(&kept, background, &Options::default(), None)?)
}
