//! The ledger's row of a run that was executed in the turn's own transaction, with its audit entry and its event. Runs
//! that go through the queue get theirs in [`crate::job`].

use paigong_core::{RunId, TenantId};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use skills::{Effect, Skill};
use store::TenantTx;

use crate::events::{self, Topic};
use crate::job::StepOf;
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
    let (state, topic) = match outcome.error {
        None => ("succeeded", Topic::RunSucceeded),
        Some(_) => ("failed", Topic::RunFailed),
    };
    let effect = effect_name(skill.manifest.effect);
    let slots = canonical(&Value::Object(request.slots.clone()));
    let version = i32::try_from(skill.version).unwrap_or(i32::MAX);
    let payload = (skill.manifest.effect != Effect::Read).then(|| {
        let short = result.as_ref().filter(|result| result.len() <= 16_000);
        let result = short.and_then(|result| serde_json::from_str::<Value>(result).ok());
        events::payload(
            topic,
            json!({"run_id": run_id, "conversation_id": request.conversation, "user": request.user, "skill": skill.name(),
                   "skill_version": version, "slots": slots, "status": state, "attempt": 1, "result": result, "error": error}),
        )
    });
    sqlx::query!(
        "WITH run AS (
             INSERT INTO paigong.run (tenant_id, id, app_id, conversation_id, turn_id, skill, skill_version, effect, slots, run_key,
                                      state, attempt, result, error, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12::text::json, $13, clock_timestamp())
         ), audit AS (
             INSERT INTO paigong.audit (tenant_id, id, actor, action, target, detail)
             SELECT $1, gen_random_uuid(), left($14, 256), 'run.' || $11, $2::text,
                    jsonb_build_object('skill', $6::text, 'version', $7::integer, 'attempt', 1)
             WHERE $8 <> 'read'
         )
         SELECT paigong.emit($1, $3, $4, gen_random_uuid(), $15, $16::text::json) WHERE $16 IS NOT NULL",
        tx.tenant().0,
        run_id.0,
        request.app.0,
        request.conversation.0,
        request.turn.0,
        skill.name(),
        version,
        effect,
        slots,
        run_key(tx.tenant(), skill, request),
        state,
        result,
        error,
        request.user,
        topic.name(),
        payload
    )
    .execute(tx.connection())
    .await
    .map_err(store::Error::of("writing the ledger"))
    .map_err(already_run)?;
    Ok(outcome)
}

/// The key of a step of a run: what makes it the same step.
pub(crate) fn step_key(step: StepOf) -> String {
    match step.undoes {
        None => format!("{}/{}", step.parent, step.step),
        Some(undone) => format!("{}/{}/{undone}", step.parent, step.step),
    }
}

pub(crate) fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Write => "write",
        Effect::Money => "money",
    }
}

pub(crate) fn already_run(error: store::Error) -> Error {
    match error {
        store::Error::Conflict { what, .. } if what == "run_once" => Error::AlreadyRun,
        error => Error::Store(error),
    }
}

/// `value` with its keys sorted, and without NUL characters, which jsonb can't hold.
pub(crate) fn canonical(value: &Value) -> Value {
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
