//! Routes: from where to where.

use super::super::marks::What;
use super::super::schema::{Kind, Sense};
use super::super::words::{FROM, TO};
use super::{Place, Reader, Said, Thing, Wanted};

impl Reader<'_> {
    /// The topic of routes that the message is about.
    pub(super) fn route(&self) -> Option<usize> {
        let is_route = |topic: &usize| {
            self.topics.topics[*topic].columns.iter().any(|column| matches!(column.kind, Kind::Place(_)))
        };
        let mut counts: Vec<(usize, usize)> = Vec::new();
        for at in 0..self.marks.len() {
            for sense in self.senses(at) {
                let topic = match sense {
                    Sense::Topic(topic) | Sense::Column(topic, _) => *topic,
                    _ => continue,
                };
                if is_route(&topic) {
                    match counts.iter_mut().find(|(known, _)| *known == topic) {
                        Some((_, count)) => *count += 1,
                        None => counts.push((topic, 1)),
                    }
                }
            }
        }
        counts.into_iter().max_by_key(|(topic, count)| (*count, std::cmp::Reverse(*topic))).map(|(topic, _)| topic)
    }

    pub(super) fn read_route(&mut self, route: usize) {
        let places: Vec<(usize, Thing)> = (0..self.marks.len())
            .filter_map(|at| match &self.marks[at].what {
                What::Things(things) => Some((at, self.one_of(at, things))),
                // "From the hotel to the restaurant": those talked about.
                What::Senses(_) => {
                    let (topic, _) = self.topic_of(at).filter(|(topic, exact)| *exact && *topic != route)?;
                    let label = self.memory.topics.get(topic)?.chosen.clone()?;
                    Some((at, Thing { topic, label }))
                }
                _ => None,
            })
            .collect();
        let role = |at: usize| {
            let start = self.marks[at].span.start;
            if self.ends_with(start, 2, FROM) {
                Some(Place::From)
            } else if self.ends_with(start, 2, TO) {
                Some(Place::To)
            } else {
                None
            }
        };
        let find =
            |wanted: Place| places.iter().find(|(at, _)| role(*at) == Some(wanted)).map(|(_, thing)| thing.clone());
        let mut from = find(Place::From);
        let mut to = find(Place::To);
        let left: Vec<Thing> = places
            .iter()
            .map(|(_, thing)| thing)
            .filter(|t| from.as_ref() != Some(t) && to.as_ref() != Some(t))
            .cloned()
            .collect();
        let mut left = left.into_iter();
        if from.is_none() && places.len() > 1 {
            from = left.next();
        }
        if to.is_none() {
            to = left.next();
        }
        for column in &self.topics.topics[route].columns {
            let thing = match column.kind {
                Kind::Place(Place::From) => from.take(),
                Kind::Place(Place::To) => to.take(),
                _ => None,
            };
            if let Some(thing) = thing {
                let wanted = Wanted::Thing(thing);
                self.read.said.push(Said { topic: route, column: column.name.clone(), wanted, adds: false });
            }
        }
        if !self.read.said.is_empty() {
            self.read.search = Some(route);
        }
        for at in 0..self.marks.len() {
            for sense in self.senses(at).to_vec() {
                if let Sense::Column(topic, column) = sense
                    && topic == route
                {
                    self.ask(route, column, None);
                }
            }
        }
        if self.read.asked.is_empty() {
            let topic = &self.topics.topics[route];
            for (column, _) in topic.columns.iter().enumerate().filter(|(_, column)| topic.shown.contains(&column.name))
            {
                self.ask(route, column, None);
            }
        }
    }
}
