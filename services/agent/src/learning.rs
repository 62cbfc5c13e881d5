//! What the apps of a server are learnt with, and what was learnt before: in memory, and in a folder for the next start.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, RwLock, Weak};
use std::time::Instant;

use sha2::{Digest, Sha256};
use skills::{Skill, example};
use understanding::classifier::{Background, Calibrate, Example, Kind, Model, Options, SkillClassifier, background};
use understanding::encoder::{self, Encoder};
use understanding::similarity::{self, Scale};
use understanding::stance::{self, StanceReader};
use understanding::tagger::{self, Tagger};

use crate::BuildError;
use crate::learnt::Learnt;

/// Embeddings of examples, kept by text.
pub(crate) struct Embeddings {
    encoder: Encoder,
    learnt: Learnt,
    known: RwLock<HashMap<Arc<str>, Arc<[f32]>>>,
}

/// Texts whose embeddings are kept; more than this and the oldest generation is dropped as a whole.
const KEPT: usize = 200_000;

impl Embeddings {
    /// What was learnt with this encoder before is looked for in `folder`.
    pub(crate) fn new(encoder: Encoder, folder: Option<&Path>) -> Self {
        let learnt = Learnt::new(folder, &encoder.manifest().identity());
        Self { encoder, learnt, known: RwLock::default() }
    }

    /// The vectors of `texts`, from memory or from the folder where they are known.
    pub(crate) async fn of(&self, texts: &[Arc<str>]) -> Result<Vec<Arc<[f32]>>, encoder::Error> {
        if let Some(vectors) = self.known(texts) {
            return Ok(vectors);
        }
        let key = self.learnt.key("vectors", texts.iter().map(|text| text.as_bytes()));
        let kept = self.learnt.read::<Vec<Arc<[f32]>>>(&key).await;
        let whole = |kept: &Vec<Arc<[f32]>>| {
            kept.len() == texts.len() && kept.iter().all(|vector| vector.len() == self.encoder.dimensions())
        };
        if let Some(vectors) = kept.filter(whole) {
            self.remember(texts.iter().cloned().zip(vectors.iter().cloned()));
            return Ok(vectors);
        }
        let known: Vec<Option<Arc<[f32]>>> = texts.iter().map(|text| self.one(text)).collect();
        let missing: Vec<&Arc<str>> =
            texts.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(text, _)| text).collect();
        let mut fresh = self.encoder.embed_many(&missing).await?.into_iter().map(|embedding| embedding.vector);
        let all = known.into_iter().map(|known| known.or_else(|| fresh.next()));
        let vectors = all.collect::<Option<Vec<_>>>().ok_or(encoder::Error::Stopped)?;
        self.remember(texts.iter().cloned().zip(vectors.iter().cloned()));
        self.learnt.write(&key, vectors.clone()).await;
        Ok(vectors)
    }

    fn one(&self, text: &str) -> Option<Arc<[f32]>> {
        self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(text).cloned()
    }

    fn known(&self, texts: &[Arc<str>]) -> Option<Vec<Arc<[f32]>>> {
        texts.iter().map(|text| self.one(text)).collect()
    }

    fn remember(&self, vectors: impl ExactSizeIterator<Item = (Arc<str>, Arc<[f32]>)>) {
        let mut known = self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.len() + vectors.len() > KEPT {
            known.clear();
        }
        known.extend(vectors);
    }
}

/// What learning an app needs, and what was learnt from the same examples before: tenants that use a pack as it comes
/// share one classifier.
pub(crate) struct Learning {
    pub embeddings: Embeddings,
    pub background: Background,
    pub stances: StanceReader,
    /// What cosines are worth.
    pub scale: Scale,
    taggers: RwLock<HashMap<[u8; 32], Weak<Tagger>>>,
    classifiers: RwLock<HashMap<[u8; 32], Weak<SkillClassifier>>>,
}

impl Learning {
    pub(crate) async fn new(embeddings: Embeddings) -> Result<Self, BuildError> {
        let texts: Vec<Arc<str>> = background::texts().map(Arc::from).collect();
        let background = Background::new(&embeddings.of(&texts).await?, embeddings.encoder.dimensions())?;
        let texts: Vec<Arc<str>> = stance::texts().map(|(_, text)| Arc::from(text)).collect();
        let stances = StanceReader::fit(&embeddings.of(&texts).await?);
        let texts: Vec<Arc<str>> = similarity::texts().map(Arc::from).collect();
        let scale = Scale::measure(&embeddings.of(&texts).await?);
        Ok(Self { embeddings, background, stances, scale, taggers: RwLock::default(), classifiers: RwLock::default() })
    }

    /// The classifier of these examples. Tenants that use a pack as it comes share one.
    pub(crate) async fn classifier(
        &self,
        examples: &Arc<Vec<Example>>,
        options: Options,
        warm: Option<Arc<Model>>,
    ) -> Result<Arc<SkillClassifier>, BuildError> {
        let digest = digest(examples);
        let live = {
            let classifiers = self.classifiers.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            classifiers.get(&digest).and_then(Weak::upgrade)
        };
        if let Some(live) = live {
            return Ok(live);
        }
        let classifier = Arc::new(SkillClassifier::new(self.fit(examples, options, warm).await?));
        let mut classifiers = self.classifiers.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        classifiers.retain(|_, classifier| classifier.strong_count() > 0);
        classifiers.insert(digest, Arc::downgrade(&classifier));
        drop(classifiers);
        Ok(classifier)
    }

