//! What can be asked about: topics with their columns and words.

use std::collections::HashMap;

use skills::fold;

use super::Dimension;
use dialogue::lookup::{Choice, Index};

/// A table of things of one kind.
#[derive(Debug)]
pub struct Topic {
    /// Its name for the caller.
    pub name: String,
    /// What its things are called: "hotel", 酒店, 宾馆.
    pub words: Vec<String>,
    /// Words that only hint at it: "stay", 住.
    pub hints: Vec<String>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The columns that are wanted when nothing particular is asked for.
    pub shown: Vec<String>,
    /// The labels of its things.
    pub things: Vec<String>,
    /// The same, ready to be found in a message.
    pub index: Index,
}

impl Topic {
    /// A topic of these things.
    #[must_use]
    pub fn new(name: &str, words: &[&str], hints: &[&str], things: Vec<String>) -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let choices: Vec<Choice> = things.iter().map(Choice::named).collect();
        Self {
            name: name.to_owned(),
            words: owned(words),
            hints: owned(hints),
            columns: Vec::new(),
            shown: Vec::new(),
            index: Index::new(&choices),
            things,
        }
    }

    /// With one column more.
    #[must_use]
    pub fn column(mut self, name: &str, words: &[&str], kind: Kind) -> Self {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        self.columns.push(Column { name: name.to_owned(), words, kind });
        self
    }
}

/// A column of a topic.
#[derive(Debug)]
pub struct Column {
    /// Its name for the caller.
    pub name: String,
    /// What it is called in messages.
    pub words: Vec<String>,
    /// What can be said about it.
    pub kind: Kind,
}

/// What can be said about a column.
#[derive(Debug)]
pub enum Kind {
    /// It can be asked for.
    Text,
    /// It can be asked for, or be bounded.
    Amount {
        /// What is measured.
        dimension: Dimension,
        /// Words for nothing: 免费, free.
        none: Vec<String>,
        /// Words for more than nothing: 收费, not free.
        some: Vec<String>,
    },
    /// It is one of a few values: (value, words).
    Options(Vec<(String, Vec<String>)>),
    /// It is a set, of whose members (value, words) a message may want several or ask whether they are there.
    Flags(Vec<(String, Vec<String>)>),
    /// It is a set with many members.
    Tags {
        /// The members.
        labels: Vec<String>,
        /// The same, ready to be found.
        index: Index,
    },
    /// The things of another topic that are near.
    Near(String),
    /// A thing of any topic, by its place in a route.
    Place(Place),
}

impl Kind {
    /// A set with many members.
    #[must_use]
    pub fn tags(labels: Vec<String>) -> Self {
        let choices: Vec<Choice> = labels.iter().map(Choice::named).collect();
        Self::Tags { index: Index::new(&choices), labels }
    }
}

/// A place in a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where it begins: "from", 从.
    From,
    /// Where it ends: "to", 到.
    To,
}

/// A thing: which topic, and its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Index of the topic.
    pub topic: usize,
    /// Its label.
    pub label: String,
}

/// What a word may stand for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sense {
    /// A topic's things.
    Topic(usize),
    /// A hint at a topic.
    Hint(usize),
    /// A column: (topic, column).
    Column(usize, usize),
    /// A value of an options or flags column.
    Value(usize, usize, String),
    /// Nothing, or more than nothing, of an amount column.
    Free(usize, usize, bool),
    /// Nearness.
    Near,
}

#[rustfmt::skip]
const NEAR: &[&str] = &["周边", "附近", "旁边", "周围", "边上", "四周", "就近", "不远处", "nearby", "near", "close to", "around"];

/// A word, letter by letter, and what it may stand for.
pub(super) type Entry = (Vec<char>, Vec<Sense>);

/// All topics of a conversation, with their words in one lexicon.
#[derive(Debug)]
pub struct Topics {
    /// The topics.
    pub topics: Vec<Topic>,
    /// By first letter: (letters, senses), longest first.
    pub(super) lexicon: HashMap<char, Vec<Entry>>,
}

impl Topics {
    /// Collects the words of all topics.
    #[must_use]
    pub fn new(topics: Vec<Topic>) -> Self {
        let mut senses: HashMap<Vec<char>, Vec<Sense>> = HashMap::new();
        let mut add = |word: &str, sense: Sense| {
            let word: Vec<char> = fold(word).chars().collect();
            if !word.is_empty() {
                senses.entry(word).or_default().push(sense);
            }
        };
        for word in NEAR {
            add(word, Sense::Near);
        }
        for (t, topic) in topics.iter().enumerate() {
            topic.words.iter().for_each(|word| add(word, Sense::Topic(t)));
            topic.hints.iter().for_each(|word| add(word, Sense::Hint(t)));
            for (c, column) in topic.columns.iter().enumerate() {
                column.words.iter().for_each(|word| add(word, Sense::Column(t, c)));
                match &column.kind {
                    Kind::Options(values) | Kind::Flags(values) => {
                        for (value, words) in values {
                            words.iter().chain([value]).for_each(|word| add(word, Sense::Value(t, c, value.clone())));
                        }
                    }
                    Kind::Amount { none, some, .. } => {
                        none.iter().for_each(|word| add(word, Sense::Free(t, c, true)));
                        some.iter().for_each(|word| add(word, Sense::Free(t, c, false)));
                    }
                    _ => {}
                }
            }
        }
        let mut lexicon: HashMap<char, Vec<Entry>> = HashMap::new();
        for (word, senses) in senses {
            lexicon.entry(word[0]).or_default().push((word, senses));
        }
        for words in lexicon.values_mut() {
            words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        }
        Self { topics, lexicon }
    }

    /// The index of a topic.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.topics.iter().position(|topic| topic.name == name)
    }

    pub(super) fn kind(&self, (topic, column): (usize, usize)) -> &Kind {
        &self.topics[topic].columns[column].kind
    }
}
