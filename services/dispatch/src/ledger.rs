//! The ledger: one row for every run, written in the transaction of its effect. Leases, retries and the states that go
//! with them come with the skills that leave the database.

use paigong_core::{RunId, TenantId};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use skills::{Effect, Skill};
use store::TenantTx;

use crate::sql::Found;
use crate::{Error, Failure, Outcome, Request, Status};

/// What makes a run the same run: tenant, conversation, turn, skill, version and slots; SHA-256 in hexadecimal.
/// Every part is preceded by its length, so that no two lists of parts give the same text.
#[must_use]
pub fn run_key(tenant: TenantId, skill: &Skill, request: &Request<'_>) -> String {
    let parts = [
        tenant.to_string(),
        request.conversation.to_string(),
        request.turn.to_string(),
        skill.name().to_owned(),
        skill.version.to_string(),
        canonical(&Value::Object(request.slots.clone())).to_string(),
    ];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the row of a run that has just been executed in `tx`.
///
/// # Errors
/// [`Error::AlreadyRun`] when the run key is taken: the transaction, and with it the second effect, has to be rolled back.
pub async fn record(
    tx: &mut TenantTx,
    skill: &Skill,
    request: &Request<'_>,
    result: Result<Found, Failure>,
) -> Result<Outcome, Error> {
    let run_id = RunId::new();
    let outcome = match result {
        Ok(found) => {
            Outcome { run_id, status: Status::Succeeded, rows: found.rows, truncated: found.truncated, error: None }
        }
        Err(failure) => {
            Outcome { run_id, status: Status::Failed, rows: Vec::new(), truncated: false, error: Some(failure) }
        }
    };
    let result =
        outcome.error.is_none().then(|| json!({"rows": outcome.rows, "truncated": outcome.truncated}).to_string());
    let error = outcome.error.as_ref().map(|failure| json!(failure));
    let state = if outcome.error.is_none() { "succeeded" } else { "failed" };
    let effect = match skill.manifest.effect {
        Effect::Read => "read",
        Effect::Write => "write",
        Effect::Money => "money",
    };
    sqlx::query!(
        "INSERT INTO paigong.run (tenant_id, id, conversation_id, turn_id, skill, skill_version, effect, slots, run_key, state,
                                  attempt, result, error, finished_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11::text::json, $12, clock_timestamp())",
        tx.tenant().0,
        run_id.0,
        request.conversation.0,
        request.turn.0,
        skill.name(),
        i32::try_from(skill.version).unwrap_or(i32::MAX),
        effect,
        canonical(&Value::Object(request.slots.clone())),
        run_key(tx.tenant(), skill, request),
        state,
        result,
        error
    )
    .execute(tx.connection())
    .await
    .map_err(store::Error::of("writing the ledger"))
    .map_err(|error| match error {
        store::Error::Conflict { what, .. } if what == "run_once" => Error::AlreadyRun,
        error => Error::Store(error),
    })?;
    Ok(outcome)
}

/// `value` with its keys sorted, and without NUL characters, which jsonb can't hold.
fn canonical(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "\u{fffd}")),
        Value::Array(values) => Value::Array(values.iter().map(canonical).collect()),
        Value::Object(entries) => {
            let mut sorted: Vec<_> =
                entries.iter().map(|(key, value)| (key.replace('\0', "\u{fffd}"), canonical(value))).collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(sorted.into_iter().collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}
