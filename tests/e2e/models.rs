//! Another model while turns go on: taken over without a lost turn, gone back from, refused when it can't be used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use understanding::encoder::{Manifest, testing};

use crate::harness::{Server, Tenant, command, root};

const SHIPPED: &str = "paigong-bilingual-2";

/// A folder of models with the shipped one, and an export of another one beside it; removed when dropped.
struct Models(PathBuf);

impl Models {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("paigong-e2e-models-{}", uuid::Uuid::now_v7()));
        fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(root().join("models").join(SHIPPED), folder.join(SHIPPED)).unwrap();
        let tokenizer = root().join("models").join(SHIPPED).join("tokenizer.json");
        testing::write(&folder.join(".export"), &tokenizer, 7);
        Self(folder)
    }

    fn setting(&self) -> (&'static str, String) {
        ("PAIGONG_MODELS_DIR", self.0.display().to_string())
    }

    fn run(&self, server: &Server, arguments: &[&str]) -> Output {
        let mut models = command(&server.database.url());
        models.env("PAIGONG_MODELS_DIR", &self.0).arg("models").args(arguments).output().unwrap()
    }

    fn add(&self, server: &Server, name: &str) {
        let export = self.0.join(".export").display().to_string();
        let done = self.run(server, &["add", &export, "--name", name]);
        assert!(done.status.success(), "{}", text(&done));
    }
}

impl Drop for Models {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A tenant whose app has one pack, which is learnt in a moment.
async fn asker(server: &Server, name: &str) -> Tenant {
    let pack = crate::harness::packs().into_iter().find(|pack| pack.about.pack == "hr").unwrap();
    let (tenant, app) = store::apps::ensure(&server.database, name, "app").await.unwrap();
    let mut tx = server.database.begin(tenant.id).await.unwrap();
    let manifests: Vec<_> = pack.manifests.iter().map(|(_, manifest)| manifest.clone()).collect();
    store::skills::publish(&mut tx, app.id, "hr", &manifests, "test", "").await.unwrap();
    let (_, key) = store::keys::create(&mut tx, app.id, "test", None).await.unwrap();
    tx.commit().await.unwrap();
    store::packs::seed(&server.database, tenant.id, &pack).await.unwrap();
    let key = key.reveal().to_owned();
    let caller = store::keys::authenticate(&server.database, &key).await.unwrap().unwrap().caller;
    Tenant { caller, key }
}

/// Says things until `done`, each to be answered; how many, and the longest that one took.
async fn talk(server: &Server, tenant: &Tenant, done: &AtomicBool) -> (usize, Duration) {
    let mut longest = Duration::ZERO;
    let mut turns = 0;
    while !done.load(Ordering::Relaxed) {
        let query = ["我还有几天年假", "how many days of leave do I have", "可以带宠物猫上班吗"][turns % 3];
        let started = Instant::now();
        let (status, answer) = server.send(tenant, &json!({"user": "E1002", "query": query})).await;
        assert_eq!(status, StatusCode::OK, "{query}: {answer}");
        longest = longest.max(started.elapsed());
        turns += 1;
    }
    (turns, longest)
}

async fn turns(server: &Server, tenant: &Tenant) -> i64 {
    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM paigong.turn").fetch_one(tx.connection()).await.unwrap()
}

async fn has_vectors(server: &Server, tenant: &Tenant) -> Vec<(i64, i64)> {
    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    let sql = "SELECT count(DISTINCT passage_id), max(length(vectors) % $1)::bigint FROM paigong.passage_vector GROUP BY model_hash ORDER BY min(length(vectors))";
    let width = i32::try_from(testing::DIMENSIONS * 4).unwrap();
    sqlx::query_as(sql).bind(width).fetch_all(tx.connection()).await.unwrap()
}

#[tokio::test]
async fn another_model_takes_over_while_turns_go_on_and_the_former_one_comes_back() {
    let models = Models::new();
    let mut server = Server::start_with(vec![models.setting()]).await;
    let tenant = asker(&server, "swap").await;
    let pets = "# 宠物制度\n\n## 带宠物上班\n\n每周五可以带猫狗到办公室，须提前一天在前台登记。\n";
    let put = server.client.put(server.url("/v1/knowledge/handbook/pets.md")).bearer_auth(&tenant.key).body(pets);
    assert_eq!(put.send().await.unwrap().status(), StatusCode::OK);
    models.add(&server, "small");
    let listed = text(&models.run(&server, &["list"]));
    assert!(listed.contains(&format!("* {SHIPPED}")) && listed.contains("  small  64 dimensions"), "{listed}");

    // A confirmation is pending all the while.
    let mut pending = Value::Null;
    server.say(&tenant, "E1001", &mut pending, "下周三到周五请年假").await;
    let done = AtomicBool::new(false);
    let change = async {
        let url = server.database.url();
        let folder = models.0.clone();
        let activate = move || {
            let mut models = command(&url);
            models.env("PAIGONG_MODELS_DIR", folder).args(["models", "activate", "small"]).output().unwrap()
        };
        let output = tokio::task::spawn_blocking(activate).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        done.store(true, Ordering::Relaxed);
        output
    };
    let (changed, (said, longest)) = tokio::join!(change, talk(&server, &tenant, &done));
    let output = text(&changed);
    assert!(changed.status.success() && output.contains("answers with small"), "{output}");
    assert!(said >= 5, "only {said} turns");
    assert!(longest < Duration::from_secs(20), "a turn took {longest:?}");
    assert_eq!(turns(&server, &tenant).await, i64::try_from(said).unwrap() + 1, "no turn was lost");

    // Each passage has vectors of both models, and of the small one of its width.
    let vectors = has_vectors(&server, &tenant).await;
    assert!(vectors.len() == 2 && vectors[0].0 == vectors[1].0 && vectors[0] == (vectors[0].0, 0), "{vectors:?}");
    let listed = text(&models.run(&server, &["list"]));
    assert!(listed.contains("* small") && listed.contains("runs small"), "{listed}");
    let answer = server.say(&tenant, "E1001", &mut pending, "可以").await;
    assert_eq!(answer["execution"]["status"], "succeeded", "{answer}");
    let booked = "SELECT count(*) FROM hr.leave_request WHERE employee_no = 'E1001' AND starts_on = '2026-12-02'";
    assert_eq!(server.value(&tenant, "hr", booked).await, 1);
    let answer = server.say(&tenant, "E1003", &mut Value::Null, "我还有几天年假").await;
    assert_eq!(
        answer["execution"]["status"], "succeeded",
        "the small model knows an example when it sees one: {answer}"
    );

    let told = "SELECT count(*) FROM paigong.audit WHERE action = 'model.activated' AND target = 'small'";
    let mut tx = server.database.begin(tenant.caller.tenant).await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(told).fetch_one(tx.connection()).await.unwrap(), 1);
    tx.rollback().await.unwrap();

