//! Nearness: whose neighbours are searched or asked for.

use super::super::marks::What;
use super::super::schema::Kind;
use super::super::words::{ELSEWHERE, GIVEN_UP, OTHERS, QUESTION, SEEK_ANEW, THESE, WHICH};
use super::{Near, Nearby, Reader, Said, Thing, Wanted};

impl Reader<'_> {
    /// All places where nearness is spoken of, but for what was given up.
    pub(super) fn nearby(&self) -> Vec<Nearby> {
        let given_up = |at: &usize| {
            let clause = self.text(self.clause(self.marks[*at].span));
            let is_lack = clause.contains("没有")
                && !clause.contains("有没有")
                && !QUESTION.iter().any(|word| clause.contains(word));
            is_lack || GIVEN_UP.iter().any(|word| clause.contains(word))
        };
        if self.says(0..self.folded.len(), ELSEWHERE) {
            return Vec::new();
        }
        let mut nearby: Vec<Nearby> = Vec::new();
        for mark in (0..self.marks.len()).filter(|&at| self.is_near(at)).filter(|at| !given_up(at)) {
            let mut near = self.nearby_at(mark);
            if let (None, Some(before)) =
                (&near.of, nearby.last().filter(|before| self.marks[before.mark].sentence == self.marks[mark].sentence))
            {
                near.of = before.of.clone();
            }
            nearby.push(near);
        }
        nearby
    }

    fn nearby_at(&self, mark: usize) -> Nearby {
        if let Some(near) = self.nearby_after(mark) {
            return near;
        }
        let clause = self.clause(self.marks[mark].span);
        let before = mark.checked_sub(1).filter(|&before| self.marks[before].span.start >= clause.start);
        let joins = |before: usize| {
            let between = self.text(self.marks[before].span.end..self.marks[mark].span.start);
            ["和", "与", "、", "以及", "还有", "and"].iter().any(|word| between.contains(word))
        };
        let source = before.filter(|&before| self.gap(before, mark) <= 4 && !joins(before));
        let of = source.and_then(|at| self.source(at));
        Nearby { mark, source, of, targets: self.targets(mark) }
    }

    /// "A restaurant near the Grand Hotel", "any restaurants near it": English says what neighbours first.
    fn nearby_after(&self, mark: usize) -> Option<Nearby> {
        let is_ascii = self.folded.get(self.marks[mark].span.start).is_some_and(char::is_ascii);
        if !is_ascii {
            return None;
        }
        let next = Some(mark + 1).filter(|&next| next < self.marks.len() && self.gap(mark, next) <= 6);
        let of = next.and_then(|next| self.source(next));
        let clause = self.clause(self.marks[mark].span);
        let before = (0..mark).rev().take_while(|&at| self.marks[at].span.start >= clause.start);
        let targets: Vec<usize> = before.filter_map(|at| self.topic_of(at)).map(|(topic, _)| topic).take(1).collect();
        (!targets.is_empty()).then_some(Nearby { mark, source: next, of, targets })
    }

    /// Whose neighbours: the thing mentioned at `at`, or the one that its topic's word stands for.
    fn source(&self, at: usize) -> Option<(usize, Option<Thing>)> {
        match &self.marks[at].what {
            What::Things(things) => {
                let thing = self.one_of(at, things);
                Some((thing.topic, Some(thing)))
            }
            What::Senses(_) => {
                let (topic, _) = self.topic_of(at).filter(|(_, exact)| *exact)?;
                // "…大酒店这家酒店附近": the word says again what was named.
                let named = at.checked_sub(1).filter(|&named| self.gap(named, at) <= 4);
                let thing = named.and_then(|named| match &self.marks[named].what {
                    What::Things(things) => Some(self.one_of(named, things)).filter(|thing| thing.topic == topic),
                    _ => None,
                });
                Some((topic, thing))
            }
            _ => None,
        }
    }

    /// What neighbours: topics named after the word, in its sentence and in those that only name further ones.
    fn targets(&self, mark: usize) -> Vec<usize> {
        let first = self.marks[mark].sentence;
        let goes_on = |sentence: usize| {
            let marks = self.marks.iter().enumerate().filter(|(_, mark)| mark.sentence == sentence);
            marks.map(|(at, _)| at).all(|at| self.topic_of(at).is_some())
        };
        let ends = |at: &usize| {
            let sentence = self.marks[*at].sentence;
            self.is_near(*at) || sentence != first && !goes_on(sentence)
        };
        let end = (mark + 1..self.marks.len()).find(ends).unwrap_or(self.marks.len());
        let named: Vec<(usize, usize, bool)> = (mark + 1..end)
            .filter(|&at| !self.is_past(self.marks[at].span))
            .filter_map(|at| self.topic_of(at).map(|(topic, exact)| (at, topic, exact)))
            .filter(|(_, topic, _)| self.is_place(*topic))
            .collect();
        let mut targets: Vec<usize> = Vec::new();
        let exact = named.iter().filter(|(.., exact)| *exact).map(|(_, topic, _)| *topic);
        for topic in exact {
            if !targets.contains(&topic) {
                targets.push(topic);
            }
        }
        let has_words = !targets.is_empty();
        for (at, topic, _) in named.into_iter().filter(|(.., exact)| !exact) {
            // Beside words for topics a hint counts only in a question of its own.
            let clause = self.clause(self.marks[at].span);
            let is_own = || !(mark..at).any(|other| self.clause(self.marks[other].span) == clause);
            if (!has_words || self.is_question(self.marks[at].span) && is_own()) && !targets.contains(&topic) {
                targets.push(topic);
            }
        }
        targets
    }

    /// Whether things of a topic can be near something.
    pub(super) fn is_place(&self, topic: usize) -> bool {
        self.topics.topics[topic].columns.iter().any(|column| matches!(column.kind, Kind::Near(_)))
    }

    /// The column of `of` that holds its neighbours of `topic`.
    pub(super) fn near_column(&self, of: usize, topic: usize) -> Option<usize> {
        let name = &self.topics.topics[topic].name;
        self.topics.topics[of]
            .columns
            .iter()
            .position(|column| matches!(&column.kind, Kind::Near(other) if other == name))
    }

    /// Neighbours: of a search, or asked for.
    pub(super) fn neighbours(&mut self, nearby: &[Nearby]) {
        for near in nearby {
            let span = self.marks[near.mark].span;
            let sentence = self.marks[near.mark].sentence;
            let named = self.read.named.clone();
            let searched = self.read.search.filter(|topic| self.is_wanted(*topic));
            let context = self.memory.current.filter(|current| self.is_place(*current));
            let targets = if near.targets.is_empty() { searched.into_iter().collect() } else { near.targets.clone() };
            for target in targets {
                let condition_marks: Vec<usize> = (0..self.marks.len())
                    .filter(|&at| self.used[at] && !matches!(self.marks[at].what, What::Things(_)))
                    .collect();
                let same_sentence = condition_marks.iter().any(|&at| self.marks[at].sentence == sentence);
                let conditions_follow = condition_marks.iter().any(|&at| self.marks[at].span.start > span.start);
                let others = self.says(self.clause(span), OTHERS);
                let is_search = searched == Some(target)
                    && (conditions_follow
                        || same_sentence && !others && !self.says(self.clause(span), &["什么", "哪些", "有啥"]));
                let of = near.of.clone().or_else(|| {
                    let before = named.iter().find(|thing| self.is_place(thing.topic)).cloned();
                    let asked_of = searched.filter(|_| !is_search).map(|topic| (topic, None));
                    before.map(|thing| (thing.topic, Some(thing))).or(asked_of).or(context.map(|topic| (topic, None)))
                });
                let Some((of, thing)) = of else { continue };
                if is_search {
                    let thing = thing.or_else(|| self.chosen(of));
                    self.read.near = Some(Near { topic: target, of, thing });
                } else if let Some(column) = self.near_column(of, target) {
                    self.ask(of, column, None);
                }
            }
        }
        self.out_of_list();
        if let Some(near) = self.read.near.clone()
            && let (Some(column), Some(thing)) = (self.near_column(near.topic, near.of), near.thing)
        {
            let column = self.topics.topics[near.topic].columns[column].name.clone();
            self.read.said.push(Said { topic: near.topic, column, wanted: Wanted::Thing(thing), adds: false });
        }
    }

    /// "Which of these …": a search in the list that was told last.
    fn out_of_list(&mut self) {
        let is_free = self.read.near.is_none();
        let Some(search) = self.read.search.filter(|topic| is_free && self.is_wanted(*topic)) else { return };
        if let Some((topic, of)) = self.memory.listed
            && topic == search
            && (self.says(0..self.folded.len(), THESE)
                || self.says(0..self.folded.len(), WHICH) && !self.seeks(0..self.folded.len(), SEEK_ANEW))
        {
            self.read.near = Some(Near { topic, of, thing: self.chosen(of) });
        }
    }

    pub(super) fn chosen(&self, topic: usize) -> Option<Thing> {
        let label = self.memory.topics.get(topic)?.chosen.clone()?;
        Some(Thing { topic, label })
    }
}
