//! Documents in the database: imported once, replaced, removed, seen by their tenant and by whom it is permitted only.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use knowledge::document::Limits;
use knowledge::import::{self, Outcome};
use knowledge::{Found, Import, Query, Shelf};
use paigong_core::{AppId, TenantId};
use store::testing::Database;
use store::{passages, vectors};
use understanding::encoder::Encoder;
use understanding::similarity::Scale;
use uuid::Uuid;

use crate::encoder;

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("knowledge-{}", Uuid::now_v7()));
        std::fs::create_dir_all(folder.join("sub")).unwrap();
        Self(folder)
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.0.join(path), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Desk {
    database: Database,
    encoder: Encoder,
    tenant: TenantId,
    app: AppId,
}

impl Desk {
    async fn new() -> Self {
        let database = Database::new().await;
        let (tenant, app) = store::apps::ensure(&database, "甲", "desk").await.unwrap();
        Self { encoder: encoder(), tenant: tenant.id, app: app.id, database }
    }

    /// What became of each document.
    async fn import(&self, source: &str, folder: &Path, prune: bool, dry_run: bool) -> Vec<String> {
        let import = Import {
            store: &self.database,
            encoder: &self.encoder,
            tenant: self.tenant,
            app: self.app,
            source,
            requires: (source == "board").then_some("context.role == 'board'"),
            tags: &[],
            limits: Limits::default(),
            prune,
            dry_run,
        };
        let mut lines = Vec::new();
        let files = import::files(&[folder.to_owned()]).unwrap();
        let progress = |path: &str, outcome: &Outcome| lines.push(format!("{path} {outcome:?}"));
        import.run(&files, progress).await.unwrap();
        lines
    }

    async fn revision(&self) -> i64 {
        let mut tx = self.database.begin(self.tenant).await.unwrap();
        store::apps::find(&mut tx, "desk").await.unwrap().unwrap().revision
    }

    async fn sources(&self) -> Vec<passages::Source> {
        let mut tx = self.database.begin(self.tenant).await.unwrap();
        passages::sources(&mut tx, self.app).await.unwrap()
    }

    async fn search(&self, shelf: &Shelf, text: &str, sources: &[Uuid]) -> Found {
        let index = shelf.get(&self.database, self.tenant, self.app, self.revision().await).await.unwrap();
        let vector = self.encoder.embed(text, Instant::now() + Duration::from_secs(10)).await.unwrap().vector;
        index.search(&Query { text, vector: &vector, sources, limit: 5 })
    }

    fn shelf(&self) -> Shelf {
        Shelf::new(&self.encoder, Scale::default())
    }
}

#[tokio::test]
async fn only_what_has_changed_is_imported_and_what_is_gone_is_removed_on_request() {
    let (desk, folder) = (Desk::new().await, Folder::new());
    folder.write("leave.md", "# Leave\n\n## Annual\n\nFive days a year.\n");
    folder.write("sub/parking.txt", "Parking costs 300 yuan a month.");
    folder.write("broken.csv", "only a question\n");
    folder.write("_draft.md", "not to be imported");
    let failed = r#"broken.csv Failed(Row { line: 1, message: "the answer is empty" })"#;
    let all = [failed, "leave.md Imported(1)", "sub/parking.txt Imported(1)"];
    assert_eq!(desk.import("office", &folder.0, false, true).await, all);
    assert!(desk.sources().await.is_empty(), "a dry run writes nothing");
    let before = desk.revision().await;
    assert_eq!(desk.import("office", &folder.0, false, false).await, all);
    let first = desk.revision().await;
    assert!(first > before);
    assert_eq!(
        desk.import("office", &folder.0, true, false).await,
        [failed, "leave.md Unchanged", "sub/parking.txt Unchanged"]
    );
    assert_eq!(desk.revision().await, first, "nothing has changed, so no index is loaded again");

    let shelf = desk.shelf();
    let sources: Vec<_> = desk.sources().await.iter().map(|source| source.id).collect();
    let found = desk.search(&shelf, "what does parking cost", &sources).await;
    assert_eq!(found.hits[0].text, "Parking costs 300 yuan a month.");
    folder.write("sub/parking.txt", "Parking costs 350 yuan a month.");
    std::fs::remove_file(folder.0.join("leave.md")).unwrap();
    assert_eq!(
        desk.import("office", &folder.0, true, false).await,
        [failed, "sub/parking.txt Imported(1)", "leave.md Removed"]
    );
    let found = desk.search(&shelf, "what does parking cost", &sources).await;
    assert_eq!(found.hits.len(), 1);
    assert_eq!(found.hits[0].text, "Parking costs 350 yuan a month.");

    // A new version that can't be read leaves the old one in its place.
    folder.write("sub/parking.txt", "a\0b");
    desk.import("office", &folder.0, true, false).await;
    assert_eq!(desk.search(&shelf, "parking", &sources).await.hits[0].text, "Parking costs 350 yuan a month.");
    let mut tx = desk.database.begin(desk.tenant).await.unwrap();
    let documents = passages::documents(&mut tx, sources[0]).await.unwrap();
    let states: Vec<_> = documents.iter().map(|d| (d.path.as_str(), d.state.as_str(), d.passages)).collect();
    assert_eq!(states, [("broken.csv", "failed", 0), ("sub/parking.txt", "failed", 1)]);
    assert!(passages::delete_source(&mut tx, desk.app, "office").await.unwrap());
    tx.commit().await.unwrap();
    assert!(desk.search(&shelf, "parking", &sources).await.hits.is_empty());
}

