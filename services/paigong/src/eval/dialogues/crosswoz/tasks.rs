//! Whether the user's tasks get done when his turns are replayed: the right rows found, every requested value told.
//!
//! The dialogue's own system offers one of possibly many fitting things, and the user's next words are about that one.
//! So an offer counts as ours if our search, with our state, through our SQL, finds it too; where nothing meets all
//! conditions, if it is among what meets all but some of them. A value is told when it was asked for, about the thing that
//! our memory says the question is about, and the database has that thing. A dialogue is finished when for each of its sub-goals the thing of the final goal was found so (or
//! named by the user) and all of its requested values were told about that thing; for a ride, when both ends are right.

use std::collections::{BTreeMap, BTreeSet};

use inquiry::{Inquiry, Kind, Memory, Said, Topics, Wanted};
use serde_json::Value;

use super::data::Dialogue;
use super::database::Database;

/// What was found and told in one dialogue.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// (topic, thing) that our searches found or the user named.
    found: BTreeSet<(usize, String)>,
    /// (topic, thing, column) of which the value was told.
    told: BTreeSet<(usize, String, String)>,
    /// Names in the last search of each topic.
    rows: BTreeMap<usize, BTreeSet<String>>,
    /// Columns asked for before it is known which thing is offered.
    pending: Vec<(usize, String)>,
    /// Offers that our search did not find, for the error analysis.
    notes: Vec<String>,
}

/// Conditions given up at most before there is nothing.
const GIVEN_UP: usize = 2;

impl Journal {
    /// Does what the user asked, the memory having taken it in.
    pub(super) async fn act(
        &mut self,
        topics: &Topics,
        memory: &Memory,
        inquiry: &Inquiry,
        database: &mut Database,
    ) -> anyhow::Result<()> {
        self.pending.clear();
        for thing in &inquiry.named {
            if !database.find(topics, thing.topic, &[], Some(&thing.label)).await?.is_empty() {
                self.found.insert((thing.topic, thing.label.clone()));
            }
        }
        if let Some(topic) = inquiry.search {
            let conditions: Vec<&Said> = memory.topics[topic].conditions.values().flatten().collect();
            let names = search(topics, topic, &conditions, database).await?;
            self.rows.insert(topic, names);
        }
        for asked in &inquiry.asked {
            let column = asked
                .member
                .as_ref()
                .map_or_else(|| asked.column.clone(), |member| format!("{}-{member}", asked.column));
            if let Some((from, to)) = route(topics, memory, asked.topic) {
                // A ride is by template, there is nothing to look up.
                let is_ride = topics.topics[asked.topic].name == "出租";
                let known = is_ride || database.knows_stations(&from, &to).await?;
                if known {
                    self.told.insert((asked.topic, ends(&from, &to), column));
                }
                continue;
            }
            match &memory.topics[asked.topic].chosen {
                Some(thing) => self.tell(topics, asked.topic, thing, column, database).await?,
                None => self.pending.push((asked.topic, column)),
            }
        }
        Ok(())
    }

    async fn tell(
        &mut self,
        topics: &Topics,
        topic: usize,
        thing: &str,
        column: String,
        database: &mut Database,
    ) -> anyhow::Result<()> {
        if !database.find(topics, topic, &[], Some(thing)).await?.is_empty() {
            self.told.insert((topic, thing.to_owned(), column));
        }
        Ok(())
    }

    /// The dialogue's system offered these things.
    pub(super) async fn offered(
        &mut self,
        topics: &Topics,
        topic: usize,
        names: &[String],
        database: &mut Database,
    ) -> anyhow::Result<()> {
        for name in names {
            if self.rows.get(&topic).is_some_and(|rows| rows.contains(name)) {
                self.found.insert((topic, name.clone()));
                for (_, column) in self.pending.clone().into_iter().filter(|(asked, _)| *asked == topic) {
                    self.tell(topics, topic, name, column, database).await?;
                }
            } else if !self.found.contains(&(topic, name.clone())) {
                let rows = self.rows.get(&topic).map_or(0, BTreeSet::len);
                self.notes.push(format!("{} {name} is not among the {rows} found", topics.topics[topic].name));
            }
        }
        Ok(())
    }

    /// (finished, all) sub-goals, and what is missing in words.
    pub(super) fn judge(&self, topics: &Topics, dialogue: &Dialogue) -> (usize, usize, Vec<String>) {
        let goals = if dialogue.final_goal.is_empty() { &dialogue.goal } else { &dialogue.final_goal };
        let ids: BTreeSet<u32> = goals.iter().map(|item| item.0).collect();
        let mut missing = Vec::new();
        let mut finished = 0;
        for id in &ids {
            let before = missing.len();
            let items: Vec<_> = goals.iter().filter(|item| item.0 == *id).collect();
            let Some(topic) = items.first().and_then(|item| topics.position(&item.1)) else { continue };
            let text = |slot: &str| {
                items.iter().find(|item| item.2 == slot).and_then(|item| item.3.as_str()).unwrap_or_default()
            };
            let is_ride = topics.topics[topic].things.is_empty();
            let thing = if is_ride { ends(text("出发地"), text("目的地")) } else { text("名称").to_owned() };
            if !is_ride && !self.found.contains(&(topic, thing.clone())) {
                missing.push(format!("{id}: {} {thing} was not found", topics.topics[topic].name));
            }
            let is_empty = |value: &Value| {
                value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty)
            };
            let requested = dialogue.goal.iter().filter(|item| item.0 == *id && item.2 != "名称" && is_empty(&item.3));
            for item in requested {
                if !self.told.contains(&(topic, thing.clone(), item.2.clone())) {
                    missing.push(format!("{id}: {} of {thing} was not told", item.2));
                }
            }
            finished += usize::from(missing.len() == before);
        }
        if !missing.is_empty() {
            missing.extend(self.notes.iter().cloned());
        }
        (finished, ids.len(), missing)
    }
}

