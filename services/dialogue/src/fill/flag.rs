//! Yes-or-no slots that are named in passing: "somewhere that allows pets", "no smoking".

use skills::fold;
use skills::slot::Kind;

use super::Reader;
use crate::meaning::Stance;
use crate::question;
use crate::state::{By, Filled};

/// Words that turn what follows into its opposite.
const NEGATIONS: &[&str] = &["no", "not", "without", "don't", "doesn't", "isn't", "non", "never", "不", "没", "无"];

impl Reader<'_> {
    /// Sets boolean slots whose title's first telling word is said, but not asked about.
    pub(super) fn flags(&mut self) {
        let skill = self.skill;
        for (name, slot) in skill.slots() {
            let is_open = slot.json_type() == Kind::Boolean && slot.is_settable() && self.may_fill(name);
            let Some(title) = slot.title.as_ref().filter(|_| is_open) else { continue };
            let said = self.source.sentences.iter().find_map(|sentence| {
                let text = fold(&sentence.text);
                let is_asked = sentence.stance == Some(Stance::Question) || question::has_question_word(&text);
                if is_asked && sentence.stance != Some(Stance::Inform) {
                    return None;
                }
                let at = [&title.en, &title.zh].into_iter().find_map(|title| question::telling_word(&text, title))?;
                let before: Vec<&str> = text[..at].split_whitespace().rev().take(3).collect();
                let is_negated = before.iter().any(|word| NEGATIONS.contains(word))
                    || text[..at].chars().next_back().is_some_and(|c| ['不', '没', '无'].contains(&c));
                Some(!is_negated)
            });
            if let Some(value) = said {
                let turn = self.source.turn;
                let filled = Filled { value: value.into(), text: None, span: None, by: By::Boolean, turn };
                self.filling.filled.push((name.clone(), filled));
            }
        }
    }
}
