//! One app as it is live: its skills, compiled, and the classifier trained on their examples.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use chrono::NaiveDateTime;
use dialogue::{Catalogue, World};
use serde_json::{Map, Value};
use skills::{Skill, example};
use understanding::classifier::{self, Example, Kind, Options, SkillClassifier, Verdict};
use understanding::encoder;
use understanding::tagger::Tagger;

use crate::learning::Learning;
use crate::older::Older;

/// An example.
#[derive(Debug, Clone)]
pub(crate) struct Saying {
    /// Its skill.
    pub skill: Arc<str>,
    /// Its text, as its owner wrote it.
    pub text: Arc<str>,
}

/// What the owners say of a text, word for word.
#[derive(Debug, Default)]
struct Word {
    /// The skills that have it as an example.
    asks: Vec<Saying>,
    /// The skills that have it as a counterexample.
    denied: Vec<Arc<str>>,
}

/// The examples by what they say. A skill that has the same words as example and as counterexample says nothing of them.
fn words(examples: &[Example]) -> HashMap<String, Word> {
    let mut words: HashMap<String, Word> = HashMap::with_capacity(examples.len());
    for example in examples {
        let word = words.entry(saying(&example.text)).or_default();
        let skill = Arc::clone(&example.skill);
        if example.kind == Kind::Counter {
            word.denied.push(skill);
        } else if word.asks.iter().all(|one| one.skill != skill) {
            word.asks.push(Saying { skill, text: Arc::clone(&example.text) });
        }
    }
    for Word { asks, denied } in words.values_mut().filter(|word| !word.denied.is_empty()) {
        let both: Vec<Arc<str>> =
            denied.iter().filter(|&skill| asks.iter().any(|one| one.skill == *skill)).cloned().collect();
        asks.retain(|one| !both.contains(&one.skill));
        denied.retain(|skill| !both.contains(skill));
    }
    words
}

/// The examples and counterexamples of `skills`, without their marks: skill, kind, text.
pub(crate) fn examples_of(skills: &[Arc<Skill>]) -> Vec<(Arc<str>, Kind, Arc<str>)> {
    let mut all = Vec::new();
    for skill in skills {
        let name: Arc<str> = skill.name().into();
        let positive = skill.manifest.examples.iter().map(|text| (Kind::Positive, example::parse(text).text));
        let counter = skill.manifest.counterexamples.iter().map(|text| (Kind::Counter, text.clone()));
        all.extend(positive.chain(counter).map(|(kind, text)| (Arc::clone(&name), kind, text.into())));
    }
    all
}

