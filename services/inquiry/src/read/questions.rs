//! Columns that are asked for.

use super::super::marks::What;
use super::super::schema::{Kind, Sense};
use super::super::words::OPEN_QUESTION;
use super::{Asked, Reader};

impl Reader<'_> {
    pub(super) fn questions(&mut self) {
        for at in 0..self.marks.len() {
            if self.used[at] || self.is_remark(self.marks[at].span) {
                continue;
            }
            let columns: Vec<(usize, usize)> = self
                .senses(at)
                .iter()
                .filter_map(|sense| match sense {
                    Sense::Column(topic, column) => Some((*topic, *column)),
                    _ => None,
                })
                .collect();
            if let Some((topic, column)) = self.asked_of(at, &columns) {
                let name = &self.topics.topics[topic].columns[column].name;
                let is_wanted = self.read.said.iter().any(|said| said.topic == topic && said.column == *name);
                let is_set = matches!(self.topics.kind((topic, column)), Kind::Flags(_));
                let asks_member =
                    is_set && self.read.asked.iter().any(|asked| asked.topic == topic && asked.column == *name);
                let is_open = self.says(self.clause(self.marks[at].span), OPEN_QUESTION);
                if is_wanted && !is_open || asks_member {
                    continue;
                }
                self.ask(topic, column, None);
            }
        }
        // A search asks for what it finds; a bare name does not.
    }

    /// Which topic's column is meant.
    pub(super) fn asked_of(&self, at: usize, columns: &[(usize, usize)]) -> Option<(usize, usize)> {
        if columns.len() <= 1 {
            return columns.first().copied();
        }
        let of = |topic: usize| columns.iter().find(|(own, _)| *own == topic).copied();
        let sentence = self.marks[at].sentence;
        let before = (0..at).rev().take_while(|&before| self.marks[before].sentence == sentence).find_map(|before| {
            let topic = match &self.marks[before].what {
                What::Things(things) => self.one_of(before, things).topic,
                What::Senses(_) => {
                    let (topic, exact) = self.topic_of(before)?;
                    // The neighbours asked for before are not what is asked about.
                    let is_neighbour = (0..before).rev().take(2).any(|near| self.is_near(near));
                    (exact && !is_neighbour && !self.is_past(self.marks[before].span)).then_some(topic)?
                }
                _ => return None,
            };
            of(topic)
        });
        let named = || self.read.named.last().and_then(|thing| of(thing.topic));
        let searched = || self.read.search.and_then(of);
        let current = || self.memory.current.and_then(of);
        let likeliest = || columns.iter().max_by(|a, b| (self.prior)(a.0).total_cmp(&(self.prior)(b.0))).copied();
        before.or_else(searched).or_else(named).or_else(current).or_else(likeliest)
    }

    pub(super) fn ask(&mut self, topic: usize, column: usize, member: Option<String>) {
        let column = self.topics.topics[topic].columns[column].name.clone();
        let asked = Asked { topic, column, member };
        if !self.read.asked.contains(&asked) {
            self.read.asked.push(asked);
        }
    }
}
