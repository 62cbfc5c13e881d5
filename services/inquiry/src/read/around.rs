//! The text around mentions: clauses, what they say, whether they ask, remark or tell of the past.

use std::ops::Range;

use values::Span;

use super::super::marks::What;
use super::super::schema::Sense;
use super::super::words::{AFTER, DONE, QUESTION, REMARK};
use super::{Reader, Thing};

impl Reader<'_> {
    pub(super) fn text(&self, range: Range<usize>) -> String {
        let end = range.end.min(self.folded.len());
        self.folded[range.start.min(end)..end].iter().collect()
    }

    /// The part of the message between commas and full stops around a place.
    pub(super) fn clause(&self, span: Span) -> Range<usize> {
        let ends = |c: &char| matches!(c, ',' | '，' | '。' | '?' | '!' | ';' | '\n');
        let start = self.folded[..span.start].iter().rposition(ends).map_or(0, |at| at + 1);
        let end = self.folded[span.end..].iter().position(ends).map_or(self.folded.len(), |at| span.end + at);
        start..end
    }

    /// Whether one of `words` is said outside of what is mentioned: 推荐, but not in 推荐菜.
    pub(super) fn seeks(&self, range: Range<usize>, words: &[&str]) -> bool {
        let mut letters = self.folded.clone();
        for mark in self.marks.iter().filter(|mark| !matches!(mark.what, What::Amount(_))) {
            letters[mark.span.start..mark.span.end].fill(' ');
        }
        let end = range.end.min(letters.len());
        let text: String = letters[range.start.min(end)..end].iter().collect();
        words.iter().any(|word| text.contains(word))
    }

    pub(super) fn says(&self, range: Range<usize>, words: &[&str]) -> bool {
        let text = self.text(range);
        words.iter().any(|word| text.contains(word))
    }

    pub(super) fn ends_with(&self, end: usize, within: usize, words: &[&str]) -> bool {
        self.says(end.saturating_sub(within)..end, words)
    }

    pub(super) fn is_question(&self, span: Span) -> bool {
        let clause = self.clause(span);
        self.says(clause.start..clause.end + 1, QUESTION)
    }

    /// Whether a mention only says what is thought of it: "the rating is quite good".
    pub(super) fn is_remark(&self, span: Span) -> bool {
        !self.is_question(span) && self.says(self.clause(span), REMARK)
    }

    /// Whether a mention tells what was done before: 吃完饭, 逛完景点以后, "after dinner".
    pub(super) fn is_past(&self, span: Span) -> bool {
        let clause = self.clause(span);
        let before = self.text(clause.start..span.start);
        let after = self.text(span.end..(span.end + 5).min(clause.end));
        let done_before = DONE.iter().any(|word| before.ends_with(word));
        let done_after =
            DONE.iter().any(|word| after.starts_with(word)) || self.text(span.start..span.end + 1).contains('完');
        let later = AFTER.iter().any(|word| after.contains(word));
        done_before || done_after || later || before.ends_with("after ")
    }

    pub(super) fn senses(&self, at: usize) -> &[Sense] {
        match &self.marks[at].what {
            What::Senses(senses) => senses,
            _ => &[],
        }
    }

    pub(super) fn topic_of(&self, at: usize) -> Option<(usize, bool)> {
        self.senses(at).iter().find_map(|sense| match sense {
            Sense::Topic(topic) => Some((*topic, true)),
            Sense::Hint(topic) => Some((*topic, false)),
            _ => None,
        })
    }

    pub(super) fn is_near(&self, at: usize) -> bool {
        self.senses(at).contains(&Sense::Near)
    }

    pub(super) fn gap(&self, from: usize, to: usize) -> usize {
        self.marks[to].span.start.saturating_sub(self.marks[from].span.end)
    }

    /// Of things with one name: of the topic that the words after it say, else the one mentioned last, else the likeliest.
    pub(super) fn one_of(&self, at: usize, things: &[Thing]) -> Thing {
        let next = (at + 1 < self.marks.len() && self.gap(at, at + 1) <= 4).then(|| self.topic_of(at + 1)).flatten();
        let said = next.and_then(|(topic, _)| things.iter().find(|thing| thing.topic == topic));
        let known = || things.first().filter(|thing| self.memory.recency(thing) > 0);
        let likeliest = || things.iter().max_by(|a, b| (self.prior)(a.topic).total_cmp(&(self.prior)(b.topic)));
        said.or_else(known).or_else(likeliest).cloned().unwrap_or_else(|| things[0].clone())
    }
}
