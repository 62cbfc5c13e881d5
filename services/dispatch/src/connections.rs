//! Outside systems with their secrets opened, for as long as a call takes.

use std::collections::BTreeMap;

use outbound::seal::{Keyring, Place};
use outbound::signature;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use store::connections::{self, Connection};
use store::{Store, TenantTx};
use uuid::Uuid;

use crate::{Error, Failure, Reason};

/// What is secret about a connection. It is never shown, neither by Debug.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// Headers of every request, such as `Authorization`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Keys by which requests are signed and callbacks are checked (Standard Webhooks), newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signing: Vec<String>,
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, of a database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// The keys for signatures.
    ///
    /// # Errors
    /// In words for whoever registers it.
    pub fn signing(&self) -> Result<Vec<signature::Secret>, String> {
        self.signing.iter().map(|text| signature::Secret::parse(text).map_err(|error| error.to_string())).collect()
    }

    /// A database's whole address.
    #[must_use]
    pub fn url(&self) -> Option<SecretString> {
        self.url.clone().map(SecretString::from)
    }
}

/// A connection that can be used.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What is stored.
    pub connection: Connection,
    /// Its secrets.
    pub secrets: Secrets,
}

fn place(tx: &TenantTx, id: Uuid) -> Place<'static> {
    Place { tenant: tx.tenant().0, table: "connection", row: id, column: "secrets" }
}

/// Registers a connection, or changes the one of this name.
///
/// # Errors
/// As for any statement.
pub async fn put(
    tx: &mut TenantTx,
    keyring: &Keyring,
    name: &str,
    kind: &str,
    address: &str,
    secrets: &Secrets,
) -> Result<(), Error> {
    let known = connections::find(tx, name).await?;
    let id = known.map_or_else(Uuid::now_v7, |known| known.id);
    let plain = serde_json::to_vec(secrets).unwrap_or_default();
    let sealed = keyring.seal(&place(tx, id), &plain);
    connections::put(tx, id, name, kind, address, Some(&sealed)).await?;
    Ok(())
}

/// The connection called `name`. `Ok(Err(…))`: it is not registered, or its secrets can't be opened.
///
/// # Errors
/// As for any statement.
pub async fn open(
    tx: &mut TenantTx,
    keyring: Option<&Keyring>,
    name: &str,
    kind: &str,
) -> Result<Result<Opened, Failure>, Error> {
    let unregistered = |message: String| Ok(Err(Failure::new(Reason::Unregistered, message)));
    let Some(connection) = connections::find(tx, name).await? else {
        return unregistered(format!("the connection {name:?} is not registered; `paigong connections put` does it"));
    };
    if connection.kind != kind {
        return unregistered(format!(
            "the connection {name:?} is of the kind {}, the skill needs {kind}",
            connection.kind
        ));
    }
    let Some(sealed) = &connection.secrets else {
        return Ok(Ok(Opened { connection, secrets: Secrets::default() }));
    };
    let Some(keyring) = keyring else {
        return unregistered("the setting secret_keys has no key, so no connection's secrets can be opened".into());
    };
    let opened = keyring.open(&place(tx, connection.id), sealed).map_err(|error| error.to_string());
    match opened.and_then(|plain| serde_json::from_slice(&plain).map_err(|_| "they are not of this version".to_owned()))
    {
        Ok(secrets) => Ok(Ok(Opened { connection, secrets })),
        Err(error) => unregistered(format!("the secrets of the connection {name:?} can't be opened: {error}")),
    }
}

/// [`open`] in a transaction of its own.
///
/// # Errors
/// As for any statement.
pub async fn open_in(
    store: &Store,
    tenant: paigong_core::TenantId,
    keyring: Option<&Keyring>,
    name: &str,
    kind: &str,
) -> Result<Result<Opened, Failure>, Error> {
    let mut tx = store.begin(tenant).await?;
    open(&mut tx, keyring, name, kind).await
}
