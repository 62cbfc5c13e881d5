//! The files of the Schema-Guided Dialogue set: services and dialogues as they are written.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use indexmap::IndexMap;
use serde::Deserialize;

/// A service: what can be asked of it and what it knows.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Service {
    pub service_name: String,
    pub description: String,
    pub slots: Vec<SlotSchema>,
    pub intents: Vec<Intent>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct SlotSchema {
    pub name: String,
    pub description: String,
    pub is_categorical: bool,
    pub possible_values: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Intent {
    pub name: String,
    pub description: String,
    #[serde(default)]
    pub is_transactional: bool,
    pub required_slots: Vec<String>,
    /// With their default values.
    pub optional_slots: IndexMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Dialogue {
    pub dialogue_id: String,
    pub services: Vec<String>,
    pub turns: Vec<Turn>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Turn {
    pub speaker: Speaker,
    pub utterance: String,
    pub frames: Vec<Frame>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Speaker {
    User,
    System,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Frame {
    pub service: String,
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Where non-categorical values stand in the utterance.
    #[serde(default)]
    pub slots: Vec<Place>,
    /// Only for user turns.
    pub state: Option<Goal>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Action {
    pub act: String,
    #[serde(default)]
    pub slot: String,
    #[serde(default)]
    pub values: Vec<String>,
    #[serde(default)]
    pub canonical_values: Vec<String>,
}

/// Characters of an utterance.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Place {
    pub slot: String,
    pub start: usize,
    pub exclusive_end: usize,
}

/// What the user wants of one service, as annotated or as understood.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Goal {
    pub active_intent: String,
    pub requested_slots: Vec<String>,
    /// Every way in which a value was said.
    pub slot_values: BTreeMap<String, Vec<String>>,
}

/// A folder's schema (`*schema.json`) and dialogues (every other `*.json`), in the order of the files' names.
pub(super) fn read(folder: &Path) -> anyhow::Result<(Vec<Service>, Vec<Dialogue>)> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    let mut services: Option<Vec<Service>> = None;
    let mut dialogues: Vec<Dialogue> = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let place = || format!("{} is not of this set", path.display());
        if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("schema.json")) {
            services = Some(serde_json::from_str(&text).with_context(place)?);
        } else {
            dialogues.extend(serde_json::from_str::<Vec<Dialogue>>(&text).with_context(place)?);
        }
    }
    let services = services.with_context(|| format!("{} has no schema.json", folder.display()))?;
    ensure!(!dialogues.is_empty(), "{} has no dialogues", folder.display());
    Ok((services, dialogues))
}
