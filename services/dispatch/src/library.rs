//! Compiled skills for workers. A version never changes, so what was compiled once stays.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use paigong_core::AppId;
use skills::Skill;
use store::TenantTx;

use crate::Error;

/// Versions that are kept; when there are more, all are forgotten.
const MAX: usize = 2_000;

/// Compiled versions by app, skill and version.
#[derive(Debug, Default)]
pub struct Library {
    skills: Mutex<HashMap<(AppId, String, u32), Arc<Skill>>>,
}

impl Library {
    /// A version; `None`: there is no such version, or this program can't use it.
    ///
    /// # Errors
    /// As for any statement.
    pub async fn version(
        &self,
        tx: &mut TenantTx,
        app: AppId,
        skill: &str,
        version: u32,
    ) -> Result<Option<Arc<Skill>>, Error> {
        let key = (app, skill.to_owned(), version);
        if let Some(known) = self.skills.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(known.clone()));
        }
        let Some(stored) = store::skills::version(tx, app, skill, version).await? else { return Ok(None) };
        let compiled = match Skill::compile(stored.manifest, stored.version, &stored.pack) {
            Ok(compiled) => Arc::new(compiled),
            Err(error) => {
                tracing::error!(%error, version, "a published skill can't be used by this version of the program");
                return Ok(None);
            }
        };
        let mut skills = self.skills.lock().unwrap_or_else(PoisonError::into_inner);
        if skills.len() >= MAX {
            skills.clear();
        }
        skills.insert(key, compiled.clone());
        Ok(Some(compiled))
    }

    /// The version of `skill` that is live in `app`; `None`: none is.
    ///
    /// # Errors
    /// As for any statement.
    pub async fn live(&self, tx: &mut TenantTx, app: AppId, skill: &str) -> Result<Option<Arc<Skill>>, Error> {
        match store::skills::live_version(tx, app, skill).await? {
            Some(version) => self.version(tx, app, skill, version).await,
            None => Ok(None),
        }
    }
}
