//! Whether conditions are a search, a question about one thing, or said in passing.

use super::super::marks::What;
use super::super::schema::{Kind, Sense};
use super::super::words::{SEEK, SEEK_ANEW, THESE, WHETHER, WHICH, WISH};
use super::{Asked, Nearby, Reader, Said, Wanted};

impl Reader<'_> {
    /// Whether the message asks which of the things just offered meets its conditions.
    fn picks(&self, topic: usize, seeks_anew: bool) -> bool {
        let several = self.memory.topics.get(topic).is_some_and(|known| known.offered.len() > 1);
        several && !seeks_anew && self.memory.listed.is_none() && self.says(0..self.folded.len(), WHICH)
    }

    /// Decides whether this is a search, and takes back conditions that are none.
    pub(super) fn search(&mut self, target: Option<usize>, nearby: &[Nearby]) {
        let Some(target) = target else { return };
        let all = 0..self.folded.len();
        let seeks_anew = self.seeks(all.clone(), SEEK_ANEW);
        let is_wish = self.seeks(all.clone(), SEEK) || self.seeks(all, WISH);
        let names_target = self.read.named.iter().any(|thing| thing.topic == target);
        let is_talked_about = self.chosen(target).is_some();
        let near_other = nearby.iter().all(|near| !near.targets.contains(&target) && !near.targets.is_empty());
        if is_talked_about && near_other && !is_wish {
            self.drop_passing();
        }
        // "Is it rated above 4?"
        let bounds_only = self.read.said.iter().all(|said| matches!(said.wanted, Wanted::Between(..)));
        if is_talked_about && nearby.is_empty() && !is_wish && bounds_only && self.is_wanted(target) {
            return;
        }
        // "Does it have breakfast?", "Has the Acme Hotel a pool?"
        let is_known = (names_target || is_talked_about) && !self.says(0..self.folded.len(), THESE);
        if is_known && !seeks_anew && near_other && self.ask_members() {
            return;
        }
        self.ask_asides();
        if self.is_wanted(target) {
            self.read.picks = nearby.is_empty() && self.picks(target, seeks_anew);
            self.read.search = (!names_target || seeks_anew || !nearby.is_empty()).then_some(target);
        } else if seeks_anew && self.read.named.is_empty() && self.is_place(target) && self.seeks_topic(target, nearby)
        {
            self.read.search = Some(target);
        }
    }

    /// Whether there are conditions on things of `topic`.
    pub(super) fn is_wanted(&self, topic: usize) -> bool {
        self.read.said.iter().any(|said| said.topic == topic)
    }

    /// Whether things of `topic` are sought by its name alone: "recommend a restaurant".
    fn seeks_topic(&self, topic: usize, nearby: &[Nearby]) -> bool {
        (0..self.marks.len()).any(|at| {
            let span = self.marks[at].span;
            let is_neighbour = nearby.iter().any(|near| near.mark < at && near.targets.contains(&topic));
            let is_named = self.topic_of(at).is_some_and(|(named, _)| named == topic);
            is_named && !is_neighbour && !self.is_past(span) && self.seeks(self.clause(span), SEEK_ANEW)
        })
    }

    /// Where all conditions are members of sets, or whether something costs, makes questions of them; returns whether it
    /// did.
    fn ask_members(&mut self) -> bool {
        let is_member = |said: &Said| {
            let column = self.topics.topics[said.topic].columns.iter().find(|column| column.name == said.column);
            column.is_some_and(|column| matches!(column.kind, Kind::Flags(_)))
        };
        let is_cost = |said: &Said| matches!(said.wanted, Wanted::Nothing | Wanted::Something);
        if self.read.said.is_empty() || !self.read.said.iter().all(|said| is_member(said) || is_cost(said)) {
            return false;
        }
        for said in std::mem::take(&mut self.read.said) {
            self.ask_whether(said);
        }
        true
    }

    fn ask_whether(&mut self, said: Said) {
        let member = match said.wanted {
            Wanted::Has(member) => Some(member),
            _ => None,
        };
        self.read.asked.push(Asked { topic: said.topic, column: said.column, member });
    }

    /// "…, and see whether it has a sauna": members that are asked about in a clause of their own.
    fn ask_asides(&mut self) {
        let mut asides = Vec::new();
        for mark in &self.marks {
            let What::Senses(senses) = &mark.what else { continue };
            let clause = self.clause(mark.span);
            if self.says(clause.clone(), WHETHER) && !self.seeks(clause, SEEK) {
                asides.extend(senses.iter().filter_map(|sense| match sense {
                    Sense::Value(.., value) => Some(Wanted::Has(value.clone())),
                    _ => None,
                }));
            }
        }
        let (asked, said): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.read.said).into_iter().partition(|said| asides.contains(&said.wanted));
        if said.is_empty() {
            self.read.said = asked;
            return;
        }
        self.read.said = said;
        for said in asked {
            self.ask_whether(said);
        }
    }

    /// Takes back what is said in passing about the thing talked about: "it is a luxury hotel after all".
    fn drop_passing(&mut self) {
        let passing: Vec<String> = self
            .marks
            .iter()
            .filter(|mark| !self.is_question(mark.span))
            .flat_map(|mark| match &mark.what {
                What::Tag(.., label) => vec![label.clone()],
                What::Senses(senses) => senses
                    .iter()
                    .filter_map(|sense| match sense {
                        Sense::Value(.., value) => Some(value.clone()),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            })
            .collect();
        let free = self.marks.iter().any(|mark| {
            !self.is_question(mark.span)
                && matches!(&mark.what, What::Senses(senses) if senses.iter().any(|sense| matches!(sense, Sense::Free(..))))
        });
        self.read.said.retain(|said| match &said.wanted {
            Wanted::Has(value) | Wanted::Is(value) => !passing.contains(value),
            Wanted::Nothing | Wanted::Something => !free,
            _ => true,
        });
    }
}