#[tokio::test]
async fn documents_of_another_model_are_found_by_their_words_until_they_have_vectors() {
    let (desk, folder) = (Desk::new().await, Folder::new());
    folder.write("parking.txt", "Parking costs 300 yuan a month.");
    desk.import("office", &folder.0, false, false).await;
    let identity = desk.encoder.manifest().identity();
    assert!(vectors::tenants(&desk.database, &identity).await.unwrap().is_empty());
    assert_eq!(vectors::forget(&desk.database, &["another".to_owned()]).await.unwrap(), 1);
    assert_eq!(vectors::tenants(&desk.database, &identity).await.unwrap(), [desk.tenant]);

    let (shelf, sources) = (desk.shelf(), desk.sources().await);
    let cosine = async || desk.search(&shelf, "what does parking cost", &[sources[0].id]).await.hits[0].features.cosine;
    assert!(cosine().await == 0.0);
    assert_eq!(desk.import("office", &folder.0, false, false).await, ["parking.txt Unchanged"]);
    assert!(cosine().await > 0.3, "an index that is loaded already is told");
    assert_eq!(vectors::forget(&desk.database, &[identity]).await.unwrap(), 0);
}

#[tokio::test]
async fn only_permitted_sources_are_searched() {
    let (desk, open, closed) = (Desk::new().await, Folder::new(), Folder::new());
    open.write("bonus.txt", "The annual bonus is paid before Spring Festival.");
    closed.write("secret.txt", "The annual bonus of the board is 40 million yuan.");
    desk.import("staff", &open.0, false, false).await;
    desk.import("board", &closed.0, false, false).await;
    let sources = desk.sources().await;
    assert_eq!(sources[0].requires.as_deref(), Some("context.role == 'board'"));
    let shelf = desk.shelf();
    let question = "how many million is the annual bonus of the board";
    let all: Vec<_> = sources.iter().map(|source| source.id).collect();
    assert_eq!(desk.search(&shelf, question, &all).await.hits[0].path, "secret.txt");
    let permitted = desk.search(&shelf, question, &all[1..]).await;
    assert_eq!(permitted.hits.iter().map(|hit| hit.path.as_str()).collect::<Vec<_>>(), ["bonus.txt"]);
    assert!(desk.search(&shelf, question, &[]).await.hits.is_empty());
}

#[tokio::test]
async fn another_tenant_sees_nothing_of_it() {
    let (desk, folder) = (Desk::new().await, Folder::new());
    folder.write("a.txt", "The secret of tenant one is 42.");
    desk.import("office", &folder.0, false, false).await;
    let source = desk.sources().await[0].id;
    let (other, app) = store::apps::ensure(&desk.database, "乙", "desk").await.unwrap();
    let mut tx = desk.database.begin(other.id).await.unwrap();
    for app in [desk.app, app.id] {
        assert!(passages::sources(&mut tx, app).await.unwrap().is_empty());
        assert!(passages::load(&mut tx, app, &desk.encoder.manifest().identity()).await.unwrap().is_empty());
    }
    assert!(passages::documents(&mut tx, source).await.unwrap().is_empty());
    assert!(!passages::delete_source(&mut tx, desk.app, "office").await.unwrap());
    assert!(passages::revision(&mut tx, desk.app).await.is_err());
}
