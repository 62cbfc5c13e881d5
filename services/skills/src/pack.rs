//! A pack: the folder of skills as texts, read and compiled as a whole.

use std::collections::BTreeMap;

use paigong_core::Bilingual;
use serde::{Deserialize, Serialize};

use crate::scenario::ScenarioFile;
use crate::{Manifest, Skill, yaml};

/// `pack.yaml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The name: lower case, also the Postgres schema of the pack's tables.
    pub pack: String,
    /// What it is called.
    pub title: Bilingual,
    /// One sentence about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Bilingual>,
    /// Folders of documents that the pack's app answers from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub knowledge: Vec<Knowledge>,
}

/// A folder of documents that comes with a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    /// The name that it is kept under.
    pub source: String,
    /// The folder, within the pack's.
    pub path: String,
    /// CEL on `context`: while false, the source does not exist for this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires: Option<String>,
}

/// A pack as read from its files.
#[derive(Debug)]
pub struct Pack {
    /// `pack.yaml`.
    pub about: About,
    /// Every skill with the file it is in.
    pub manifests: Vec<(String, Manifest)>,
    /// `schema.sql`, empty if there is none.
    pub schema: String,
    /// `seed.sql`, empty if there is none.
    pub seed: String,
    /// Every file of conversation tests.
    pub scenarios: Vec<(String, ScenarioFile)>,
}

/// Schemas that a pack can't be called after.
const RESERVED: [&str; 4] = ["paigong", "public", "information_schema", "pg_catalog"];

impl Pack {
    /// Reads a pack from its files: path relative to the pack's folder → content.
    ///
    /// # Errors
    /// Everything that can't be read, with file, line and column.
    pub fn read(folder: &str, files: &BTreeMap<String, String>) -> Result<Self, Vec<yaml::Error>> {
        let place = |path: &str| format!("{folder}/{path}");
        let whole = |path: &str, message: String| yaml::Error { file: place(path), line: 0, column: 0, message };
        let mut errors = Vec::new();
        let mut manifests = Vec::new();
        let mut scenarios = Vec::new();
        let about = match files.get("pack.yaml") {
            Some(text) => yaml::read::<About>(&place("pack.yaml"), text).map_err(|error| errors.push(error)).ok(),
            None => {
                errors.push(whole("pack.yaml", "the file is missing; it names the pack".into()));
                None
            }
        };
        for (path, text) in files {
            if path.ends_with(".skill.yaml") {
                match yaml::read::<Manifest>(&place(path), text) {
                    Ok(manifest) => manifests.push((path.clone(), manifest)),
                    Err(error) => errors.push(error),
                }
            } else if path.ends_with(".test.yaml") {
                match yaml::read::<ScenarioFile>(&place(path), text) {
                    Ok(file) => scenarios.push((path.clone(), file)),
                    Err(error) => errors.push(error),
                }
            } else if !path.ends_with(".questions.yaml")
                && !["pack.yaml", "schema.sql", "seed.sql", "README.md"].contains(&path.as_str())
            {
                errors.push(whole(
                    path,
                    "not a file of a pack; expected *.skill.yaml, *.test.yaml, *.questions.yaml, schema.sql, seed.sql"
                        .into(),
                ));
            }
        }
        if let Some(about) = &about {
            let is_name = about.pack.starts_with(|c: char| c.is_ascii_lowercase())
                && about.pack.len() <= 40
                && about.pack.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !is_name || RESERVED.contains(&about.pack.as_str()) || about.pack.starts_with("pg_") {
                errors.push(whole("pack.yaml", format!("{:?} can't be a pack's name (and schema)", about.pack)));
            }
        }
        for knowledge in about.iter().flat_map(|about| &about.knowledge) {
            let is_within = |part: &str| !part.is_empty() && part != "." && part != "..";
            if !knowledge.path.split('/').all(is_within) {
                errors.push(whole("pack.yaml", format!("{:?} is no folder within the pack", knowledge.path)));
            }
        }
        let text = |path: &str| files.get(path).cloned().unwrap_or_default();
        match about {
            Some(about) if errors.is_empty() => {
                Ok(Self { about, manifests, schema: text("schema.sql"), seed: text("seed.sql"), scenarios })
            }
            _ => Err(errors),
        }
    }

    /// Compiles every skill as version `version`, with the file of each error.
    ///
    /// # Errors
    /// One for each skill that can't be compiled.
    pub fn compile(&self, version: u32) -> Result<Vec<Skill>, Vec<(String, crate::Error)>> {
        let (mut skills, mut errors) = (Vec::new(), Vec::new());
        for (file, manifest) in &self.manifests {
            match Skill::compile(manifest.clone(), version, &self.about.pack) {
                Ok(skill) => skills.push(skill),
                Err(error) => errors.push((file.clone(), error)),
            }
        }
        if errors.is_empty() { Ok(skills) } else { Err(errors) }
    }
}