    /// A classifier of these examples: as it was learnt before, or fitted. What is fitted in a hurry is not kept.
    pub(crate) async fn fit(
        &self,
        examples: &Arc<Vec<Example>>,
        options: Options,
        warm: Option<Arc<Model>>,
    ) -> Result<Model, BuildError> {
        let learnt = &self.embeddings.learnt;
        let share = format!("{:?}", options.out_of_scope_share);
        let key = learnt.key("classifier", [&digest(examples)[..], share.as_bytes()]);
        if let Some(parameters) = learnt.read(&key).await
            && let Ok(model) = Model::restore(parameters, examples, &self.background)
        {
            return Ok(model);
        }
        let is_whole = options.calibrate == Calibrate::Now;
        let (examples, background) = (Arc::clone(examples), self.background.clone());
        let work = move || Model::fit(&examples, &background, &options, warm.as_deref());
        let model = tokio::task::spawn_blocking(work).await.map_err(|_| BuildError::Fit)??;
        if is_whole {
            learnt.write(&key, model.parameters()).await;
        }
        Ok(model)
    }

    /// Learns the tagger of `skills` from their marked examples, if a slot of theirs is free text and marked.
    pub(crate) async fn tagger(&self, skills: &[Arc<Skill>]) -> Result<Option<Arc<Tagger>>, BuildError> {
        let encoder = &self.embeddings.encoder;
        let mut marked: Vec<(Arc<str>, example::Annotated)> = Vec::new();
        let mut is_of_use = false;
        let mut sorted: Vec<_> = skills.iter().collect();
        sorted.sort_by_key(|skill| skill.name());
        for skill in sorted {
            let is_free = |slot: &str| skill.slots().get(slot).is_some_and(skills::Slot::is_free_text);
            for text in &skill.manifest.examples {
                let annotated = example::parse(text);
                is_of_use |= annotated.marks.iter().any(|mark| is_free(&mark.slot));
                if !annotated.marks.is_empty() {
                    marked.push((skill.name().into(), annotated));
                }
            }
        }
        if !is_of_use || !encoder.has_tokens() {
            return Ok(None);
        }
        let mut hash = Sha256::new();
        for (skill, annotated) in &marked {
            hash.update(format!("{skill}\n{annotated:?}\n"));
        }
        let digest: [u8; 32] = hash.finalize().into();
        let known = |taggers: &HashMap<[u8; 32], Weak<Tagger>>| taggers.get(&digest).and_then(Weak::upgrade);
        if let Some(tagger) = known(&self.taggers.read().unwrap_or_else(std::sync::PoisonError::into_inner)) {
            return Ok(Some(tagger));
        }
        let learnt = &self.embeddings.learnt;
        let key = learnt.key("tagger", [&digest[..]]);
        let tagger = match learnt.read::<Tagger>(&key).await {
            Some(tagger) => Arc::new(tagger),
            None => {
                let Some(tagger) = fit_tagger(&marked, encoder).await? else { return Ok(None) };
                let tagger = Arc::new(tagger);
                learnt.write(&key, Arc::clone(&tagger)).await;
                tagger
            }
        };
        let mut taggers = self.taggers.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        taggers.retain(|_, tagger| tagger.strong_count() > 0);
        taggers.insert(digest, Arc::downgrade(&tagger));
        Ok(Some(tagger))
    }
}

/// SHA-256 over all examples in their order.
fn digest(examples: &[Example]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for example in examples {
        for part in [example.skill.as_bytes(), example.text.as_bytes()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update([u8::from(example.kind == Kind::Positive)]);
    }
    hash.finalize().into()
}

/// Fits a tagger on the marked examples.
async fn fit_tagger(
    marked: &[(Arc<str>, example::Annotated)],
    encoder: &Encoder,
) -> Result<Option<Tagger>, BuildError> {
    let texts: Vec<&str> = marked.iter().map(|(_, annotated)| annotated.text.as_str()).collect();
    let tokens = encoder.tokens_of_many(&texts).await?;
    let examples: Vec<tagger::Example> = marked
        .iter()
        .zip(tokens)
        .map(|((skill, annotated), tokens)| tagger::Example {
            skill: Arc::clone(skill),
            text: annotated.text.as_str().into(),
            marks: annotated.marks.iter().map(|mark| (mark.slot.as_str().into(), mark.start..mark.end)).collect(),
            tokens,
        })
        .collect();
    let started = Instant::now();
    let work = move || Tagger::fit(&examples, &tagger::Options::default());
    let tagger = tokio::task::spawn_blocking(work).await.map_err(|_| BuildError::Fit)?;
    let fitted_in_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(fitted_in_ms, examples = marked.len(), "the slot tagger is fitted");
    Ok(tagger)
}
