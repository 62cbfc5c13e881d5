//! The report of another system on a run that it took with 202.

use outbound::signature;
use paigong_core::{RunId, TenantId};
use serde::Deserialize;
use serde_json::Value;
use skills::Execution;

use super::Skills;
use crate::{Error, connections, review};

/// What came of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// The run is over; or it was, by the same report.
    Taken,
    /// The signature is missing or wrong, or there is no such run.
    NotSigned,
    /// The body can't be used: what to change.
    Wrong(String),
    /// The run does not wait for a report.
    NotWaiting,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    status: String,
    #[serde(default)]
    result: Value,
    #[serde(default)]
    error: String,
}

impl Skills {
    /// Takes the report of another system: `signed` are webhook-id, webhook-timestamp and webhook-signature.
    ///
    /// # Errors
    /// As for any statement.
    pub async fn callback(
        &self,
        tenant: TenantId,
        run: RunId,
        signed: [&str; 3],
        body: &[u8],
    ) -> Result<Reported, Error> {
        let mut tx = self.store.begin(tenant).await?;
        let Some((found, app)) = store::runs::any(&mut tx, run).await? else { return Ok(Reported::NotSigned) };
        let version = u32::try_from(found.skill_version).unwrap_or_default();
        let skill = self.library.version(&mut tx, app, &found.skill, version).await?;
        let Some(skill) = skill else { return Ok(Reported::NotSigned) };
        let Execution::Http(call) = &skill.run else { return Ok(Reported::NotSigned) };
        let opened = connections::open(&mut tx, self.keyring.as_deref(), &call.connection, "http").await?;
        let keys = opened.ok().and_then(|opened| opened.secrets.signing().ok()).unwrap_or_default();
        let [id, timestamp, signature] = signed;
        let is_signed = timestamp.parse().is_ok_and(|at: i64| {
            let now = chrono::Utc::now().timestamp();
            signature::verify(&keys, id, at, signature, body, now, signature::TOLERANCE).is_ok()
        });
        if keys.is_empty() || !is_signed {
            return Ok(Reported::NotSigned);
        }
        let report: Report = match serde_json::from_slice(body) {
            Ok(report) => report,
            Err(error) => return Ok(Reported::Wrong(format!("the body is not as documented: {error}"))),
        };
        let outcome = match report.status.as_str() {
            "succeeded" => {
                let result = serde_json::to_vec(&report.result).unwrap_or_default();
                let result = if report.result.is_null() { Vec::new() } else { result };
                let rows = call.read(200, &result).and_then(|rows| skill.check_rows(&rows).map(|()| rows));
                match rows {
                    Ok(rows) => Ok(rows),
                    Err(message) => return Ok(Reported::Wrong(format!("result: {message}"))),
                }
            }
            "failed" => Err(report.error),
            other => return Ok(Reported::Wrong(format!("status {other:?} is not one of succeeded, failed"))),
        };
        let state = if outcome.is_ok() { "succeeded" } else { "failed" };
        if found.state == state {
            return Ok(Reported::Taken);
        }
        if !review::report(&mut tx, run, outcome).await? {
            return Ok(Reported::NotWaiting);
        }
        tx.commit().await?;
        Ok(Reported::Taken)
    }
}
