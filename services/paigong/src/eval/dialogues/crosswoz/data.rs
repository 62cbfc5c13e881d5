//! The files of CrossWOZ as they are: dialogues with their annotations, and the database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

/// A dialogue act: intent, domain, slot, value.
pub(super) type Act = [String; 4];

/// A system state: domain → slot → value, and `selectedResults`.
pub(super) type SystemState = BTreeMap<String, BTreeMap<String, Value>>;

/// One item of a user's goal: id of the sub-goal, domain, slot, value. Whether it was dealt with follows and is not read.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct GoalItem(pub u32, pub String, pub String, pub Value, serde::de::IgnoredAny);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Role {
    #[serde(rename = "usr")]
    User,
    #[serde(rename = "sys")]
    System,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Message {
    pub content: String,
    pub role: Role,
    pub dialog_act: Vec<Act>,
    #[serde(default)]
    pub sys_state: SystemState,
    #[serde(default)]
    pub sys_state_init: SystemState,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Dialogue {
    #[serde(skip)]
    pub id: String,
    #[serde(default)]
    pub final_goal: Vec<GoalItem>,
    pub goal: Vec<GoalItem>,
    pub messages: Vec<Message>,
}

/// A thing of the database: its label and its columns.
pub(super) type Entry = (String, BTreeMap<String, Value>);

/// Everything in the folder.
#[derive(Debug)]
pub(super) struct Data {
    pub dialogues: Vec<Dialogue>,
    /// Domain → things.
    pub database: BTreeMap<&'static str, Vec<Entry>>,
}

/// Domains with things, and their files.
const TABLES: [(&str, &str); 4] = [
    ("景点", "attraction_db.json"),
    ("餐馆", "restaurant_db.json"),
    ("酒店", "hotel_db.json"),
    ("地铁", "metro_db.json"),
];

impl Data {
    /// Reads the folder. The dialogues are in `val.json`, or, where there is none, in the only JSON file beside `database`.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let file = dialogues_file(folder)?;
        let by_id: BTreeMap<String, Dialogue> = json(&file)?;
        let mut dialogues: Vec<Dialogue> =
            by_id.into_iter().map(|(id, dialogue)| Dialogue { id, ..dialogue }).collect();
        dialogues.sort_by_key(|dialogue| (dialogue.number(), dialogue.id.clone()));
        ensure!(!dialogues.is_empty(), "{} has no dialogues", file.display());
        let mut database = BTreeMap::new();
        for (domain, name) in TABLES {
            database.insert(domain, json(&folder.join("database").join(name))?);
        }
        Ok(Self { dialogues, database })
    }
}

impl Dialogue {
    /// The id as a number.
    pub(super) fn number(&self) -> u64 {
        self.id.parse().unwrap_or_default()
    }

    /// Whether examples may be taken from this dialogue, which is then not evaluated: those whose id is a multiple of 5.
    pub(super) fn is_example(&self) -> bool {
        self.number().is_multiple_of(5)
    }
}

fn dialogues_file(folder: &Path) -> anyhow::Result<PathBuf> {
    let usual = folder.join("val.json");
    if usual.exists() {
        return Ok(usual);
    }
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    match files.as_slice() {
        [only] => Ok(only.clone()),
        _ => bail!("{} has no val.json, nor just one other file of dialogues", folder.display()),
    }
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).with_context(|| format!("cannot understand {}", path.display()))
}