/// The names of what meets all conditions; where nothing does, of what meets all but one, then all but two.
async fn search(
    topics: &Topics,
    topic: usize,
    conditions: &[&Said],
    database: &mut Database,
) -> anyhow::Result<BTreeSet<String>> {
    let mut sets: Vec<Vec<&Said>> = vec![conditions.to_vec()];
    for _ in 0..=GIVEN_UP {
        let mut names = BTreeSet::new();
        for set in &sets {
            let rows = database.find(topics, topic, set, None).await?;
            names.extend(rows.iter().filter_map(|row| row.get("name")?.as_str().map(str::to_owned)));
        }
        if !names.is_empty() {
            return Ok(names);
        }
        sets = sets
            .iter()
            .flat_map(|set| {
                (0..set.len())
                    .map(|out| set.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, said)| *said).collect())
            })
            .collect();
    }
    Ok(BTreeSet::new())
}

/// Conditions that none of these things meets.
pub(super) async fn unmet(
    topics: &Topics,
    topic: usize,
    names: &[String],
    memory: &Memory,
    database: &mut Database,
) -> anyhow::Result<Vec<Said>> {
    let conditions: Vec<&Said> = memory.topics[topic].conditions.values().flatten().collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut unmet: Vec<Said> = conditions.iter().map(|said| (*said).clone()).collect();
    for name in names {
        if conditions.is_empty() || !database.find(topics, topic, &conditions, Some(name)).await?.is_empty() {
            return Ok(Vec::new());
        }
        for said in &conditions {
            if !database.find(topics, topic, &[said], Some(name)).await?.is_empty() {
                unmet.retain(|other| other != *said);
            }
        }
    }
    Ok(unmet)
}

/// Both ends of the route that the memory holds.
fn route(topics: &Topics, memory: &Memory, topic: usize) -> Option<(String, String)> {
    let columns = topics.topics[topic].columns.iter().filter(|column| matches!(column.kind, Kind::Place(_)));
    let mut places = columns.map(|column| match &memory.topics[topic].conditions.get(&column.name)?.first()?.wanted {
        Wanted::Thing(thing) => Some(thing.label.clone()),
        _ => None,
    });
    Some((places.next()??, places.next()??))
}

fn ends(from: &str, to: &str) -> String {
    format!("{from} → {to}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sub_goal_is_finished_when_its_thing_was_found_and_all_was_told_about_it() {
        let text = r#"{"messages": [],
            "goal": [[1, "酒店", "价格", "200-300元", false], [1, "酒店", "名称", "", false], [1, "酒店", "电话", "", false],
                     [2, "餐馆", "名称", "", false], [2, "餐馆", "周边酒店", [], false],
                     [3, "出租", "出发地", "id=1", false], [3, "出租", "目的地", "id=2", false], [3, "出租", "车牌", "", false]],
            "final_goal": [[1, "酒店", "价格", "200-300元", true], [1, "酒店", "名称", "和平宾馆", true], [1, "酒店", "电话", "1", true],
                     [2, "餐馆", "名称", "小王府", true], [2, "餐馆", "周边酒店", ["和平宾馆"], true],
                     [3, "出租", "出发地", "和平宾馆", true], [3, "出租", "目的地", "小王府", true], [3, "出租", "车牌", "2", true]]}"#;
        let dialogue: Dialogue = serde_json::from_str(text).expect("a dialogue");
        let topic = |name: &str, things: &[&str]| {
            inquiry::Topic::new(name, &[], &[], things.iter().map(|thing| (*thing).to_owned()).collect())
        };
        let topics = Topics::new(vec![topic("酒店", &["和平宾馆"]), topic("餐馆", &["小王府"]), topic("出租", &[])]);
        let mut journal = Journal::default();
        assert_eq!(journal.judge(&topics, &dialogue).0, 0);
        journal.found.insert((0, "和平宾馆".into()));
        journal.told.insert((0, "和平宾馆".into(), "电话".into()));
        journal.told.insert((2, ends("和平宾馆", "小王府"), "车牌".into()));
        journal.told.insert((1, "小王府".into(), "周边酒店".into()));
        let (finished, all, missing) = journal.judge(&topics, &dialogue);
        assert_eq!((finished, all, missing), (2, 3, vec!["2: 餐馆 小王府 was not found".to_owned()]));
        journal.found.insert((1, "小王府".into()));
        assert_eq!(journal.judge(&topics, &dialogue).0, 3);
    }
}
