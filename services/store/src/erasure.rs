//! What is stored about an end user: all of it to be read, and to be erased. The ledger keeps its rows, emptied: that something was
//! done stays known, not what.

use paigong_core::AppId;
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, TenantTx, apps};

/// How much was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Conversations, which are gone.
    pub conversations: u64,
    /// Turns, which are gone.
    pub turns: u64,
    /// Runs, which were emptied.
    pub runs: u64,
}

/// The user's conversations, oldest first, after `after`, at most `limit`.
///
/// # Errors
/// As for any statement.
pub async fn conversations(
    tx: &mut TenantTx,
    app: AppId,
    end_user: &str,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Uuid>, Error> {
    sqlx::query_scalar!(
        "SELECT id FROM paigong.conversation WHERE tenant_id = $1 AND app_id = $2 AND end_user = $3 AND ($4::uuid IS NULL OR id > $4)
         ORDER BY id LIMIT $5",
        tx.tenant().0,
        app.0,
        end_user,
        after,
        i64::from(limit)
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing a user's conversations"))
}

/// Everything that is stored about conversations, by table, each row as it is.
///
/// # Errors
/// As for any statement.
pub async fn records(tx: &mut TenantTx, app: AppId, ids: &[Uuid]) -> Result<Value, Error> {
    let texts: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    sqlx::query_scalar!(
        r#"SELECT json_build_object(
               'conversations', (SELECT coalesce(json_agg(to_jsonb(c) - 'tenant_id' ORDER BY c.id), '[]') FROM paigong.conversation c
                   WHERE c.tenant_id = $1 AND c.app_id = $2 AND c.id = ANY ($3)),
               'turns', (SELECT coalesce(json_agg(to_jsonb(t) - 'tenant_id' ORDER BY t.conversation_id, t.seq), '[]') FROM paigong.turn t
                   WHERE t.tenant_id = $1 AND t.conversation_id = ANY ($3)),
               'runs', (SELECT coalesce(json_agg(to_jsonb(r) - 'tenant_id' ORDER BY r.id), '[]') FROM paigong.run r
                   WHERE r.tenant_id = $1 AND r.conversation_id = ANY ($3)),
               'attempts', (SELECT coalesce(json_agg(to_jsonb(a) - 'tenant_id' ORDER BY a.run_id, a.ended_at), '[]')
                   FROM paigong.run_attempt a JOIN paigong.run r ON r.tenant_id = a.tenant_id AND r.id = a.run_id
                   WHERE a.tenant_id = $1 AND r.conversation_id = ANY ($3)),
               'inbox', (SELECT coalesce(json_agg(to_jsonb(i) - 'tenant_id' ORDER BY i.id), '[]') FROM paigong.inbox i
                   WHERE i.tenant_id = $1 AND i.conversation_id = ANY ($3)),
               'suggestions', (SELECT coalesce(json_agg(to_jsonb(s) - 'tenant_id' ORDER BY s.id), '[]') FROM paigong.suggestion s
                   WHERE s.tenant_id = $1 AND s.app_id = $2 AND s.conversation_id = ANY ($3)),
               'events', (SELECT coalesce(json_agg(to_jsonb(e) - 'tenant_id' ORDER BY e.id), '[]') FROM paigong.event e
                   WHERE e.tenant_id = $1 AND e.conversation_id = ANY ($3)),
               'answers', (SELECT coalesce(json_agg(to_jsonb(k) - 'tenant_id' - 'request_hash' ORDER BY k.created_at), '[]')
                   FROM paigong.idempotency k
                   WHERE k.tenant_id = $1 AND k.app_id = $2 AND k.response ->> 'conversation_id' = ANY ($4))) AS "records!: Value""#,
        tx.tenant().0,
        app.0,
        ids,
        &texts
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of("reading a user's data"))
}

/// Locks the user's conversations and their runs for the rest of the transaction; returns the conversations, and whether a run
/// of theirs is under way.
///
/// # Errors
/// As for any statement.
pub async fn lock(tx: &mut TenantTx, app: AppId, end_user: &str) -> Result<(Vec<Uuid>, bool), Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM paigong.conversation WHERE tenant_id = $1 AND app_id = $2 AND end_user = $3 ORDER BY id FOR UPDATE",
        tx.tenant().0,
        app.0,
        end_user
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("locking a user's conversations"))?;
    Ok((ids.clone(), is_under_way(tx, &ids).await?))
}

async fn is_under_way(tx: &mut TenantTx, ids: &[Uuid]) -> Result<bool, Error> {
    let runs = sqlx::query_scalar!(
        r#"SELECT finished_at IS NULL AS "is_under_way!" FROM paigong.run WHERE tenant_id = $1 AND conversation_id = ANY ($2)
           ORDER BY id FOR UPDATE"#,
        tx.tenant().0,
        ids
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("locking a user's runs"))?;
    Ok(runs.into_iter().any(|is_under_way| is_under_way))
}

