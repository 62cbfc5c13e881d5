//! `model_activation`, `model_server`: which encoder the installation wants, and which one each server runs. Both belong to the
//! installation, not to a tenant.

use chrono::{DateTime, Utc};
use paigong_core::Bilingual;
use uuid::Uuid;

use crate::{Error, Store};

/// A model that was made the active one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// Grows with every activation.
    pub id: i64,
    /// Its folder below `models_dir`.
    pub model: String,
    /// Its identity.
    pub model_hash: String,
    /// When it was asked for,
    pub at: DateTime<Utc>,
    /// … and when the first server answered with it.
    pub live_at: Option<DateTime<Utc>>,
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its own id, new with every start.
    pub server: Uuid,
    /// The machine that it runs on.
    pub host: String,
    /// The model that it runs: the folder,
    pub model: String,
    /// … and its identity.
    pub model_hash: String,
    /// The last activation that it has dealt with; 0: none yet.
    pub activation: i64,
    /// How far it is with preparing another one.
    pub progress: Option<Bilingual>,
    /// Why it refused the last one.
    pub problem: Option<Bilingual>,
}

/// A server as its row has it.
struct Row {
    server: Uuid,
    host: String,
    model: String,
    model_hash: String,
    activation: i64,
    progress: Option<String>,
    progress_zh: Option<String>,
    problem: Option<String>,
    problem_zh: Option<String>,
}

/// Makes a model the active one: every server changes to it as soon as it has prepared it.
///
/// # Errors
/// As for any statement.
pub async fn activate(store: &Store, model: &str, model_hash: &str) -> Result<Activation, Error> {
    sqlx::query_as!(
        Activation,
        "INSERT INTO paigong.model_activation (model, model_hash) VALUES ($1, $2) RETURNING id, model, model_hash, at, live_at",
        model,
        model_hash
    )
    .fetch_one(store.pool())
    .await
    .map_err(Error::of("activating a model"))
}

/// The last activations, the latest first.
///
/// # Errors
/// As for any statement.
pub async fn activations(store: &Store, limit: i64) -> Result<Vec<Activation>, Error> {
    sqlx::query_as!(
        Activation,
        "SELECT id, model, model_hash, at, live_at FROM paigong.model_activation ORDER BY id DESC LIMIT $1",
        limit
    )
    .fetch_all(store.pool())
    .await
    .map_err(Error::of("reading which model is active"))
}

/// Notes that a server answers with the model of an activation; the first one counts.
///
/// # Errors
/// As for any statement.
pub async fn is_live(store: &Store, activation: i64) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.model_activation SET live_at = clock_timestamp() WHERE id = $1 AND live_at IS NULL",
        activation
    )
    .execute(store.pool())
    .await
    .map_err(Error::of("noting that a model is live"))?;
    Ok(())
}

/// Says what a server runs. Servers that have not been seen for an hour are forgotten.
///
/// # Errors
/// As for any statement.
pub async fn report(store: &Store, server: &Server) -> Result<(), Error> {
    let part = |text: &Option<Bilingual>| text.clone().map_or((None, None), |text| (Some(text.en), Some(text.zh)));
    let ((progress, progress_zh), (problem, problem_zh)) = (part(&server.progress), part(&server.problem));
    sqlx::query!(
        "WITH gone AS (DELETE FROM paigong.model_server WHERE seen_at < now() - interval '1 hour' AND server <> $1)
         INSERT INTO paigong.model_server (server, host, model, model_hash, activation, progress, progress_zh, problem, problem_zh)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (server) DO UPDATE SET model = excluded.model, model_hash = excluded.model_hash, activation = excluded.activation,
             progress = excluded.progress, progress_zh = excluded.progress_zh,
             problem = excluded.problem, problem_zh = excluded.problem_zh, seen_at = clock_timestamp()",
        server.server,
        server.host,
        server.model,
        server.model_hash,
        server.activation,
        progress,
        progress_zh,
        problem,
        problem_zh
    )
    .execute(store.pool())
    .await
    .map_err(Error::of("reporting which model runs"))?;
    Ok(())
}

/// The servers that were seen within the last minute, by machine.
///
/// # Errors
/// As for any statement.
pub async fn servers(store: &Store) -> Result<Vec<Server>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT server, host, model, model_hash, activation, progress, progress_zh, problem, problem_zh
         FROM paigong.model_server WHERE seen_at > now() - interval '1 minute' ORDER BY host, server"
    )
    .fetch_all(store.pool())
    .await
    .map_err(Error::of("listing what the servers run"))?;
    // A server of an older release says it in English only.
    let both =
        |en: Option<String>, zh: Option<String>| en.map(|en| Bilingual { zh: zh.unwrap_or_else(|| en.clone()), en });
    let server = |row| {
        let Row { server, host, model, model_hash, activation, progress, progress_zh, problem, problem_zh } = row;
        let (progress, problem) = (both(progress, progress_zh), both(problem, problem_zh));
        Server { server, host, model, model_hash, activation, progress, problem }
    };
    Ok(rows.into_iter().map(server).collect())
}

/// Forgets a server that stops.
///
/// # Errors
/// As for any statement.
pub async fn leave(store: &Store, server: Uuid) -> Result<(), Error> {
    sqlx::query!("DELETE FROM paigong.model_server WHERE server = $1", server)
        .execute(store.pool())
        .await
        .map_err(Error::of("forgetting a server that stops"))?;
    Ok(())
}
