//! What reads messages: a model, and all that was learnt with it. A turn holds one mind from its beginning to its end; when
//! another model is activated a new mind is made beside the live one and takes its place in one step.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use chrono::NaiveDateTime;
use knowledge::{Index, Shelf, embed};
use serde_json::{Map, Value};
use store::keys::Caller;
use store::{Store, vectors};
use understanding::encoder::Encoder;

use crate::kept::Kept;
use crate::learning::Learning;
use crate::registry::Registry;
use crate::understand::Means;
use crate::{App, BuildError, Error};

/// A model and what was learnt with it.
pub(crate) struct Mind {
    pub encoder: Encoder,
    pub registry: Arc<Registry>,
    pub shelf: Shelf,
    pub kept: Kept,
    store: Store,
    learnt: Option<PathBuf>,
}

/// Why a mind could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MindError {
    /// An app could not be learnt.
    #[error(transparent)]
    App(#[from] BuildError),
    /// Passages could not be embedded.
    #[error(transparent)]
    Passages(#[from] embed::Failure),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// How far the making of a mind is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// So many passages have got vectors.
    Passages(usize),
    /// So many of so many apps are learnt.
    Apps(usize, usize),
}

impl Mind {
    /// A mind that knows no app yet. Embeds the background utterances, which takes about a second, unless the folder of what was
    /// `learnt` has them.
    pub(crate) async fn new(store: Store, encoder: Encoder, learnt: Option<&Path>) -> Result<Self, BuildError> {
        let registry = Arc::new(Registry::new(store.clone(), encoder.clone(), learnt).await?);
        let scale = registry.learning().scale;
        let (shelf, kept) = (Shelf::new(&encoder, scale), Kept::new(scale));
        Ok(Self { encoder, registry, shelf, kept, store, learnt: learnt.map(Path::to_owned) })
    }

    /// A mind with another model that knows what this one knows: the vectors of every passage and the apps that are live.
    pub(crate) async fn successor(
        &self,
        encoder: Encoder,
        progress: impl Fn(Progress) + Sync,
    ) -> Result<Self, MindError> {
        let next = Self::new(self.store.clone(), encoder, self.learnt.as_deref()).await?;
        let mut passages = 0;
        for tenant in vectors::tenants(&self.store, &next.encoder.manifest().identity()).await? {
            let more = |count| {
                passages += count;
                progress(Progress::Passages(passages));
            };
            embed::missing(&self.store, &next.encoder, tenant, more).await?;
        }
        let live = self.registry.live();
        for (number, (tenant, id, revision)) in live.iter().enumerate() {
            progress(Progress::Apps(number, live.len()));
            // An app that can't be learnt any more is refused by the live mind just as well.
            let Ok(app) = next.registry.get(*tenant, *id, *revision).await else { continue };
            if app.has_documents() {
                next.shelf.get(&self.store, *tenant, *id, app.revision).await?;
            }
        }
        Ok(next)
    }

    /// The live app of a caller, built or rebuilt if need be.
    pub(crate) async fn app(&self, caller: &Caller) -> Result<Arc<App>, Error> {
        Ok(self.registry.get(caller.tenant, caller.app, caller.revision).await?)
    }

    /// The documents that `app` answers from, where a skill of it does.
    pub(crate) async fn documents_of(&self, caller: &Caller, app: &App) -> Result<Option<Arc<Index>>, Error> {
        if !app.has_documents() {
            return Ok(None);
        }
        Ok(Some(self.shelf.get(&self.store, caller.tenant, caller.app, app.revision).await?))
    }

    /// What understanding a message takes.
    pub(crate) fn means<'a>(
        &'a self,
        app: &'a App,
        now: NaiveDateTime,
        context: &'a Map<String, Value>,
        deadline: Instant,
    ) -> Means<'a> {
        let Learning { stances, scale, .. } = self.registry.learning();
        Means { encoder: &self.encoder, stances, scale: *scale, app, now, context, deadline }
    }
}
