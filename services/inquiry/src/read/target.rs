//! The topic that the conditions of a message belong to.

use super::super::marks::What;
use super::super::schema::{Kind, Sense};
use super::super::words::{SEEK, THESE};
use super::{Nearby, Reader};

impl Reader<'_> {
    /// The topic that conditions belong to.
    pub(super) fn target(&self, nearby: &[Nearby]) -> Option<usize> {
        let mut scores = vec![0.0_f32; self.topics.topics.len()];
        for (at, mark) in self.marks.iter().enumerate() {
            match &mark.what {
                What::Tag(topic, ..) => scores[*topic] += 3.0,
                What::Amount(amount) => {
                    let fits = self.columns_of(
                        |kind| matches!(kind, Kind::Amount { dimension, .. } if amount.dimension == Some(*dimension)),
                    );
                    if let [(topic, _)] = fits.as_slice() {
                        scores[*topic] += 3.0;
                    }
                }
                What::Senses(senses) => {
                    let is_past = self.is_past(mark.span);
                    let is_source = nearby.iter().any(|near| near.source == Some(at));
                    for sense in senses {
                        match sense {
                            Sense::Value(topic, ..) | Sense::Free(topic, ..) => {
                                scores[*topic] += 3.0 / senses.len() as f32
                            }
                            Sense::Column(topic, _) if senses.len() == 1 && self.condition_after(at) => {
                                scores[*topic] += 3.0
                            }
                            Sense::Topic(topic) if !is_past && !is_source => {
                                let seeks = self.seeks(self.clause(mark.span), SEEK);
                                scores[*topic] += if seeks { 2.0 } else { 1.5 };
                            }
                            Sense::Hint(topic) if !is_past => scores[*topic] += 0.8,
                            _ => {}
                        }
                    }
                }
                What::Things(_) => {}
            }
        }
        if let Some((listed, _)) = self.memory.listed.filter(|_| self.says(0..self.folded.len(), THESE)) {
            scores[listed] += 1.2;
        }
        for (topic, score) in scores.iter_mut().enumerate() {
            *score += (self.prior)(topic);
        }
        let (best, score) = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        (*score > 0.5).then_some(best).or(self.memory.current)
    }

    pub(super) fn columns_of(&self, fits: impl Fn(&Kind) -> bool) -> Vec<(usize, usize)> {
        let topics = self.topics.topics.iter().enumerate();
        topics
            .flat_map(|(t, topic)| (0..topic.columns.len()).map(move |c| (t, c)))
            .filter(|at| fits(self.topics.kind(*at)))
            .collect()
    }

    /// Whether a condition on the column word at `at` follows it.
    pub(super) fn condition_after(&self, at: usize) -> bool {
        self.condition_of(at).is_some()
    }

    /// The mark that says what the column word at `at` is to be: soon after it, in the same clause.
    pub(super) fn condition_of(&self, at: usize) -> Option<usize> {
        let end = self.clause(self.marks[at].span).end;
        let next = (at + 1..self.marks.len()).take_while(|&next| self.marks[next].span.start < end).find(|&next| {
            !matches!(&self.marks[next].what, What::Senses(senses) if senses.iter().all(|sense| matches!(sense, Sense::Hint(_))))
        })?;
        let columns: Vec<(usize, usize)> = self
            .senses(at)
            .iter()
            .filter_map(|sense| match sense {
                Sense::Column(topic, column) => Some((*topic, *column)),
                _ => None,
            })
            .collect();
        let fits = match &self.marks[next].what {
            What::Amount(amount) => columns.iter().any(|at| {
                matches!(self.topics.kind(*at), Kind::Amount { dimension, .. } if amount.dimension.is_none_or(|d| d == *dimension))
            }),
            What::Tag(topic, column, _) => columns.contains(&(*topic, *column)),
            What::Senses(senses) => senses.iter().any(|sense| match sense {
                Sense::Value(topic, column, _) | Sense::Free(topic, column, _) => columns.contains(&(*topic, *column)),
                _ => false,
            }),
            What::Things(_) => false,
        };
        (fits && self.gap(at, next) <= 8).then_some(next)
    }
}
