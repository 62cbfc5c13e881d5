//! The live apps of this process: built on first use, rebuilt when their revision grows.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, RwLock};

use paigong_core::{AppId, TenantId};
use skills::Skill;
use store::{Store, TenantTx};
use tokio::sync::Mutex;
use understanding::classifier::Options;
use understanding::encoder::Encoder;

use crate::app::{App, BuildError};
use crate::learning::{Embeddings, Learning};

/// Apps by id. A slot is locked while its app is built, so that a burst of requests builds it once.
pub(crate) struct Registry {
    store: Store,
    learning: Learning,
    slots: RwLock<HashMap<(TenantId, AppId), Arc<Slot>>>,
}

#[derive(Default)]
struct Slot {
    live: arc_swap::ArcSwapOption<App>,
    building: Mutex<()>,
}

impl Registry {
    pub(crate) async fn new(store: Store, encoder: Encoder, learnt: Option<&Path>) -> Result<Self, BuildError> {
        let learning = Learning::new(Embeddings::new(encoder, learnt)).await?;
        Ok(Self { store, learning, slots: RwLock::default() })
    }

    /// What building an app needs.
    pub(crate) fn learning(&self) -> &Learning {
        &self.learning
    }

    /// The app at `revision` or later. A request waits for its first build; afterwards an older generation would be
    /// wrong (the edit is published), so it waits for the rebuild too, which takes a fraction of a second.
    pub(crate) async fn get(
        self: &Arc<Self>,
        tenant: TenantId,
        app: AppId,
        revision: i64,
    ) -> Result<Arc<App>, BuildError> {
        let slot = self.slot((tenant, app));
        if let Some(live) = slot.live.load_full().filter(|live| live.revision >= revision) {
            return Ok(live);
        }
        let _building = slot.building.lock().await;
        let former = slot.live.load_full();
        if let Some(live) = former.clone().filter(|live| live.revision >= revision) {
            return Ok(live);
        }
        let mut tx = self.store.begin(tenant).await?;
        let read = store::skills::live(&mut tx, app).await?;
        let dates = store::calendars::load(&mut tx).await?;
        tx.commit().await?;
        let compiled = read
            .skills
            .into_iter()
            .map(|version| compile(version, former.as_deref()))
            .collect::<Result<Vec<_>, _>>()?;
        let count = compiled.len();
        let options = if former.is_some() { Options::edit() } else { Options::default() };
        let built = App::build(read.revision, compiled, dates, &self.learning, former.as_deref(), options).await?;
        let built = Arc::new(built);
        slot.live.store(Some(Arc::clone(&built)));
        let live_in_ms = u64::try_from(built.built_in.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(%app, revision = built.revision, skills = count, live_in_ms, "skills are live");
        if former.is_some() {
            let (registry, app) = (Arc::clone(self), Arc::clone(&built));
            tokio::spawn(async move {
                if let Err(error) = app.calibrate(&registry.learning).await {
                    tracing::error!(
                        error = paigong_core::chain(&error),
                        "calibrating after an edit failed; the former calibration stays"
                    );
                }
            });
        }
        Ok(built)
    }

    /// The apps that are live, with their revisions.
    pub(crate) fn live(&self) -> Vec<(TenantId, AppId, i64)> {
        let slots = self.slots.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let revision = |slot: &Slot| slot.live.load().as_ref().map(|app| app.revision);
        slots.iter().filter_map(|((tenant, app), slot)| Some((*tenant, *app, revision(slot)?))).collect()
    }

    fn slot(&self, app: (TenantId, AppId)) -> Arc<Slot> {
        if let Some(slot) = self.slots.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&app) {
            return Arc::clone(slot);
        }
        Arc::clone(self.slots.write().unwrap_or_else(std::sync::PoisonError::into_inner).entry(app).or_default())
    }
}

/// Compiles a version, or takes it over from the former generation.
fn compile(version: store::skills::Version, former: Option<&App>) -> Result<Arc<Skill>, BuildError> {
    let name = version.manifest.skill.as_str();
    if let Some(skill) = former.and_then(|former| dialogue::Catalogue::version(former, name, version.version)) {
        return Ok(skill);
    }
    Ok(Arc::new(Skill::compile(version.manifest, version.version, &version.pack)?))
}

/// Brings a version that is no longer live, for a conversation that stands on it. A version that is gone is no error:
/// the dialogue ends such a request politely.
pub(crate) async fn fetch_version(
    tx: &mut TenantTx,
    app: &App,
    id: AppId,
    name: &str,
    version: u32,
) -> Result<(), crate::Error> {
    if let Some(found) = store::skills::version(tx, id, name, version).await? {
        match compile(found, None) {
            Ok(skill) => app.keep(skill),
            Err(error) => tracing::error!(
                skill = name,
                version,
                error = paigong_core::chain(&error),
                "an older version can't be used"
            ),
        }
    }
    Ok(())
}
