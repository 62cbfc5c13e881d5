//! `knowledge_source`, `knowledge_document`, `knowledge_passage`: what an app knows from documents. Terms and vectors
//! are opaque here; `knowledge` makes them and searches them. Whatever changes raises the app's revisions.

use chrono::{DateTime, Utc};
use paigong_core::{AppId, Language};
use uuid::Uuid;

use crate::{Error, TenantTx, apps, skills, vectors};

/// A set of documents that is imported together and that the same people may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: Uuid,
    /// Its name, unique in the app.
    pub name: String,
    /// CEL on `context`; while false, the source does not exist for this user.
    pub requires: Option<String>,
    /// Whatever its owner marks it with.
    pub tags: Vec<String>,
}

/// A document, without its passages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: Uuid,
    /// Its file, below the folder that was imported.
    pub path: String,
    /// Its title.
    pub title: String,
    /// SHA-256 of the content that is searched; empty if none is.
    pub content_hash: Vec<u8>,
    /// `zh` or `en`.
    pub language: String,
    /// The size of its file.
    pub bytes: i64,
    /// `ready`, or `failed`: the last import failed, and what was there before is still searched.
    pub state: String,
    /// Why it failed, in English,
    pub error: Option<String>,
    /// … and in Chinese.
    pub error_zh: Option<String>,
    /// When it was imported last.
    pub imported_at: DateTime<Utc>,
    /// How many passages it has.
    pub passages: i64,
}

/// A document to be stored.
#[derive(Debug)]
pub struct NewDocument<'a> {
    /// Whose it is.
    pub source: Uuid,
    /// Its file, below the folder that is imported.
    pub path: &'a str,
    /// Its title.
    pub title: &'a str,
    /// SHA-256 of the content.
    pub content_hash: [u8; 32],
    /// The language of most of it.
    pub language: Language,
    /// The size of its file.
    pub bytes: i64,
    /// Identity of the model that made the passages' vectors.
    pub model_hash: &'a str,
    /// In their order.
    pub passages: &'a [NewPassage],
}

/// A passage to be stored.
#[derive(Debug, Clone)]
pub struct NewPassage {
    /// Title and headings that it is under.
    pub heading: String,
    /// Where in the document.
    pub anchor: String,
    /// The question that it answers.
    pub question: Option<String>,
    /// What is shown.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// Its terms, between spaces.
    pub terms: String,
    /// Its vectors.
    pub vectors: Vec<u8>,
}

/// A passage as it is loaded for searching.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Its id.
    pub id: Uuid,
    /// The source of its document.
    pub source: Uuid,
    /// Its document's title,
    pub title: String,
    /// … and file.
    pub path: String,
    /// Title and headings that it is under.
    pub heading: String,
    /// Where in the document.
    pub anchor: String,
    /// The question that it answers.
    pub question: Option<String>,
    /// What is shown.
    pub text: String,
    /// `zh` or `en`.
    pub language: String,
    /// Its terms, between spaces.
    pub terms: String,
    /// Its vectors, by the model that was asked for; `None`: it has none of that model.
    pub vectors: Option<Vec<u8>>,
}

/// The source called `name`, created if there is none, with this condition and these tags.
///
/// # Errors
/// [`Error::Value`] for a name that can't be one: up to 40 lower case letters, digits and `_ . -`.
pub async fn put_source(
    tx: &mut TenantTx,
    app: AppId,
    name: &str,
    requires: Option<&str>,
    tags: &[String],
) -> Result<Source, Error> {
    let source = sqlx::query_as!(
        Source,
        "INSERT INTO paigong.knowledge_source (tenant_id, id, app_id, name, requires, tags) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, app_id, name) DO UPDATE SET requires = excluded.requires, tags = excluded.tags
         WHERE knowledge_source.requires IS DISTINCT FROM excluded.requires OR knowledge_source.tags <> excluded.tags
         RETURNING id, name, requires, tags",
        tx.tenant().0,
        Uuid::now_v7(),
        app.0,
        name,
        requires,
        tags
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of("registering a source of documents"))?;
    match source {
        Some(source) => {
            changed(tx, app).await?;
            Ok(source)
        }
        // Nothing to change: it is there.
        None => find_source(tx, app, name)
            .await?
            .ok_or_else(|| Error::Conflict { operation: "registering a source of documents", what: "source".into() }),
    }
}

/// The source called `name`.
///
/// # Errors
/// As for any statement.
pub async fn find_source(tx: &mut TenantTx, app: AppId, name: &str) -> Result<Option<Source>, Error> {
    Ok(sources(tx, app).await?.into_iter().find(|source| source.name == name))
}

