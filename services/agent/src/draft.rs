//! Drafts of skills: the caller's app as it would be with one in place of its live version, what that app would say and do, and
//! which of its examples sit nearer to another skill's. What is tried is done in a transaction that is always taken back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use paigong_core::{ConversationId, TurnId};
use skills::Skill;
use store::keys::Caller;
use understanding::classifier::{Kind, Options};

use crate::turn::{Moment, Turned};
use crate::understand::{Understood, understand};
use crate::{Agent, Answer, App, Error, Request, identity};

/// An app with a draft in it.
pub struct Draft {
    app: Arc<App>,
    skill: String,
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
        let live = self.app(caller).await?;
        let mut tx = self.store.begin(caller.tenant).await?;
        let dates = store::calendars::load(&mut tx).await?;
        tx.rollback().await?;
        let name = skill.name().to_owned();
        let others = live.skills().filter(|other| other.name() != name).cloned();
        let skills = others.chain([Arc::new(skill)]).collect();
        let learning = self.registry.learning();
        let app = App::build(live.revision, skills, dates, learning, Some(&live), Options::edit()).await?;
        Ok(Draft { app: Arc::new(app), skill: name })
    }

    /// What each of `texts` is taken for by the live app and with the draft in it, by its words alone: a skill, or nothing that
    /// the app does.
    ///
    /// # Errors
    /// When they can't be embedded.
    pub async fn taken_for(&self, caller: &Caller, draft: &Draft, texts: &[&str]) -> Result<Vec<Taken>, Error> {
        let live = self.app(caller).await?;
        let mut taken = Vec::with_capacity(texts.len());
        for text in texts {
            let vector = self.embed(text).await?;
            taken.push((live.taken_for(text, &vector), draft.app.taken_for(text, &vector)));
        }
        Ok(taken)
    }

    /// What would be answered to `requests`, said one after the other in a new conversation. What that does in the database is
    /// real and then taken back; what would leave the database is put into the queue and taken back before anybody sees it.
    ///
    /// # Errors
    /// As for a turn.
    pub async fn try_out(&self, caller: &Caller, draft: &Draft, requests: &[Request]) -> Result<Vec<Answer>, Error> {
        let (new, at) = (ConversationId::new(), self.options.clock.now());
        let now = at.with_timezone(&caller.time_zone).naive_local();
        let has_documents = draft.app.skills().any(|skill| skill.run.is_knowledge());
        let documents = match has_documents {
            true => Some(self.shelf.get(&self.store, caller.tenant, caller.app, draft.app.revision).await?),
            false => None,
        };
        let mut understood: Vec<Understood> = Vec::with_capacity(requests.len());
        for request in requests {
            let context = identity(request);
            understood.push(understand(request, self.means(&draft.app, now, &context)).await?);
        }
        let mut answers = Vec::with_capacity(requests.len());
        let mut tx = self.store.begin(caller.tenant).await?;
        for (index, (request, understood)) in requests.iter().zip(&understood).enumerate() {
            let request = Request { conversation: (index > 0).then_some(new), idempotency: None, ..request.clone() };
            let context = identity(&request);
            let moment = Moment {
                caller,
                request: &request,
                turn: TurnId::new(),
                new,
                asks: false,
                documents: documents.clone(),
                vector: understood.vector.as_ref().map(|(text, vector)| (text.as_str(), &**vector)),
                patience: self.options.patience,
                app: &draft.app,
                context: &context,
                now,
                at,
                lag: self.options.clock.lag(),
                started: Instant::now(),
            };
            match moment.transact(&mut tx, understood, None).await? {
                Turned::Done(answered, _) | Turned::Replayed(answered) => answers.push(answered.answer),
                // Nobody is asked, so nobody is wanted.
                Turned::Wants(_) => break,
            }
        }
        tx.rollback().await?;
        Ok(answers)
    }
}

impl Draft {
    /// The draft's examples that sit nearer to another skill's example than to any of their own, the nearest first, and the
    /// skills that so many of them are near to that the two will be mistaken for each other.
    #[must_use]
    pub fn strays(&self) -> (Vec<Stray>, Vec<Overlap>) {
        let positive = self.app.examples.iter().filter(|example| example.kind == Kind::Positive);
        let (own, others): (Vec<_>, Vec<_>) = positive.partition(|example| *example.skill == *self.skill);
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