/// Erases these conversations, which [`lock`] has locked, and whatever says something of them.
///
/// # Errors
/// As for any statement.
pub async fn erase(tx: &mut TenantTx, app: AppId, ids: &[Uuid]) -> Result<Erased, Error> {
    if forget_suggestions(tx, app, ids).await? {
        // An accepted one was an example of its skill.
        apps::bump_revision(tx, app).await?;
    }
    forget_inbox(tx, ids).await?;
    forget_answers(tx, app, ids).await?;
    empty_events(tx, ids).await?;
    empty_attempts(tx, ids).await?;
    let runs = empty_runs(tx, app, ids).await?;
    let turns = forget_turns(tx, ids).await?;
    Ok(Erased { conversations: forget_conversations(tx, app, ids).await?, turns, runs })
}

/// Whether one of them was an example of its skill.
async fn forget_suggestions(tx: &mut TenantTx, app: AppId, ids: &[Uuid]) -> Result<bool, Error> {
    let states = sqlx::query_scalar!(
        "DELETE FROM paigong.suggestion WHERE tenant_id = $1 AND app_id = $2 AND conversation_id = ANY ($3) RETURNING state",
        tx.tenant().0,
        app.0,
        ids
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("erasing suggestions"))?;
    Ok(states.iter().any(|state| state == "accepted"))
}

async fn forget_inbox(tx: &mut TenantTx, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!("DELETE FROM paigong.inbox WHERE tenant_id = $1 AND conversation_id = ANY ($2)", tx.tenant().0, ids)
        .execute(tx.connection())
        .await
        .map_err(Error::of("erasing items of the inbox"))?;
    Ok(())
}

async fn forget_answers(tx: &mut TenantTx, app: AppId, ids: &[Uuid]) -> Result<(), Error> {
    let texts: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    sqlx::query!(
        "DELETE FROM paigong.idempotency WHERE tenant_id = $1 AND app_id = $2 AND response ->> 'conversation_id' = ANY ($3)",
        tx.tenant().0,
        app.0,
        &texts
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("erasing kept answers"))?;
    Ok(())
}

/// Deliveries go on, in their order, with nothing in them.
async fn empty_events(tx: &mut TenantTx, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "WITH event AS (
             UPDATE paigong.event e SET payload = json_build_object('type', e.type, 'erased', true)
             WHERE e.tenant_id = $1 AND e.conversation_id = ANY ($2) RETURNING e.id
         ), delivery AS (
             UPDATE paigong.delivery d SET error = NULL FROM event WHERE d.tenant_id = $1 AND d.event_id = event.id RETURNING d.id
         )
         UPDATE paigong.delivery_attempt a SET error = NULL FROM delivery WHERE a.tenant_id = $1 AND a.delivery_id = delivery.id",
        tx.tenant().0,
        ids
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("emptying events"))?;
    Ok(())
}

async fn empty_attempts(tx: &mut TenantTx, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE paigong.run_attempt a SET error = jsonb_build_object('reason', a.error -> 'reason') FROM paigong.run r
         WHERE a.tenant_id = $1 AND r.tenant_id = $1 AND r.id = a.run_id AND r.conversation_id = ANY ($2) AND a.error IS NOT NULL",
        tx.tenant().0,
        ids
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("emptying attempts"))?;
    Ok(())
}

/// Of an error only the stable word is left. Without its request a run can't be tried again.
async fn empty_runs(tx: &mut TenantTx, app: AppId, ids: &[Uuid]) -> Result<u64, Error> {
    let done = sqlx::query!(
        r#"UPDATE paigong.run SET app_id = $2, slots = '{}', request = NULL, told = true,
                  result = CASE WHEN result IS NOT NULL THEN '{"rows":[],"truncated":false}'::json END,
                  error = CASE WHEN error IS NOT NULL THEN jsonb_build_object('reason', error -> 'reason') END
           WHERE tenant_id = $1 AND conversation_id = ANY ($3)"#,
        tx.tenant().0,
        app.0,
        ids
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("emptying runs"))?;
    Ok(done.rows_affected())
}

async fn forget_turns(tx: &mut TenantTx, ids: &[Uuid]) -> Result<u64, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.turn WHERE tenant_id = $1 AND conversation_id = ANY ($2)",
        tx.tenant().0,
        ids
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("erasing turns"))?;
    Ok(done.rows_affected())
}

async fn forget_conversations(tx: &mut TenantTx, app: AppId, ids: &[Uuid]) -> Result<u64, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.conversation WHERE tenant_id = $1 AND app_id = $2 AND id = ANY ($3)",
        tx.tenant().0,
        app.0,
        ids
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("erasing conversations"))?;
    Ok(done.rows_affected())
}
