//! The indexes of this process, one an app, loaded when they are first needed and again when documents have changed.

use std::collections::HashMap;
use std::sync::Arc;

use paigong_core::{AppId, TenantId};
use store::Store;
use store::passages;
use tokio::sync::Mutex;
use understanding::encoder::Encoder;
use understanding::similarity::Scale;

use crate::Index;

/// Indexes by app. Clones share them.
#[derive(Debug, Clone)]
pub struct Shelf {
    identity: Arc<str>,
    width: usize,
    scale: Scale,
    slots: Arc<Mutex<Slots>>,
}

type Slots = HashMap<(TenantId, AppId), Arc<Mutex<Slot>>>;

#[derive(Debug, Default)]
struct Slot {
    /// The app's revision at which it was looked last,
    revision: Option<i64>,
    /// … and the documents' of the index.
    knowledge: i64,
    index: Arc<Index>,
}

impl Shelf {
    /// For a model with this scale.
    #[must_use]
    pub fn new(encoder: &Encoder, scale: Scale) -> Self {
        Self {
            identity: encoder.manifest().identity().into(),
            width: encoder.dimensions(),
            scale,
            slots: Arc::default(),
        }
    }

    /// The index of `app`, at least as new as the app's `revision`, which an authenticated request brings. While one caller
    /// loads it, the others wait.
    ///
    /// # Errors
    /// When the database fails; the next call tries again.
    pub async fn get(
        &self,
        store: &Store,
        tenant: TenantId,
        app: AppId,
        revision: i64,
    ) -> Result<Arc<Index>, store::Error> {
        let slot = Arc::clone(self.slots.lock().await.entry((tenant, app)).or_default());
        let mut slot = slot.lock().await;
        if slot.revision.is_some_and(|seen| seen >= revision) {
            return Ok(Arc::clone(&slot.index));
        }
        let mut tx = store.begin(tenant).await?;
        // Before the passages: if documents change between the two, they are loaded once more the next time.
        let knowledge = passages::revision(&mut tx, app).await?;
        if slot.revision.is_none() || slot.knowledge != knowledge {
            let passages = passages::load(&mut tx, app, &self.identity).await?;
            let (width, scale) = (self.width, self.scale);
            let build = tokio::task::spawn_blocking(move || Index::build(passages, width, scale));
            slot.index = Arc::new(build.await.unwrap_or_default());
            slot.knowledge = knowledge;
            tracing::info!(%app, passages = slot.index.len(), knowledge, "documents are loaded");
        }
        slot.revision = Some(revision);
        Ok(Arc::clone(&slot.index))
    }
}