    // A server that starts takes the active one.
    server.kill_and_restart();
    let listed = text(&models.run(&server, &["list"]));
    assert!(listed.contains("runs small"), "{listed}");
    let back = models.run(&server, &["activate", "--back"]);
    assert!(back.status.success() && text(&back).contains(&format!("answers with {SHIPPED}")), "{}", text(&back));
    let answer = server.say(&tenant, "E1003", &mut Value::Null, "年假我还剩多少天呀").await;
    assert_eq!(answer["execution"]["status"], "succeeded", "{answer}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in ["model.toml", "model.onnx", "tokenizer.json"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
}

#[tokio::test]
async fn a_model_that_cannot_be_used_is_refused_and_the_live_one_goes_on() {
    let models = Models::new();
    let mut server = Server::start_with(vec![models.setting()]).await;
    let tenant = asker(&server, "refusals").await;
    models.add(&server, "small");
    let refused = |name: &str, word: &str| {
        let output = models.run(&server, &["activate", name]);
        assert!(!output.status.success() && text(&output).contains(word), "{name}: {}", text(&output));
    };
    refused("nowhere", "there is no model");

    let cut = models.0.join("cut");
    copy(&models.0.join("small"), &cut);
    let whole = fs::read(cut.join("model.onnx")).unwrap();
    fs::write(cut.join("model.onnx"), &whole[..whole.len() / 2]).unwrap();
    refused("cut", "is damaged or another version");
    let wide = models.0.join("wide");
    copy(&models.0.join("small"), &wide);
    let manifest = fs::read_to_string(wide.join("model.toml")).unwrap();
    fs::write(wide.join("model.toml"), manifest.replace("dimensions = 64", "dimensions = 384")).unwrap();
    refused("wide", "graph.dimensions");
    let again = models.run(&server, &["add", &models.0.join(".export").display().to_string(), "--name", "small"]);
    assert!(!again.status.success() && text(&again).contains("is there already"), "{}", text(&again));

    // What was in order when it was activated may be broken on the machine of a server.
    let identity = "0".repeat(64);
    let wanted = store::models::activate(&server.database, "small", &identity).await.unwrap();
    let dealt = dealt_with(&server, wanted.id).await;
    assert_eq!(dealt.model, SHIPPED);
    let problem = dealt.problem.unwrap();
    assert!(problem.en.contains("another model on this machine"), "{problem:?}");
    assert!(problem.zh.contains("这台机器"), "{problem:?}");
    let listed = text(&models.run(&server, &["list"]));
    assert!(listed.contains("refused the active one"), "{listed}");
    let answer = server.say(&tenant, "E1001", &mut Value::Null, "我还有几天年假").await;
    assert_eq!(answer["execution"]["status"], "succeeded", "{answer}");
    compared(&models, &server).await;

    // A server that is killed while it prepares a model starts with the one that was live, and prepares it again.
    let identity = Manifest::read(&models.0.join("small")).unwrap().identity();
    let wanted = store::models::activate(&server.database, "small", &identity).await.unwrap();
    server.kill_and_restart();
    let (status, answer) = server.send(&tenant, &json!({"user": "E1001", "query": "我还有几天年假"})).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(dealt_with(&server, wanted.id).await.model, "small");

    // Another model that has got into the same folder is not the one that was activated: the configured one is run.
    let manifest = models.0.join("small/model.toml");
    let other = fs::read_to_string(&manifest).unwrap().replace("max_tokens = 128", "max_tokens = 64");
    fs::write(&manifest, other).unwrap();
    server.kill_and_restart();
    let (status, answer) = server.send(&tenant, &json!({"user": "E1001", "query": "我还有几天年假"})).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    // The row of the server that was killed stays for a minute.
    let refused = seen(&server, |server| server.activation == wanted.id && server.problem.is_some()).await;
    assert!(refused.model == SHIPPED && refused.problem.unwrap().en.contains("another model on this machine"));
}

/// What the server says of itself once it has dealt with an activation.
async fn dealt_with(server: &Server, activation: i64) -> store::models::Server {
    seen(server, |server| server.activation == activation).await
}

/// What a server says of itself once it is as wanted.
async fn seen(server: &Server, wanted: impl Fn(&store::models::Server) -> bool) -> store::models::Server {
    let started = Instant::now();
    loop {
        let servers = store::models::servers(&server.database).await.unwrap();
        if let Some(server) = servers.into_iter().find(&wanted) {
            return server;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "no server says so");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Compares both models on an app that has one pack, and was asked something.
async fn compared(models: &Models, server: &Server) {
    let asker = asker(server, "compare").await;
    let (tenant, app) = (asker.caller.tenant, asker.caller.app);
    // Known to no model by its words.
    let query = "年假我还剩多少天呀";
    server.say(&asker, "E1001", &mut Value::Null, query).await;
    let started = Instant::now();
    loop {
        // What was said is looked up in the facts of turns, which are made beside them.
        let mut tx = server.database.begin(tenant).await.unwrap();
        if !store::review::said(&mut tx, app, 10).await.unwrap().is_empty() {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "no facts were made");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let output = models.run(server, &["compare", SHIPPED, "small", "--tenant", "compare", "--app", "app"]);
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    let line = text.lines().find(|line| line.contains("the right skill first")).unwrap();
    let shares: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(shares.len() == 2 && shares[0] > shares[1] + 10.0 && shares[1] > 10.0, "{text}");
    assert!(text.contains(&format!("  {query}\n")), "{text}");
    let unknown = models.run(server, &["compare", SHIPPED, "small", "--tenant", "nobody"]);
    assert!(!unknown.status.success(), "no tenant is made by looking");
}
