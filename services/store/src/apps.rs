//! `app`: the assistants of a tenant, each with its own skills.

use paigong_core::{AppId, Language};

use crate::{Error, Store, TenantTx, tenants};

/// One app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// Its name, unique in the tenant.
    pub name: String,
    /// The language of an answer when the message does not show one.
    pub language: Language,
    /// Grows with every change of what is live.
    pub revision: i64,
}

/// The tenant and the app of these names, created if there are none: for the demo and the command line.
///
/// # Errors
/// [`Error::Value`] for an empty or overlong name.
pub async fn ensure(store: &Store, tenant: &str, app: &str) -> Result<(tenants::Tenant, App), Error> {
    let tenant = tenants::ensure(store, tenant).await?;
    let mut tx = store.begin(tenant.id).await?;
    let app = create(&mut tx, app, Language::Zh).await?;
    tx.commit().await?;
    Ok((tenant, app))
}

/// The app called `name`, created if there is none.
///
/// # Errors
/// [`Error::Value`] for an empty or overlong name.
pub async fn create(tx: &mut TenantTx, name: &str, language: Language) -> Result<App, Error> {
    const OPERATION: &str = "creating an app";
    let row = sqlx::query!(
        "INSERT INTO paigong.app (tenant_id, id, name, language) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, name) DO UPDATE SET name = excluded.name RETURNING id, name, language, revision",
        tx.tenant().0,
        AppId::new().0,
        name,
        language.tag()
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    let language = self::language(&row.language, OPERATION)?;
    Ok(App { id: AppId(row.id), name: row.name, language, revision: row.revision })
}

/// The app called `name`.
///
/// # Errors
/// As for any statement.
pub async fn find(tx: &mut TenantTx, name: &str) -> Result<Option<App>, Error> {
    Ok(list(tx).await?.into_iter().find(|app| app.name == name))
}

/// The app with this id.
///
/// # Errors
/// As for any statement.
pub async fn get(tx: &mut TenantTx, id: AppId) -> Result<Option<App>, Error> {
    const OPERATION: &str = "reading an app";
    let row = sqlx::query!(
        "SELECT id, name, language, revision FROM paigong.app WHERE tenant_id = $1 AND id = $2",
        tx.tenant().0,
        id.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    row.map(|row| {
        let language = self::language(&row.language, OPERATION)?;
        Ok(App { id: AppId(row.id), name: row.name, language, revision: row.revision })
    })
    .transpose()
}

/// Every app of the tenant, by name.
///
/// # Errors
/// As for any statement.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<App>, Error> {
    const OPERATION: &str = "listing apps";
    let rows = sqlx::query!(
        "SELECT id, name, language, revision FROM paigong.app WHERE tenant_id = $1 ORDER BY name",
        tx.tenant().0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    rows.into_iter()
        .map(|row| {
            let language = self::language(&row.language, OPERATION)?;
            Ok(App { id: AppId(row.id), name: row.name, language, revision: row.revision })
        })
        .collect()
}

/// Says that what is live in `app` has changed. Also locks the app's row: changes of one app happen one after the other.
pub(crate) async fn bump_revision(tx: &mut TenantTx, app: AppId) -> Result<i64, Error> {
    const OPERATION: &str = "changing an app";
    sqlx::query_scalar!(
        "UPDATE paigong.app SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2 RETURNING revision",
        tx.tenant().0,
        app.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?
    .ok_or_else(|| Error::Conflict { operation: OPERATION, what: "app".into() })
}

pub(crate) fn language(tag: &str, operation: &'static str) -> Result<Language, Error> {
    Language::ALL
        .into_iter()
        .find(|language| language.tag() == tag)
        .ok_or_else(|| Error::Corrupt { operation, message: format!("{tag:?} is not a language") })
}
