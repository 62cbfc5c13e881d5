//! What was learnt from examples outlives the process.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Server, Tenant};

/// An empty folder; removed when dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn files(&self) -> BTreeSet<PathBuf> {
        fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

/// What is made of a message, without how long that took.
async fn parsed(server: &Server, tenant: &Tenant, query: &str) -> Value {
    let body = json!({"user": "E1001", "query": query});
    let request = server.client.post(server.url("/v1/parse")).bearer_auth(&tenant.key).json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut report: Value = response.json().await.unwrap();
    report.as_object_mut().unwrap().remove("timings");
    report
}

#[tokio::test]
async fn a_restart_understands_as_before_and_learns_nothing_anew() {
    let folder = Folder(std::env::temp_dir().join(format!("paigong-e2e-learnt-{}", uuid::Uuid::now_v7())));
    let mut server = Server::start_with(vec![("PAIGONG_LEARNT_DIR", folder.0.display().to_string())]).await;
    let tenant = server.tenant("acme").await;
    let queries = ["下周三到周五请年假", "reset my email password", "SO-20311 到哪了", "帮我写首诗"];
    let mut before = Vec::new();
    for query in queries {
        before.push(parsed(&server, &tenant, query).await);
    }
    let files = folder.files();
    assert!(files.len() >= 5, "background, stances, scale, examples, classifier, tagger: {files:?}");

    server.kill_and_restart();
    for (query, before) in queries.into_iter().zip(&before) {
        assert_eq!(parsed(&server, &tenant, query).await, *before, "{query}");
    }
    assert_eq!(folder.files(), files);

    // Damage costs the time to learn again, and nothing else.
    for file in &files {
        let bytes = fs::read(file).unwrap();
        fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    }
    server.kill_and_restart();
    for (query, before) in queries.into_iter().zip(&before) {
        assert_eq!(parsed(&server, &tenant, query).await["candidates"][0]["skill"], before["candidates"][0]["skill"]);
    }
    assert_eq!(folder.files(), files);
    assert!(files.iter().all(|file| fs::metadata(file).unwrap().len() > 1000));
}
