//! Conditions: which column each of them is about.

use super::super::Dimension;
use super::super::marks::What;
use super::super::schema::{Kind, Sense};
use super::{Reader, Said, Wanted};

impl Reader<'_> {
    pub(super) fn conditions(&mut self, target: Option<usize>) {
        // Column words go with the condition after them, or the one right before ("4.5分的评分").
        let mut columns: Vec<Option<usize>> = vec![None; self.marks.len()];
        for at in 0..self.marks.len() {
            let is_column = self.senses(at).iter().any(|sense| matches!(sense, Sense::Column(..)));
            if !is_column {
                continue;
            }
            if let Some(next) = self.condition_of(at).filter(|&next| columns[next].is_none()) {
                columns[next] = Some(at);
                self.used[at] = true;
            } else if let Some(before) = at.checked_sub(1)
                && let What::Amount(amount) = &self.marks[before].what
                && amount.dimension.is_none_or(|dimension| dimension == Dimension::Score)
                && columns[before].is_none()
                && self.gap(before, at) <= 3
            {
                columns[before] = Some(at);
                self.used[at] = true;
            }
        }
        for (at, word) in columns.into_iter().enumerate() {
            let said = match self.marks[at].what.clone() {
                What::Tag(topic, column, label) => Some((topic, column, Wanted::Has(label))),
                What::Amount(amount) => {
                    let column = self.amount_column(word, amount.dimension, target);
                    column.map(|(topic, column)| (topic, column, Wanted::Between(amount.low, amount.high)))
                }
                What::Senses(senses) => self.value_of(&senses, target),
                What::Things(_) => None,
            };
            if let Some((topic, column, wanted)) = said {
                self.used[at] = true;
                let adds = matches!(wanted, Wanted::Has(_));
                let column = self.topics.topics[topic].columns[column].name.clone();
                let said = Said { topic, column, wanted, adds };
                if !self.read.said.iter().any(|known| known.same_value(&said)) {
                    self.read.said.push(said);
                }
            }
        }
    }

    pub(super) fn amount_column(
        &self,
        word: Option<usize>,
        dimension: Option<Dimension>,
        target: Option<usize>,
    ) -> Option<(usize, usize)> {
        let fits = |at: &(usize, usize)| matches!(self.topics.kind(*at), Kind::Amount { dimension: own, .. } if dimension.is_none_or(|d| d == *own));
        let said: Vec<(usize, usize)> = word
            .map(|word| self.senses(word))
            .unwrap_or_default()
            .iter()
            .filter_map(|sense| match sense {
                Sense::Column(topic, column) => Some((*topic, *column)),
                _ => None,
            })
            .filter(fits)
            .collect();
        let candidates = if said.is_empty() {
            dimension?;
            self.columns_of(|_| true).into_iter().filter(fits).collect()
        } else {
            said
        };
        let of_target = candidates.iter().find(|(topic, _)| Some(*topic) == target);
        of_target.or_else(|| (candidates.len() == 1).then(|| &candidates[0])).copied()
    }

    pub(super) fn value_of(&self, senses: &[Sense], target: Option<usize>) -> Option<(usize, usize, Wanted)> {
        let values: Vec<(usize, usize, Wanted)> = senses
            .iter()
            .filter_map(|sense| match sense {
                Sense::Value(topic, column, value) => {
                    let is_set = matches!(self.topics.kind((*topic, *column)), Kind::Flags(_));
                    let wanted = if is_set { Wanted::Has(value.clone()) } else { Wanted::Is(value.clone()) };
                    Some((*topic, *column, wanted))
                }
                Sense::Free(topic, column, none) => {
                    Some((*topic, *column, if *none { Wanted::Nothing } else { Wanted::Something }))
                }
                _ => None,
            })
            .collect();
        values.iter().find(|(topic, ..)| Some(*topic) == target).or(values.first()).cloned()
    }
}
