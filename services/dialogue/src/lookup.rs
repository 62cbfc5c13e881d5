//! Lookups: which choices out of a database query a message mentions, and where. Pure and sync; where the choices come
//! from and what is done with a match is not decided here.
//!
//! [`Index::new`] once per list of choices (keep it as long as the rows are fresh), [`Index::find`] for every message.
//! A choice is found by its whole name, by its name without what all names have in common ("有限公司", "北京…酒店",
//! brackets), by how it sounds (章伟, zhang wei for 张伟), by a name that is nearly it ("Jon Smith" for "John Smith"), and
//! by how it begins where few others begin like that ("故宫" for "故宫博物院"). [`Match::best`] is the one that is
//! clearly meant, [`Match::choices`] the short list to offer when several are; no match means none of them.
//!
//! Inside: `text` folds a message, `names` derives the names that a choice goes by, `sorted` finds names letter by
//! letter, `sound` spells Chinese, `similar` finds near misses.

mod names;
mod similar;
mod sorted;
mod sound;
mod text;

use serde_json::{Map, Value};
use values::Span;

use names::{Form, Names};
use similar::Grams;
use sorted::Sorted;
use text::Text;

/// One row of the query.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What fills the slot.
    pub value: Value,
    /// What it is called.
    pub label: String,
    /// Further columns that name it: a short name, a name in another language, a code.
    pub further: Vec<String>,
}

impl Choice {
    /// A choice whose name is its value.
    #[must_use]
    pub fn named(label: impl Into<String>) -> Self {
        let label = label.into();
        Self { value: Value::from(label.as_str()), label, further: Vec::new() }
    }

    /// From a row: its first column is the value, its second the label (the first where there is no second), further
    /// columns with text are further names. `None` where the first column is null.
    #[must_use]
    pub fn from_row(row: &Map<String, Value>) -> Option<Self> {
        let mut columns = row.values();
        let value = columns.next().filter(|value| !value.is_null())?.clone();
        let label = columns.next().and_then(words).or_else(|| words(&value))?;
        let mut further: Vec<String> = columns.filter_map(Value::as_str).map(str::to_owned).collect();
        // A code ("C-1043") names its row as well, a number alone does not.
        further.extend(value.as_str().filter(|value| *value != label).map(str::to_owned));
        Some(Self { value, label, further })
    }
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// How a mention was recognised, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A whole name, but for case, width, spaces and punctuation.
    Exact,
    /// A name without what many names have in common.
    Core,
    /// A name that sounds the same or is spelt in pinyin.
    Sound,
    /// A name with a few characters wrong, missing or too many.
    Similar,
    /// The beginning of a name that few others begin with.
    Part,
}

/// A choice that may be meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Its index in the list that the index was made of.
    pub index: usize,
    /// How alike words and name are, above 0 to 1; comparable within one match only.
    pub score: f32,
}

/// A place in a message where choices are mentioned.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Where, in characters of the message.
    pub span: Span,
    /// How the best of them was recognised.
    pub kind: Kind,
    /// The choices, likeliest first; never empty, at most [`SHORT_LIST`].
    pub choices: Vec<Candidate>,
}

/// Choices offered for one mention at most. Words that fit more choices than this say too little to be a mention.
pub const SHORT_LIST: usize = 20;
/// How far the first of several choices must be ahead to be clearly meant.
const MARGIN: f32 = 0.1;
/// Characters of a message that are looked at.
const LOOKED_AT: usize = 400;

impl Match {
    /// The choice that is clearly meant; `None` when several are close and the user should pick.
    #[must_use]
    pub fn best(&self) -> Option<usize> {
        let first = self.choices.first()?;
        let is_clear = self.choices.get(1).is_none_or(|second| first.score - second.score >= MARGIN);
        is_clear.then_some(first.index)
    }
}

/// Choices made ready to be found. Some kilobytes per hundred choices; cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Index {
    forms: Vec<Form>,
    letters: Sorted,
    sounds: Sorted,
    accents: Sorted,
    grams: Grams,
    len: usize,
}

/// A candidate before overlaps are resolved.
#[derive(Debug, Clone, Copy)]
struct Hit {
    span: Span,
    kind: Kind,
    choice: usize,
    score: f32,
}

impl Index {
    /// Reads the names of all choices. Linear in their length, but for sorting.
    #[must_use]
    pub fn new(choices: &[Choice]) -> Self {
        let forms = Names::learn(choices).forms(choices);
        let letters = Sorted::new(forms.iter().enumerate().map(|(id, form)| (form.letters.clone(), id)));
        let sounding = || forms.iter().enumerate().filter(|(_, form)| form.letters.len() > 1);
        let spelt = |accent: bool| {
            sounding().flat_map(move |(id, form)| {
                sound::spellings(&form.letters, accent).into_iter().map(move |spelling| (spelling, id))
            })
        };
        let sounds = Sorted::new(spelt(false));
        let accents = Sorted::new(spelt(true));
        let grams = Grams::new(&forms);
        Self { letters, sounds, accents, grams, forms, len: choices.len() }
    }

