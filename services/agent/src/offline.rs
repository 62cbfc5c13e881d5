//! Understanding without a database, by the very path of a turn: for measurements and for trying skills out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use dialogue::Meaning;
use serde_json::Map;
use skills::Skill;
use understanding::classifier::Options;
use understanding::encoder::{self, Encoder};

use crate::app::{App, BuildError};
use crate::learning::{Embeddings, Learning};
use crate::understand::{Means, Understood, understand};
use crate::{DecisionReport, Request};

/// Builds apps from skills in memory and reads messages.
pub struct Offline {
    encoder: Encoder,
    learning: Learning,
}

/// How long one message may take.
const PATIENCE: Duration = Duration::from_secs(60);

impl Offline {
    /// Puts it together. Embeds the background utterances, which takes about a second.
    ///
    /// # Errors
    /// When the encoder can't embed.
    pub async fn new(encoder: Encoder) -> Result<Self, BuildError> {
        let learning = Learning::new(Embeddings::new(encoder.clone(), None)).await?;
        Ok(Self { encoder, learning })
    }

    /// An app of `skills`, as if they had been published, for traffic of which `out_of_scope` is asked of none of them.
    ///
    /// # Errors
    /// When they can't be learnt.
    pub async fn app(&self, skills: Vec<Arc<Skill>>, out_of_scope: Option<f64>) -> Result<App, BuildError> {
        let options = Options { out_of_scope_share: out_of_scope, ..Options::default() };
        App::build(1, skills, store::calendars::Dates::default(), &self.learning, None, options).await
    }

    /// What `text` means by itself, and the report about it.
    ///
    /// # Errors
    /// When the encoder fails.
    pub async fn understand(
        &self,
        text: &str,
        app: &App,
        now: NaiveDateTime,
    ) -> Result<(Meaning, DecisionReport), encoder::Error> {
        let request = Request { query: text.to_owned(), ..Request::of("offline") };
        let context = Map::new();
        let deadline = Instant::now() + PATIENCE;
        let Learning { stances, scale, .. } = &self.learning;
        let means = Means { encoder: &self.encoder, stances, scale: *scale, app, now, context: &context, deadline };
        let Understood { meaning, report, .. } = understand(&request, means).await?;
        Ok((meaning, report))
    }
}
