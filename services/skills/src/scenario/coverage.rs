//! What the tests of packs visit: which skills they run to the end, which slots they fill, which branches they take.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Manifest, Pack};

/// The kinds of thing that a test can visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The skill runs and succeeds, or is left with whoever carries it out.
    Run,
    /// The same in one language: `zh`, `en`.
    Language,
    /// A slot is filled by what the user says or does.
    Slot,
    /// A rule is broken; its condition.
    Rule,
    /// A run comes back without a row.
    Empty,
    /// The facts query finds nothing.
    Missing,
    /// The request is cancelled.
    Cancel,
    /// What was done is taken back by the skill named in `undo`.
    Undo,
    /// An allowed value is said: `slot=value`.
    Value,
}

/// The kinds that are listed, with a title for what was not visited. Allowed values are only counted: most tests need one.
const KINDS: [(Kind, &str); 8] = [
    (Kind::Run, "skills never run to the end"),
    (Kind::Language, "not run in this language"),
    (Kind::Slot, "slots never filled"),
    (Kind::Rule, "rules never broken"),
    (Kind::Empty, "`empty` never said"),
    (Kind::Missing, "facts never missing"),
    (Kind::Cancel, "never cancelled"),
    (Kind::Undo, "never taken back"),
];

/// One thing that a test can visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The pack.
    pub pack: String,
    /// The skill.
    pub skill: String,
    /// What kind of thing.
    pub kind: Kind,
    /// Which one; empty where a skill has only one.
    pub name: String,
    /// Whether a test was there.
    pub visited: bool,
}

/// What was visited so far.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Coverage {
    items: Vec<Item>,
    #[serde(skip)]
    places: HashMap<(String, Kind, String), usize>,
    /// Skills run in the conversation under way.
    #[serde(skip)]
    run: Vec<String>,
    /// `undo` of every skill that has one.
    #[serde(skip)]
    undo: HashMap<String, String>,
    /// Slots that may have their value without anybody having said it.
    #[serde(skip)]
    defaulted: HashSet<(String, String)>,
}

impl Coverage {
    /// Nothing of `packs` is visited yet.
    #[must_use]
    pub fn new(packs: &[Pack]) -> Self {
        let mut coverage = Self::default();
        for pack in packs {
            for (_, manifest) in &pack.manifests {
                let skill = manifest.skill.as_str();
                for (kind, name) in places(manifest) {
                    let place = (skill.to_owned(), kind, name.clone());
                    coverage.places.insert(place, coverage.items.len());
                    let (pack, skill) = (pack.about.pack.clone(), skill.to_owned());
                    coverage.items.push(Item { pack, skill, kind, name, visited: false });
                }
                let defaulted = manifest.slots.properties.iter().filter(|(_, slot)| slot.default.is_some());
                coverage.defaulted.extend(defaulted.map(|(name, _)| (skill.to_owned(), name.clone())));
                if let Some(undo) = &manifest.undo {
                    coverage.undo.insert(skill.to_owned(), undo.skill().to_owned());
                }
            }
        }
        coverage
    }

    /// Another conversation begins.
    pub fn begin(&mut self) {
        self.run.clear();
    }

    /// Takes in an answer, as the API's JSON. `about` is the skill of the request that its slots belong to.
    pub fn answered(&mut self, answer: &Value, about: Option<&str>) {
        let slots = answer["decision"]["slots"].as_object();
        for (name, filled) in slots.into_iter().flatten().filter(|(_, filled)| is_given(filled)) {
            self.given(about.unwrap_or_default(), name, &filled["value"]);
        }
        let execution = &answer["execution"];
        let Some(skill) = execution["skill"].as_str() else { return };
        let succeeded = execution["status"] == "succeeded";
        if execution["error"] == "nothing_changed"
            || (succeeded && execution["result"].as_array().is_some_and(Vec::is_empty))
        {
            self.visit(skill, Kind::Empty, "");
        }
        // A request that waits for a person or another system has come as far as a conversation takes it.
        if succeeded || execution["status"] == "waiting" {
            self.visit(skill, Kind::Run, "");
            self.visit(skill, Kind::Language, answer["language"].as_str().unwrap_or_default());
        }
        if succeeded {
            let taken_back = self.run.iter().filter(|done| self.undo.get(*done).is_some_and(|undo| undo == skill));
            for done in taken_back.cloned().collect::<Vec<_>>() {
                self.visit(&done, Kind::Undo, skill);
            }
            self.run.push(skill.to_owned());
        }
    }

    /// The rule of this index was broken.
    pub fn broken(&mut self, skill: &str, index: usize) {
        let mut rules = self.items.iter_mut().filter(|item| item.skill == skill && item.kind == Kind::Rule);
        if let Some(rule) = rules.nth(index) {
            rule.visited = true;
        }
    }

    /// A request was refused that held these values; an answer does not show them any more.
    pub fn held(&mut self, skill: &str, slots: &Map<String, Value>) {
        for (name, value) in slots {
            if !self.defaulted.contains(&(skill.to_owned(), name.clone())) {
                self.given(skill, name, value);
            }
        }
    }

