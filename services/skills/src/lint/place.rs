//! Where in a manifest's text a finding is.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::Finding;

/// Line and column, from 1, of what `finding` is about in `text`: of its key, or of the nearest one above that is there.
#[must_use]
pub fn locate(text: &str, finding: &Finding) -> Option<(u64, u64)> {
    let mut node: Node = serde_saphyr::from_str(text).ok()?;
    let mut found = None;
    for key in path(&finding.place).into_iter().chain(finding.entry.map(|entry| entry.to_string())) {
        let Some((_, location, child)) = node.0.into_iter().find(|(name, ..)| *name == key) else { break };
        found = Some((location.line(), location.column()));
        node = child;
    }
    found
}

/// The keys that lead to a finding's place, which leaves some out that say nothing.
fn path(place: &str) -> Vec<String> {
    let mut parts = place.split('.');
    let lead: &[&str] = match parts.clone().next() {
        Some("slots") if place != "slots.required" => &["slots", "properties"],
        Some("ask" | "ask_again") => &["slots", "properties"],
        Some("rule") => &["rules"],
        Some("missing") => &["facts", "missing", "say"],
        _ => return parts.map(str::to_owned).collect(),
    };
    let head = parts.next().unwrap_or_default();
    let last = match head {
        "ask" => Some("x-ask"),
        "ask_again" => Some("x-ask-again"),
        "rule" => Some("say"),
        _ => None,
    };
    lead.iter().copied().chain(parts).chain(last).map(str::to_owned).collect()
}

/// The keys of a mapping, or the numbers of a list, each with its place and what is below it.
struct Node(Vec<(String, Location, Node)>);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys)
    }
}

struct Keys;

macro_rules! leaves {
    ($($visit:ident: $kind:ty),*) => { $(
        fn $visit<E>(self, _: $kind) -> Result<Node, E> {
            Ok(Node(Vec::new()))
        }
    )* };
}

impl<'de> Visitor<'de> for Keys {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }

    leaves!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            keys.push((key.value, key.referenced, map.next_value()?));
        }
        Ok(Node(keys))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element::<Spanned<Node>>()? {
            entries.push((entries.len().to_string(), entry.referenced, entry.value));
        }
        Ok(Node(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::warning;
    use crate::message::message;

    const TEXT: &str = "skill: a.b
examples:
  - 甲
  # a comment
  - 乙
slots:
  properties:
    days: {type: integer, x-ask: {zh: 几天, en: how many}}
rules:
  - check: 'true'
    say: {zh: 一, en: one}
run: {steps: [{skill: c.d,
               with: {x: '1'}}]}
";

    #[test]
    fn a_place_is_found_in_block_and_flow_or_the_nearest_above_it() {
        let at = |place: &str, entry| {
            let finding = Finding { entry, ..warning("f", place, message!("x", "一", "x")) };
            locate(TEXT, &finding)
        };
        assert_eq!(at("skill", None), Some((1, 1)));
        assert_eq!(at("examples", None), Some((2, 1)));
        assert_eq!(at("examples", Some(1)), Some((5, 5)));
        assert_eq!(at("slots.days", None), Some((8, 5)));
        assert_eq!(at("slots.days.x-lookup", None), Some((8, 5)));
        assert_eq!(at("ask.days", None), Some((8, 27)));
        assert_eq!(at("rule.0", None), Some((11, 5)));
        assert_eq!(at("run.steps.0.with.x", None), Some((13, 23)));
        assert_eq!(at("confirm", None), None);
    }
}