    /// How many choices there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The mentions in `text` in the order of their places, no two of them overlapping. Only the first 400 characters
    /// are looked at.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Match> {
        let text = Text::new(text, LOOKED_AT);
        let mut hits = Vec::new();
        self.spelt(&text, &mut hits);
        self.sounding(&text, &mut hits);
        self.similar(&text, &mut hits);
        resolve(hits)
    }

    /// Whole names, names without common parts, and beginnings.
    fn spelt(&self, text: &Text, hits: &mut Vec<Hit>) {
        for start in text.starts() {
            let walk = self.letters.walk(&text.letters[start..]);
            for (length, id) in walk.whole {
                let form = &self.forms[id];
                let end = start + length;
                // One character is a name only if it stands alone.
                if !text.is_end(end) || length == 1 && !text.is_alone(start) {
                    continue;
                }
                let kind = if form.is_core { Kind::Core } else { Kind::Exact };
                hits.push(Hit { span: text.span(start, end), kind, choice: form.choice, score: form.score() });
            }
            let depth = text.last_end(start, walk.deepest);
            if text.weight(start, depth) < 2 || !text.is_one(start, depth) {
                continue;
            }
            let begun = self.letters.begun(&text.letters[start..depth]);
            let mut choices: Vec<(usize, f32)> = Vec::new();
            for id in begun {
                let form = &self.forms[id];
                // What many names begin with tells nothing; what comes after it does.
                if text.weight((start + form.shared).min(depth), depth) < 2 {
                    continue;
                }
                let share = (depth - start) as f32 / form.letters.len() as f32;
                choices.push((form.choice, 0.4 + 0.45 * share));
                if choices.len() > SHORT_LIST * 4 {
                    break;
                }
            }
            hits.extend(few(choices).into_iter().map(|(choice, score)| Hit {
                span: text.span(start, depth),
                kind: Kind::Part,
                choice,
                score,
            }));
        }
    }

    /// Names by sound, spelt in Chinese or in letters.
    fn sounding(&self, text: &Text, hits: &mut Vec<Hit>) {
        for (index, accent, score) in [(&self.sounds, false, 0.85), (&self.accents, true, 0.75)] {
            let spelling = sound::spell(&text.letters, accent);
            for start in text.starts() {
                for (length, id) in index.walk(spelling.from(start)).whole {
                    let form = &self.forms[id];
                    let Some(end) = spelling.end(start, length).filter(|end| text.is_end(*end)) else { continue };
                    if !text.is_one(start, end) || !sound::is_slip(&form.letters, &text.letters[start..end]) {
                        continue;
                    }
                    hits.push(Hit {
                        span: text.span(start, end),
                        kind: Kind::Sound,
                        choice: form.choice,
                        score: score * form.score(),
                    });
                }
            }
        }
    }

    /// Names with slips.
    fn similar(&self, text: &Text, hits: &mut Vec<Hit>) {
        for (id, found) in self.grams.find(&text.letters, &self.forms) {
            let form = &self.forms[id];
            let (start, end) = (text.word_start(found.start), text.word_end(found.end));
            let allowed = similar::allowed(form.letters.len());
            let slips = similar::distance(&form.letters, &text.letters[start..end]);
            if slips > 0 && slips <= allowed && text.is_one(start, end) {
                let score = 0.9 * form.score() * (1.0 - slips as f32 / form.letters.len() as f32);
                hits.push(Hit { span: text.span(start, end), kind: Kind::Similar, choice: form.choice, score });
            }
        }
    }
}

/// The choices with their best score, if they are few enough to offer.
fn few(mut choices: Vec<(usize, f32)>) -> Vec<(usize, f32)> {
    choices.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    choices.dedup_by_key(|(choice, _)| *choice);
    if choices.len() > SHORT_LIST { Vec::new() } else { choices }
}

/// Longer and surer mentions first; what overlaps them goes, unless it is at the same place and about as sure.
fn resolve(mut hits: Vec<Hit>) -> Vec<Match> {
    // What a hit says: the better it fits and the more of the message it explains, the more.
    let strength = |hit: &Hit| hit.score * (hit.span.len() as f32 + 1.0);
    hits.sort_by(|a, b| {
        strength(b)
            .total_cmp(&strength(a))
            .then(a.span.start.cmp(&b.span.start))
            .then(a.kind.cmp(&b.kind))
            .then(a.choice.cmp(&b.choice))
    });
    let mut matches: Vec<Match> = Vec::new();
    for hit in hits {
        let candidate = Candidate { index: hit.choice, score: hit.score };
        if let Some(same) = matches.iter_mut().find(|found| found.span == hit.span) {
            let is_new = same.choices.iter().all(|known| known.index != hit.choice);
            // A name as it is written leaves no room for those that only begin or sound like it.
            let is_as_sure = hit.kind == same.kind || same.kind > Kind::Core;
            if is_new && is_as_sure && same.choices.len() < SHORT_LIST {
                same.choices.push(candidate);
            }
        } else if matches.iter().all(|found| !found.span.overlaps(hit.span)) {
            matches.push(Match { span: hit.span, kind: hit.kind, choices: vec![candidate] });
        }
    }
    for found in &mut matches {
        found.choices.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.index.cmp(&b.index)));
    }
    matches.sort_by_key(|found| found.span.start);
    matches
}

#[cfg(test)]
mod tests;