    /// Something of which a skill has only one was visited.
    pub fn once(&mut self, skill: &str, kind: Kind) {
        self.visit(skill, kind, "");
    }

    /// Everything that can be visited.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    fn given(&mut self, skill: &str, slot: &str, value: &Value) {
        self.visit(skill, Kind::Slot, slot);
        if let Some(value) = value.as_str() {
            self.visit(skill, Kind::Value, &format!("{slot}={value}"));
        }
    }

    fn visit(&mut self, skill: &str, kind: Kind, name: &str) {
        if let Some(place) = self.places.get(&(skill.to_owned(), kind, name.to_owned())) {
            self.items[*place].visited = true;
        }
    }

    /// How many things of `kind` there are, in `pack` or in all, and how many of them were visited.
    #[must_use]
    pub fn count(&self, kind: Kind, pack: Option<&str>) -> (usize, usize) {
        let of_kind = self.items.iter().filter(|item| item.kind == kind && pack.is_none_or(|pack| item.pack == pack));
        of_kind.fold((0, 0), |(visited, all), item| (visited + usize::from(item.visited), all + 1))
    }
}

/// Whether a slot was filled by the user, and not by identity or default.
fn is_given(filled: &Value) -> bool {
    !matches!(filled["by"].as_str(), None | Some("context" | "default"))
}

/// Everything of a skill that a test can visit.
fn places(manifest: &Manifest) -> Vec<(Kind, String)> {
    let mut places = vec![(Kind::Run, String::new())];
    places.extend(paigong_core::Language::ALL.map(|language| (Kind::Language, language.tag().to_owned())));
    let slots = &manifest.slots;
    let open = || slots.properties.iter().filter(|(_, slot)| slot.source.is_none());
    places.extend(open().map(|(name, _)| (Kind::Slot, name.clone())));
    places.extend(manifest.rules.iter().map(|rule| (Kind::Rule, rule.check.clone())));
    if manifest.empty.is_some() {
        places.push((Kind::Empty, String::new()));
    }
    if manifest.facts.as_ref().is_some_and(|facts| facts.missing.is_some()) {
        places.push((Kind::Missing, String::new()));
    }
    // A read skill that asks for nothing is over before anybody could cancel it.
    if manifest.effect.needs_confirmation() || open().any(|(name, _)| slots.required.contains(name)) {
        places.push((Kind::Cancel, String::new()));
    }
    if let Some(undo) = &manifest.undo {
        places.push((Kind::Undo, undo.skill().to_owned()));
    }
    let values = open().flat_map(|(name, slot)| slot.options.iter().map(move |value| format!("{name}={value}")));
    places.extend(values.map(|value| (Kind::Value, value)));
    places
}

impl fmt::Display for Coverage {
    /// A summary of all packs, then for each pack what was not visited.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut summary = Vec::new();
        for (kind, word) in [
            (Kind::Run, "skills run to the end"),
            (Kind::Slot, "slots filled"),
            (Kind::Rule, "rules broken"),
            (Kind::Empty, "`empty` said"),
            (Kind::Missing, "facts missing"),
            (Kind::Cancel, "cancelled"),
            (Kind::Undo, "taken back"),
            (Kind::Value, "allowed values given"),
        ] {
            let (visited, all) = self.count(kind, None);
            if all > 0 {
                summary.push(format!("{word} {visited}/{all}"));
            }
        }
        writeln!(f, "coverage: {}", summary.join(", "))?;
        let mut packs: Vec<&str> = self.items.iter().map(|item| item.pack.as_str()).collect();
        packs.dedup();
        for pack in packs {
            writeln!(f, "{pack}")?;
            for (kind, title) in KINDS {
                let left = self.left(pack, kind);
                if !left.is_empty() {
                    writeln!(f, "  {title:<28} {left}")?;
                }
            }
        }
        Ok(())
    }
}

impl Coverage {
    /// What was not visited, by skill. A skill that never ran is said once, not once more for each language.
    fn left(&self, pack: &str, kind: Kind) -> String {
        let has_run =
            |skill: &str| self.items.iter().any(|item| item.skill == skill && item.kind == Kind::Run && item.visited);
        let mut by_skill: Vec<(&str, Vec<&str>)> = Vec::new();
        for item in self.items.iter().filter(|item| item.pack == pack && item.kind == kind && !item.visited) {
            if kind == Kind::Language && !has_run(&item.skill) {
                continue;
            }
            match by_skill.last_mut().filter(|(skill, _)| *skill == item.skill) {
                Some((_, names)) => names.push(&item.name),
                None => by_skill.push((&item.skill, vec![&item.name])),
            }
        }
        let words = by_skill.into_iter().map(|(skill, names)| {
            let names = names.join(if kind == Kind::Rule { "; " } else { " " });
            if names.is_empty() { skill.to_owned() } else { format!("{skill} ({names})") }
        });
        words.collect::<Vec<_>>().join(", ")
    }
}