/// Every source of the app, by name.
///
/// # Errors
/// As for any statement.
pub async fn sources(tx: &mut TenantTx, app: AppId) -> Result<Vec<Source>, Error> {
    sqlx::query_as!(
        Source,
        "SELECT id, name, requires, tags FROM paigong.knowledge_source WHERE tenant_id = $1 AND app_id = $2 ORDER BY name",
        tx.tenant().0,
        app.0
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing sources of documents"))
}

/// Forgets a source with all its documents. Whether it was there.
///
/// # Errors
/// As for any statement.
pub async fn delete_source(tx: &mut TenantTx, app: AppId, name: &str) -> Result<bool, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.knowledge_source WHERE tenant_id = $1 AND app_id = $2 AND name = $3",
        tx.tenant().0,
        app.0,
        name
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("removing a source of documents"))?;
    if done.rows_affected() == 1 {
        changed(tx, app).await?;
    }
    Ok(done.rows_affected() == 1)
}

/// Every document of a source, by path.
///
/// # Errors
/// As for any statement.
pub async fn documents(tx: &mut TenantTx, source: Uuid) -> Result<Vec<Document>, Error> {
    sqlx::query_as!(
        Document,
        r#"SELECT d.id, d.path, d.title, d.content_hash, d.language, d.bytes, d.state, d.error, d.error_zh, d.imported_at,
                  (SELECT count(*) FROM paigong.knowledge_passage p
                   WHERE p.tenant_id = d.tenant_id AND p.document_id = d.id) AS "passages!"
           FROM paigong.knowledge_document d WHERE d.tenant_id = $1 AND d.source_id = $2 ORDER BY d.path"#,
        tx.tenant().0,
        source
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("listing documents"))
}

