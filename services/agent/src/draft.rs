//! Drafts of skills: the caller's app as it would be with one in place of its live version, what that app would take messages for,
//! and which of its examples sit nearer to another skill's.

use std::collections::BTreeMap;
use std::sync::Arc;

use skills::Skill;
use store::keys::Caller;
use understanding::classifier::{Kind, Options};

use crate::mind::Mind;
use crate::{Agent, App, Error};

/// An app with drafts in it.
pub struct Draft {
    /// What the app was learnt with.
    mind: Arc<Mind>,
    app: Arc<App>,
    skills: Vec<String>,
}

/// What a message is taken for, and what it would be taken for.
pub type Taken = (Option<String>, Option<String>);

/// An example of the draft that sits nearer to an example of another skill than to any of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Stray {
    /// The example.
    pub example: String,
    /// The other skill.
    pub skill: String,
    /// Its example.
    pub nearest: String,
    /// How near they are, at most 1.
    pub similarity: f32,
    /// How near the nearest example of its own is.
    pub own: f32,
}

/// Another skill that many of the draft's examples are near to.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// The other skill.
    pub skill: String,
    /// Examples of the draft that stray to it.
    pub strays: usize,
    /// The draft's examples.
    pub of: usize,
}

/// Strays to one skill that are called an overlap: this many, and this share of the draft's examples.
const OVERLAP: (usize, f64) = (3, 0.15);

impl Agent {
    /// The caller's app as it would be if `skill` were published.
    ///
    /// # Errors
    /// When its examples can't be learnt.
    pub async fn draft(&self, caller: &Caller, skill: Skill) -> Result<Draft, Error> {
        self.drafts(caller, vec![skill]).await
    }

    /// The caller's app as it would be if `drafts` were published.
    ///
    /// # Errors
    /// When their examples can't be learnt.
    pub async fn drafts(&self, caller: &Caller, drafts: Vec<Skill>) -> Result<Draft, Error> {
        let mind = self.mind();
        let live = mind.app(caller).await?;
        let mut tx = self.store.begin(caller.tenant).await?;
        let dates = store::calendars::load(&mut tx).await?;
        tx.rollback().await?;
        let names: Vec<String> = drafts.iter().map(|skill| skill.name().to_owned()).collect();
        let others = live.skills().filter(|other| !names.iter().any(|name| name == other.name())).cloned();
        let skills = others.chain(drafts.into_iter().map(Arc::new)).collect();
        let learning = mind.registry.learning();
        let app = App::build(live.revision, skills, dates, learning, Some(&live), Options::edit()).await?;
        Ok(Draft { mind, app: Arc::new(app), skills: names })
    }

    /// What each of `texts` is taken for by the live app and with the draft in it, by its words alone: a skill, or nothing that
    /// the app does.
    ///
    /// # Errors
    /// When they can't be embedded.
    pub async fn taken_for(&self, caller: &Caller, draft: &Draft, texts: &[&str]) -> Result<Vec<Taken>, Error> {
        let live = draft.mind.app(caller).await?;
        let mut taken = Vec::with_capacity(texts.len());
        for text in texts {
            let vector = draft.mind.encoder.embed(text, self.deadline()).await?.vector;
            taken.push((live.taken_for(text, &vector), draft.app.taken_for(text, &vector)));
        }
        Ok(taken)
    }
}

impl Draft {
    /// What reads messages to it.
    pub(crate) fn mind(&self) -> &Mind {
        &self.mind
    }

    /// The app.
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The draft's examples that sit nearer to another skill's example than to any of their own, the nearest first, and the
    /// skills that so many of them are near to that the two will be mistaken for each other.
    #[must_use]
    pub fn strays(&self) -> (Vec<Stray>, Vec<Overlap>) {
        let positive = self.app.examples.iter().filter(|example| example.kind == Kind::Positive);
        let (own, others): (Vec<_>, Vec<_>) =
            positive.partition(|example| self.skills.iter().any(|skill| **skill == *example.skill));
        let mut strays = Vec::new();
        for (index, example) in own.iter().enumerate() {
            let near = |vector: &[f32]| dot(&example.vector, vector);
            let siblings = own.iter().enumerate().filter(|(other, _)| *other != index);
            let nearest_own = siblings.map(|(_, other)| near(&other.vector)).fold(f32::MIN, f32::max);
            let nearest = others.iter().map(|other| (near(&other.vector), other)).max_by(|a, b| a.0.total_cmp(&b.0));
            let Some((similarity, other)) = nearest.filter(|(similarity, _)| *similarity > nearest_own) else {
                continue;
            };
            strays.push(Stray {
                example: example.text.to_string(),
                skill: other.skill.to_string(),
                nearest: other.text.to_string(),
                similarity,
                own: nearest_own.max(-1.0),
            });
        }
        strays.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for stray in &strays {
            *counts.entry(&stray.skill).or_default() += 1;
        }
        let of = own.len();
        let overlaps = counts
            .into_iter()
            .filter(|(_, strays)| *strays >= OVERLAP.0 && *strays as f64 >= OVERLAP.1 * of as f64)
            .map(|(skill, strays)| Overlap { skill: skill.to_owned(), strays, of })
            .collect();
        (strays, overlaps)
    }
}

/// The cosine of two vectors of length 1.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
