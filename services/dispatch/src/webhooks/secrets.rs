//! A webhook's signing secrets, newest first, sealed into one value: one for every receiver, several while it changes over.

use outbound::seal::{self, Keyring, Place};
use outbound::signature::{self, Secret};
use paigong_core::TenantId;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Why secrets can't be used. `Display` shows none of them.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// They are sealed with a key that is not there, or for another row.
    #[error("the webhook's secrets can't be opened: is a key missing in secret_keys?")]
    Sealed(#[source] seal::OpenError),
    /// What was sealed is no text.
    #[error("the webhook's secrets are not of the form that this version writes")]
    Text,
    /// What was sealed is no secret.
    #[error("the webhook's secrets are not of the form that this version writes")]
    Secret(#[source] signature::Error),
}

/// Seals `all` for one webhook of one tenant: nowhere else can they be opened.
#[must_use]
pub fn seal(keyring: &Keyring, tenant: TenantId, webhook: Uuid, all: &[Secret]) -> Vec<u8> {
    let mut lines = Zeroizing::new(String::new());
    for secret in all {
        lines.push_str(&secret.reveal());
        lines.push('\n');
    }
    keyring.seal(&place(tenant, webhook), lines.as_bytes())
}

/// Opens them.
///
/// # Errors
/// When they were sealed with an unknown key, for another webhook, or damaged.
pub fn open(keyring: &Keyring, tenant: TenantId, webhook: Uuid, sealed: &[u8]) -> Result<Vec<Secret>, Error> {
    let lines = keyring.open(&place(tenant, webhook), sealed).map_err(Error::Sealed)?;
    let lines = std::str::from_utf8(&lines).map_err(|_| Error::Text)?;
    lines.lines().map(|line| Secret::parse(line).map_err(Error::Secret)).collect()
}

fn place(tenant: TenantId, webhook: Uuid) -> Place<'static> {
    Place { tenant: tenant.0, table: "webhook", row: webhook, column: "secrets" }
}
