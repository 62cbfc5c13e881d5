//! What a person needs who takes a conversation over: a summary in words, the request under way, the last messages.

use dialogue::{Catalogue as _, Decision, Frame, Meaning};
use paigong_core::ConversationId;
use serde_json::Map;
use skills::slot_title;
use skills::template::display;
use store::{TenantTx, turns};

use crate::Error;
use crate::answer::{Exchange, Handoff};
use crate::carry_out::Carried;
use crate::phrases::Phrases;
use crate::turn::{Moment, slots_of};

/// Messages before this one that are handed over.
const LAST_MESSAGES: u32 = 6;

impl Moment<'_> {
    /// The hand-over, if that is what was decided. `version` is the conversation's, which grows by one with each turn.
    pub(crate) async fn handoff(
        &self,
        tx: &mut TenantTx,
        carried: &Carried,
        (conversation, version): (ConversationId, Option<i64>),
        meaning: &Meaning,
    ) -> Result<Option<Handoff>, Error> {
        if carried.episodes.last().is_none_or(|episode| episode.decision != Decision::HandOff) {
            return Ok(None);
        }
        let mut messages = Vec::new();
        if let Some(version) = version {
            let after = i32::try_from(version.saturating_sub(i64::from(LAST_MESSAGES))).unwrap_or_default().max(0);
            let before = turns::list(tx, conversation, after, LAST_MESSAGES).await?;
            messages.extend(before.into_iter().map(|turn| Exchange { user: turn.query, answer: turn.answer }));
        }
        messages.push(Exchange { user: meaning.text.clone(), answer: String::new() });
        let frame = carried.frame();
        let say = Phrases(carried.state.language());
        let request = frame.and_then(|frame| self.in_words(frame, say));
        let done = carried.state.last.as_ref().and_then(|last| self.app.version(&last.skill, last.version));
        let done = done.map(|skill| skill.manifest.title.get(say.0).to_owned());
        let before = messages.iter().rev().skip(1).find(|exchange| !exchange.user.is_empty());
        Ok(Some(Handoff {
            summary: say.handoff_summary(
                request.as_deref(),
                done.as_deref(),
                before.map(|exchange| exchange.user.as_str()),
                &meaning.text,
            ),
            skill: frame.map(|frame| frame.skill.clone()),
            slots: frame.map_or_else(Map::new, slots_of),
            messages,
        }))
    }

    /// The request and what is known for it: "请假申请（假别：年假，开始日期：12月2日（周三））".
    pub(crate) fn in_words(&self, frame: &Frame, say: Phrases) -> Option<String> {
        let skill = self.world().of(frame)?;
        let labels = frame.labels();
        let known = skill.slots().iter().filter(|(_, slot)| slot.is_settable()).filter_map(|(name, slot)| {
            let value = &frame.slots.get(name)?.value;
            let shown = display(slot, value, say.0, self.now.date());
            let shown =
                labels.get(name).cloned().or_else(|| shown.as_str().map(str::to_owned)).unwrap_or(shown.to_string());
            Some(say.detail(slot_title(name, slot, say.0), &shown))
        });
        Some(say.with_details(skill.manifest.title.get(say.0), &known.collect::<Vec<_>>()))
    }
}
