//! What a conversation about topics remembers: conditions, the thing talked about, what was offered.

use indexmap::IndexMap;

use super::{Inquiry, Said, Thing, Topics};

/// One topic's part of the memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remembered {
    /// What is wanted, by column.
    pub conditions: IndexMap<String, Vec<Said>>,
    /// The thing that the user named himself, rather than got from a search.
    pub named: Option<String>,
    /// The thing talked about.
    pub chosen: Option<String>,
    /// What the system offered last.
    pub offered: Vec<String>,
    /// Whether what is wanted was found and talked about: the next search is a new one.
    pub settled: bool,
}

/// Everything remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    /// By topic.
    pub topics: Vec<Remembered>,
    /// The topic talked about.
    pub current: Option<usize>,
    /// The last list of neighbours told: those of which topic, and whose they are.
    pub listed: Option<(usize, usize)>,
    /// Things in the order in which they were mentioned.
    pub mentioned: Vec<Thing>,
}

/// Things remembered.
const MENTIONED: usize = 100;

impl Memory {
    /// Nothing yet.
    #[must_use]
    pub fn new(topics: &Topics) -> Self {
        Self { topics: vec![Remembered::default(); topics.topics.len()], ..Self::default() }
    }

    /// Whether a thing was mentioned before.
    #[must_use]
    pub fn is_known(&self, topic: usize, label: &str) -> bool {
        self.mentioned.iter().any(|thing| thing.topic == topic && thing.label == label)
    }

    /// How lately a thing was mentioned; 0: never.
    #[must_use]
    pub fn recency(&self, thing: &Thing) -> usize {
        self.mentioned.iter().rposition(|known| known == thing).map_or(0, |at| at + 1)
    }

    /// The system offered these things of a topic.
    pub fn tell(&mut self, topic: usize, labels: &[String]) {
        let Some(remembered) = self.topics.get_mut(topic) else { return };
        let Some(first) = labels.first() else { return };
        if !remembered.chosen.as_ref().is_some_and(|chosen| labels.contains(chosen)) {
            remembered.chosen = Some(first.clone());
        }
        remembered.offered = labels.to_vec();
        remembered.settled = true;
        self.current = Some(topic);
        self.listed = None;
        for label in labels.iter().rev() {
            self.mention(Thing { topic, label: label.clone() });
        }
    }

    /// The system told which things of `topic` are near the one of `of`.
    pub fn list(&mut self, topic: usize, of: usize, labels: &[String]) {
        self.listed = Some((topic, of));
        for label in labels {
            self.mention(Thing { topic, label: label.clone() });
        }
    }

    /// The system had nothing to offer: the next search changes this one.
    pub fn miss(&mut self, topic: usize) {
        if let Some(remembered) = self.topics.get_mut(topic) {
            remembered.settled = false;
        }
    }

    /// The system offered something that does not meet these conditions: they no longer hold.
    pub fn give_up(&mut self, topic: usize, unmet: &[Said]) {
        let Some(remembered) = self.topics.get_mut(topic) else { return };
        for values in remembered.conditions.values_mut() {
            values.retain(|said| !unmet.contains(said));
        }
        remembered.conditions.retain(|_, values| !values.is_empty());
    }

    /// Takes in what the user asked.
    pub fn hear(&mut self, inquiry: &Inquiry) {
        for thing in &inquiry.named {
            let Some(remembered) = self.topics.get_mut(thing.topic) else { continue };
            let offered = remembered.offered.contains(&thing.label) || remembered.chosen.as_ref() == Some(&thing.label);
            remembered.chosen = Some(thing.label.clone());
            if !offered && inquiry.near.as_ref().is_none_or(|near| near.topic != thing.topic) {
                // What the user brings up himself is wanted whatever was looked for before.
                remembered.conditions.clear();
                remembered.named = Some(thing.label.clone());
            }
            remembered.settled = true;
            self.mention(thing.clone());
        }
        if let Some(topic) = inquiry.search {
            let near = inquiry.near.as_ref().filter(|near| near.topic == topic).cloned();
            if let Some(remembered) = self.topics.get_mut(topic) {
                let names_own = inquiry.named.iter().any(|thing| thing.topic == topic);
                if (remembered.settled && !inquiry.picks && !names_own) || near.is_some() {
                    remembered.conditions.clear();
                    remembered.named = None;
                }
                remembered.settled = false;
                remembered.chosen = remembered.chosen.take().filter(|_| names_own);
                remembered.offered.clear();
            }
        }
        // What is asked about one thing is no wish for the next search.
        let wishes = inquiry.said.iter().filter(|said| inquiry.search == Some(said.topic));
        for said in wishes {
            let Some(remembered) = self.topics.get_mut(said.topic) else { continue };
            let values = remembered.conditions.entry(said.column.clone()).or_default();
            if !said.adds {
                values.clear();
            }
            if !values.iter().any(|known| known.same_value(said)) {
                values.push(said.clone());
            }
        }
        if let Some(topic) = inquiry.about() {
            self.current = Some(topic);
        }
    }

    fn mention(&mut self, thing: Thing) {
        self.mentioned.retain(|known| *known != thing);
        self.mentioned.push(thing);
        if self.mentioned.len() > MENTIONED {
            self.mentioned.remove(0);
        }
    }
}
