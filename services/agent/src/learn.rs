//! What the small model may learn: a request that only a reasoner understood, and that was carried out, becomes a suggestion
//! for its skill's examples.

use dialogue::{By, Catalogue as _, Decision, Frame};
use paigong_core::ConversationId;
use serde_json::Value;
use skills::Skill;
use store::TenantTx;
use store::suggestions::{self, NewSuggestion};

use crate::Error;
use crate::answer::ExecutionStatus;
use crate::carry_out::Carried;
use crate::turn::Moment;

/// Longer sayings make poor examples.
const LONGEST: usize = 200;

impl Moment<'_> {
    /// Suggests what was carried out in this turn on a reasoner's proposal.
    pub(crate) async fn suggest(
        &self,
        tx: &mut TenantTx,
        carried: &Carried,
        conversation: ConversationId,
    ) -> Result<(), Error> {
        for episode in &carried.episodes {
            let (Decision::Run, Some(frame), Some(ran)) = (&episode.decision, &episode.frame, &episode.ran) else {
                continue;
            };
            let was_taken = !matches!(ran.status(), ExecutionStatus::Failed | ExecutionStatus::Cancelled);
            let utterance = frame.utterance.trim();
            let is_example =
                (1..=LONGEST).contains(&utterance.chars().count()) && !utterance.contains(['[', ']', '\0']);
            if !frame.reasoned || !was_taken || !is_example {
                continue;
            }
            let skill = self.app.live(&frame.skill).filter(|skill| !skill.run.is_knowledge());
            let Some(skill) = skill else { continue };
            let new = NewSuggestion {
                app: self.caller.app,
                conversation,
                skill: skill.name(),
                utterance,
                example: &marked(utterance, frame, &skill),
                slots: &Value::Object(frame.values()),
                language: carried.state.language(),
            };
            suggestions::add(tx, &new).await?;
        }
        Ok(())
    }
}

/// `utterance` as an example: the words of each slot marked, where they are in it and say nothing else.
fn marked(utterance: &str, frame: &Frame, skill: &Skill) -> String {
    let mut marks: Vec<(usize, usize, &str)> = Vec::new();
    for (name, filled) in &frame.slots {
        let Some(slot) = skill.slots().get(name).filter(|slot| slot.is_settable()) else { continue };
        if matches!(filled.by, By::Default | By::Computed | By::Context | By::Carried | By::Utterance) {
            continue;
        }
        let value = filled.value.as_str().unwrap_or_default();
        let mut words: Vec<&str> = filled.text.iter().map(String::as_str).collect();
        if slot.options.iter().any(|option| option == value) {
            let label = slot.labels.get(value).map(|label| [label.zh.as_str(), label.en.as_str()]);
            words.extend(label.into_iter().flatten());
            words.extend(slot.synonyms.get(value).into_iter().flatten().map(String::as_str));
        }
        words.push(value);
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let found = words.into_iter().filter(|word| word.chars().count() > 1).find_map(|word| {
            let (at, _) = utterance.match_indices(word).next()?;
            let overlaps = marks.iter().any(|(from, to, _)| at < *to && *from < at + word.len());
            (!overlaps).then_some((at, at + word.len()))
        });
        marks.extend(found.map(|(from, to)| (from, to, name.as_str())));
    }
    marks.sort_unstable();
    let (mut example, mut at) = (String::with_capacity(utterance.len() + 32), 0);
    for (from, to, slot) in marks {
        example.push_str(&utterance[at..from]);
        example.push_str(&format!("[{}]({slot})", &utterance[from..to]));
        at = to;
    }
    example.push_str(&utterance[at..]);
    example
}