/// Stores a document and its passages in place of what is there under its path.
///
/// # Errors
/// [`Error::Value`] for a text with NUL characters.
pub async fn replace_document(tx: &mut TenantTx, app: AppId, new: &NewDocument<'_>) -> Result<(), Error> {
    const OPERATION: &str = "storing a document";
    // First, because it locks: imports into one app happen one after the other.
    changed(tx, app).await?;
    let tenant = tx.tenant().0;
    let document = sqlx::query_scalar!(
        "INSERT INTO paigong.knowledge_document
             (tenant_id, id, source_id, path, title, content_hash, language, bytes, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'ready')
         ON CONFLICT (tenant_id, source_id, path) DO UPDATE SET title = excluded.title, content_hash = excluded.content_hash,
             language = excluded.language, bytes = excluded.bytes, state = 'ready', error = NULL, error_zh = NULL,
             imported_at = clock_timestamp()
         RETURNING id",
        tenant,
        Uuid::now_v7(),
        new.source,
        new.path,
        new.title,
        new.content_hash.as_slice(),
        new.language.tag(),
        new.bytes
    )
    .fetch_one(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    sqlx::query!("DELETE FROM paigong.knowledge_passage WHERE tenant_id = $1 AND document_id = $2", tenant, document)
        .execute(tx.connection())
        .await
        .map_err(Error::of(OPERATION))?;
    let column = |of: fn(&NewPassage) -> &str| new.passages.iter().map(|p| of(p).to_owned()).collect::<Vec<_>>();
    let ids: Vec<_> = new.passages.iter().map(|_| Uuid::now_v7()).collect();
    let questions: Vec<_> = new.passages.iter().map(|passage| passage.question.clone()).collect();
    let rows: Vec<_> = new.passages.iter().map(|passage| passage.vectors.clone()).collect();
    sqlx::query!(
        "INSERT INTO paigong.knowledge_passage
             (tenant_id, document_id, id, ordinal, heading, anchor, question, text, language, terms)
         SELECT $1, $2, n.id, n.ordinal - 1, n.heading, n.anchor, n.question, n.text, n.language, n.terms
         FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
              WITH ORDINALITY AS n (id, heading, anchor, question, text, language, terms, ordinal)",
        tenant,
        document,
        &ids,
        &column(|passage| &passage.heading),
        &column(|passage| &passage.anchor),
        &questions as _,
        &column(|passage| &passage.text),
        &column(|passage| passage.language.tag()),
        &column(|passage| &passage.terms)
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?;
    vectors::put(tx, new.model_hash, &ids, &rows).await
}

/// Notes that a document could not be imported, and why, in Chinese and in English. What was imported before stays.
///
/// # Errors
/// As for any statement.
pub async fn fail_document(
    tx: &mut TenantTx,
    source: Uuid,
    path: &str,
    bytes: i64,
    (zh, en): &(String, String),
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO paigong.knowledge_document
             (tenant_id, id, source_id, path, title, content_hash, language, bytes, state, error, error_zh)
         VALUES ($1, $2, $3, $4, $4, '', 'zh', $5, 'failed', $6, $7)
         ON CONFLICT (tenant_id, source_id, path) DO UPDATE SET state = 'failed', error = excluded.error,
             error_zh = excluded.error_zh, imported_at = clock_timestamp()",
        tx.tenant().0,
        Uuid::now_v7(),
        source,
        path,
        bytes,
        en,
        zh
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("noting that a document failed"))?;
    Ok(())
}

/// Forgets these documents. How many there were.
///
/// # Errors
/// As for any statement.
pub async fn delete_documents(tx: &mut TenantTx, app: AppId, documents: &[Uuid]) -> Result<u64, Error> {
    let done = sqlx::query!(
        "DELETE FROM paigong.knowledge_document WHERE tenant_id = $1 AND id = ANY ($2)",
        tx.tenant().0,
        documents
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("removing documents"))?;
    if done.rows_affected() > 0 {
        changed(tx, app).await?;
    }
    Ok(done.rows_affected())
}

/// The number that grows with every change of what the app knows.
///
/// # Errors
/// [`Error::Conflict`] when there is no such app.
pub async fn revision(tx: &mut TenantTx, app: AppId) -> Result<i64, Error> {
    const OPERATION: &str = "looking whether documents have changed";
    sqlx::query_scalar!(
        "SELECT knowledge_revision FROM paigong.app WHERE tenant_id = $1 AND id = $2",
        tx.tenant().0,
        app.0
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(Error::of(OPERATION))?
    .ok_or_else(|| Error::Conflict { operation: OPERATION, what: "app".into() })
}

/// Every passage of the app, by path and place, with the vectors of the model with this identity.
///
/// # Errors
/// As for any statement.
pub async fn load(tx: &mut TenantTx, app: AppId, model_hash: &str) -> Result<Vec<Passage>, Error> {
    sqlx::query_as!(
        Passage,
        r#"SELECT p.id, d.source_id AS source, d.title, d.path, p.heading, p.anchor, p.question, p.text, p.language, p.terms,
                v.vectors AS "vectors?"
         FROM paigong.knowledge_source s
         JOIN paigong.knowledge_document d ON d.tenant_id = s.tenant_id AND d.source_id = s.id
         JOIN paigong.knowledge_passage p ON p.tenant_id = d.tenant_id AND p.document_id = d.id
         LEFT JOIN paigong.passage_vector v ON v.tenant_id = p.tenant_id AND v.passage_id = p.id AND v.model_hash = $3
         WHERE s.tenant_id = $1 AND s.app_id = $2 ORDER BY s.name, d.path, p.ordinal"#,
        tx.tenant().0,
        app.0,
        model_hash
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("loading passages"))
}

/// A part of a document, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The passage's id.
    pub id: Uuid,
    /// Title and headings that it is under.
    pub heading: String,
    /// The question that it answers.
    pub question: Option<String>,
    /// What is shown.
    pub text: String,
}

/// The first `limit` passages of a document, in their order.
///
/// # Errors
/// As for any statement.
pub async fn parts(tx: &mut TenantTx, document: Uuid, limit: i64) -> Result<Vec<Part>, Error> {
    sqlx::query_as!(
        Part,
        "SELECT id, heading, question, text FROM paigong.knowledge_passage
         WHERE tenant_id = $1 AND document_id = $2 ORDER BY ordinal LIMIT $3",
        tx.tenant().0,
        document,
        limit
    )
    .fetch_all(tx.connection())
    .await
    .map_err(Error::of("reading a document"))
}

/// Raises both revisions, and hints at it as a published skill does.
pub(crate) async fn changed(tx: &mut TenantTx, app: AppId) -> Result<(), Error> {
    apps::bump_revision(tx, app).await?;
    sqlx::query!(
        "UPDATE paigong.app SET knowledge_revision = knowledge_revision + 1 WHERE tenant_id = $1 AND id = $2",
        tx.tenant().0,
        app.0
    )
    .execute(tx.connection())
    .await
    .map_err(Error::of("raising the revision of documents"))?;
    skills::announce(tx).await
}
