//! What labels teach skills, and how that is taken back.

use ::skills::{Manifest, example};
use paigong_core::AppId;
use serde::{Deserialize, Serialize};

use super::Label;
use crate::skills::{self, Version};
use crate::{Error, TenantTx};

/// Whether words are what a skill is asked for with, or what is mistaken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An example.
    Example,
    /// A counterexample.
    Counterexample,
}

/// What teaching came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taught {
    /// The words are new; the skill's next version is live with the next request.
    Now(Lesson),
    /// The skill had them already.
    Before,
    /// There is no such live skill.
    NoSkill,
}

/// What was changed in a skill to teach it words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// The skill.
    pub skill: String,
    /// What the words became.
    pub kind: Kind,
    /// Whether they were added as that, or had been there.
    pub added: bool,
    /// What of the other kind said the same and was removed, with where it stood.
    pub removed: Vec<(usize, String)>,
}

impl Kind {
    /// The texts of this kind, and those of the other.
    fn of(self, manifest: &mut Manifest) -> (&mut Vec<String>, &mut Vec<String>) {
        let Manifest { examples, counterexamples, .. } = manifest;
        match self {
            Self::Example => (examples, counterexamples),
            Self::Counterexample => (counterexamples, examples),
        }
    }
}

/// Makes `utterance` an example or a counterexample of the live `skill`.
///
/// # Errors
/// As for any statement.
pub async fn teach(
    tx: &mut TenantTx,
    app: AppId,
    skill: &str,
    kind: Kind,
    utterance: &str,
    by: &str,
) -> Result<Taught, Error> {
    let Some(mut live) = live(tx, app, skill).await? else { return Ok(Taught::NoSkill) };
    let says = |known: &String| example::parse(known).text == utterance;
    let (own, other) = kind.of(&mut live.manifest);
    let mut removed: Vec<(usize, String)> =
        other.iter().cloned().enumerate().filter(|(_, known)| says(known)).collect();
    // The last example stays, since a skill without any can't be found.
    if kind == Kind::Counterexample && removed.len() == other.len() {
        removed.pop();
    }
    let added = !own.iter().any(says);
    if !added && removed.is_empty() {
        return Ok(Taught::Before);
    }
    removed.iter().rev().for_each(|(index, _)| drop(other.remove(*index)));
    if added {
        own.push(utterance.to_owned());
    }
    skills::publish(tx, app, &live.pack, &[live.manifest], by, "a label from the review of turns").await?;
    Ok(Taught::Now(Lesson { skill: skill.to_owned(), kind, added, removed }))
}

/// The live `skill` as [`teach`] would leave it: its pack, manifest and next version. The transaction is to be taken back.
///
/// # Errors
/// As for any statement.
pub async fn as_taught(
    tx: &mut TenantTx,
    app: AppId,
    skill: &str,
    kind: Kind,
    utterance: &str,
) -> Result<Option<Version>, Error> {
    if teach(tx, app, skill, kind, utterance, "").await? == Taught::NoSkill {
        return Ok(None);
    }
    live(tx, app, skill).await
}

/// Takes back what `label` has taught.
///
/// # Errors
/// As for any statement.
pub async fn unteach(tx: &mut TenantTx, app: AppId, label: &Label, by: &str) -> Result<(), Error> {
    // Labels from before say only which skill they taught.
    let former = label.taught.iter().filter(|_| label.lessons.is_empty()).map(|skill| {
        let kind = if label.action == "out_of_scope" { Kind::Counterexample } else { Kind::Example };
        Lesson { skill: skill.clone(), kind, added: true, removed: Vec::new() }
    });
    for Lesson { skill, kind, added, removed } in label.lessons.iter().cloned().chain(former) {
        let Some(mut live) = live(tx, app, &skill).await? else { continue };
        let (own, other) = kind.of(&mut live.manifest);
        for (index, text) in removed {
            if !other.contains(&text) {
                other.insert(index.min(other.len()), text);
            }
        }
        let is_last = kind == Kind::Example && own.len() == 1;
        if added && !is_last {
            own.retain(|known| *known != label.utterance);
        }
        skills::publish(tx, app, &live.pack, &[live.manifest], by, "a label was taken back").await?;
    }
    Ok(())
}

async fn live(tx: &mut TenantTx, app: AppId, skill: &str) -> Result<Option<Version>, Error> {
    match skills::live_version(tx, app, skill).await? {
        Some(version) => skills::version(tx, app, skill, version).await,
        None => Ok(None),
    }
}