/// `text` without case, width, spaces and punctuation.
pub(crate) fn saying(text: &str) -> String {
    skills::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A live app.
pub struct App {
    /// The revision of the skills that it was built from.
    pub revision: i64,
    skills: HashMap<String, Arc<Skill>>,
    /// Versions that are no longer live but that conversations still stand on.
    older: Older,
    /// Shared by the generations of an app, so that a later calibration reaches the live one.
    pub(crate) classifier: Arc<SkillClassifier>,
    pub(crate) examples: Arc<Vec<Example>>,
    /// What is said of texts, as [`saying`] writes them.
    words: HashMap<String, Word>,
    /// The tenant's business calendar.
    pub calendar: Arc<values::Calendar>,
    /// What ambiguous dates mean for the tenant.
    pub policy: values::Policy,
    /// Learnt from the marked examples; none where no free-text slot is marked. An edit keeps the former one until
    /// [`App::calibrate`] has learnt another.
    tagger: ArcSwapOption<Tagger>,
    /// How long it took to build.
    pub built_in: Duration,
}

impl App {
    /// Builds an app from its live skills. With the `former` generation the fit starts from its weights and keeps its
    /// calibration, to be redone by [`App::calibrate`]; both make an edit live at once.
    pub(crate) async fn build(
        revision: i64,
        skills: Vec<Arc<Skill>>,
        dates: store::calendars::Dates,
        learning: &Learning,
        former: Option<&Self>,
        options: Options,
    ) -> Result<Self, BuildError> {
        let started = Instant::now();
        let known = examples_of(&skills);
        let texts: Vec<Arc<str>> = known.iter().map(|(.., text)| Arc::clone(text)).collect();
        let vectors = learning.embeddings.of(&texts).await?;
        let examples: Vec<Example> = known
            .into_iter()
            .zip(vectors)
            .map(|((skill, kind, text), vector)| Example { skill, text, vector, kind })
            .collect();
        let examples = Arc::new(examples);
        let words = words(&examples);
        let warm = former.map(|former| former.classifier.model());
        let classifier = learning.classifier(&examples, options, warm).await?;
        let tagger = match former {
            Some(former) => former.tagger.load_full(),
            None => learning.tagger(&skills).await?,
        };
        let by_name = skills.into_iter().map(|skill| (skill.name().to_owned(), skill)).collect();
        let older = former.map(Self::versions).unwrap_or_default();
        Ok(Self {
            revision,
            skills: by_name,
            older,
            classifier,
            examples,
            words,
            calendar: Arc::new(dates.calendar),
            policy: dates.settings.policy,
            tagger: ArcSwapOption::new(tagger),
            built_in: started.elapsed(),
        })
    }

    /// Calibrates the live model anew, without keeping anybody waiting.
    pub(crate) async fn calibrate(&self, learning: &Learning) -> Result<(), BuildError> {
        let warm = Some(self.classifier.model());
        let model = learning.fit(&self.examples, Options::default(), warm).await?;
        self.classifier.publish(model);
        let skills: Vec<_> = self.skills.values().cloned().collect();
        self.tagger.store(learning.tagger(&skills).await?);
        Ok(())
    }

    /// What a step may know besides state and meaning.
    #[must_use]
    pub fn world<'a>(&'a self, now: NaiveDateTime, context: &'a Map<String, Value>) -> World<'a> {
        World { catalogue: self, calendar: &self.calendar, policy: self.policy, now, context }
    }

    /// The skill of which `text` is an example, word for word, and of no other.
    pub(crate) fn taught(&self, text: &str) -> Option<&Saying> {
        match self.words.get(&saying(text))?.asks.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The skills of which `text` is a counterexample, word for word: it asks for none of them, whatever it is like.
    pub(crate) fn denied(&self, text: &str) -> &[Arc<str>] {
        self.words.get(&saying(text)).map_or(&[], |word| &word.denied)
    }

    /// The skill that a message with this embedding is taken for by its words alone; `None` where it is refused.
    pub(crate) fn taken_for(&self, text: &str, vector: &[f32]) -> Option<String> {
        if let Some(saying) = self.taught(text) {
            return Some(saying.skill.to_string());
        }
        let verdict = without(self.classifier.model().classify(vector, &|_| true), self.denied(text));
        let refused = verdict.band == classifier::Band::Refuse;
        verdict.candidates.first().filter(|_| !refused).map(|top| top.skill.to_string())
    }

    /// The tagger, if the app has a use for one.
    pub(crate) fn tagger(&self) -> Option<Arc<Tagger>> {
        self.tagger.load_full()
    }

    /// The live skills, by name.
    pub fn skills(&self) -> impl Iterator<Item = &Arc<Skill>> {
        self.skills.values()
    }

    /// Whether a skill answers from documents.
    #[must_use]
    pub fn has_documents(&self) -> bool {
        self.skills().any(|skill| skill.run.is_knowledge())
    }

    /// Keeps an older version at hand for conversations that stand on it.
    pub(crate) fn keep(&self, skill: Arc<Skill>) {
        self.older.keep(skill);
    }

    /// Every version at hand.
    fn versions(&self) -> Older {
        let all = self.older.clone();
        self.skills.values().for_each(|skill| all.keep(Arc::clone(skill)));
        all
    }
}

impl Catalogue for App {
    fn live(&self, name: &str) -> Option<Arc<Skill>> {
        self.skills.get(name).cloned()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.skills.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    fn version(&self, name: &str, version: u32) -> Option<Arc<Skill>> {
        if let Some(skill) = self.skills.get(name).filter(|skill| skill.version == version) {
            return Some(Arc::clone(skill));
        }
        self.older.get(name, version)
    }
}

/// The verdict on a message that asks for none of the skills `denied`. Where one of them was the likeliest it is refused: what the
/// others would get is what was left over.
pub(crate) fn without(mut verdict: Verdict, denied: &[Arc<str>]) -> Verdict {
    let is_denied = |candidate: &classifier::Candidate| denied.contains(&candidate.skill);
    if verdict.candidates.first().is_some_and(is_denied) {
        (verdict.band, verdict.confidence) = (classifier::Band::Refuse, 0.0);
    }
    verdict.candidates.retain(|candidate| !is_denied(candidate));
    verdict
}

/// Why an app could not be made live.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The examples could not be embedded.
    #[error("the examples could not be embedded")]
    Encoder(#[from] encoder::Error),
    /// The classifier could not be fitted.
    #[error("the classifier could not be fitted")]
    Classifier(#[from] classifier::Error),
    /// The fitting thread died.
    #[error("fitting the classifier was broken off")]
    Fit,
    /// A stored skill can't be compiled by this version of the product.
    #[error("a stored skill can't be used: {0}")]
    Skill(#[from] skills::Error),
    /// The skills could not be read.
    #[error("the skills could not be read")]
    Store(#[from] store::Error),
}
