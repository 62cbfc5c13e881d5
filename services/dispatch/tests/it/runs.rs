//! Queued runs by kind of skill, done by the product's own executor: what each comes to, and how often it was done.

use std::sync::Arc;
use std::time::Duration;

use dispatch::connections::{self, Secrets};
use dispatch::executor::{Options, Reported, Skills};
use dispatch::job::{self, Plan};
use dispatch::retry::Retry;
use dispatch::worker::{self, Worker};
use dispatch::{Request, reap};
use outbound::seal::Keyring;
use outbound::signature::{self, Secret};
use outbound::{Client, Policy};
use paigong_core::{RunId, TurnId};
use serde_json::{Value, json};
use skills::{Manifest, Skill};
use tokio_util::sync::CancellationToken;

use crate::Scene;
use crate::webhooks::endpoint::{Answer, DEADLINE, Endpoint};

const AT_ONCE: Retry = Retry {
    tries: 3,
    base: Duration::from_millis(1),
    cap: Duration::from_millis(1),
    longest_asked: Duration::from_millis(1),
};

/// A scene whose skills are published, with a keyring and a client that may reach this machine.
struct Stage {
    scene: Scene,
    keyring: Arc<Keyring>,
    executor: Arc<Skills>,
}

impl Stage {
    async fn new() -> Self {
        Self::with(Scene::new().await)
    }

    fn with(scene: Scene) -> Self {
        let keyring = Arc::new(Keyring::parse(&Keyring::generate_line("k1").unwrap()).unwrap());
        let policy = Policy::parse(&["127.0.0.0/8".to_owned()], &[]).unwrap();
        let options = Options { retry: AT_ONCE, ..Options::default() };
        let store = scene.database.store.clone();
        let executor = Skills::new(store, Client::new(policy).unwrap(), Some(keyring.clone()), options);
        Self { scene, keyring, executor: Arc::new(executor) }
    }

    /// Publishes skills of the pack `work`, and returns them compiled.
    async fn publish(&self, manifests: &[Value]) -> Vec<Skill> {
        let manifests: Vec<Manifest> =
            manifests.iter().map(|manifest| serde_json::from_value(manifest.clone()).unwrap()).collect();
        let mut tx = self.scene.begin().await;
        store::skills::publish(&mut tx, self.scene.app, "work", &manifests, "", "").await.unwrap();
        tx.commit().await.unwrap();
        manifests.into_iter().map(|manifest| Skill::compile(manifest, 1, "work").unwrap()).collect()
    }

    async fn connect(&self, name: &str, kind: &str, address: &str, secrets: &Secrets) {
        let mut tx = self.scene.begin().await;
        connections::put(&mut tx, &self.keyring, name, kind, address, secrets).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn enqueue(&self, skill: &Skill, slots: Value) -> RunId {
        let slots = slots.as_object().cloned().unwrap();
        let turn = TurnId::new();
        let mut tx = self.scene.begin().await;
        let request = Request { turn, slots: &slots, ..self.scene.request() };
        let plan = Plan { tries: AT_ONCE.tries, ..Plan::default() };
        let run = job::enqueue(&mut tx, skill, &request, plan).await.unwrap();
        self.scene.turn(tx, turn).await;
        run
    }

    /// Works until `run` is in one of `states`.
    async fn work(&self, run: RunId, states: &[&str]) -> String {
        let options = worker::Options {
            poll: Duration::from_millis(10),
            reap: Duration::from_millis(50),
            retry: AT_ONCE,
            ..worker::Options::default()
        };
        let worker = Worker::new(self.scene.database.store.clone(), self.executor.clone(), options);
        let stop = CancellationToken::new();
        let mut state = String::new();
        let watch = async {
            let mut ended = worker.ended();
            loop {
                state = self.scene.state(run).await;
                if states.contains(&state.as_str()) {
                    return stop.cancel();
                }
                let _ = tokio::time::timeout(Duration::from_millis(50), ended.recv()).await;
            }
        };
        let both = async { tokio::join!(worker.run(stop.clone()), watch) };
        assert!(tokio::time::timeout(DEADLINE, both).await.is_ok(), "{run} is {state}, not {states:?}");
        state
    }

    async fn settled(&self, run: RunId) -> String {
        self.work(run, &["succeeded", "failed", "unknown", "dead", "cancelled"]).await
    }

    async fn reason(&self, run: RunId) -> String {
        self.scene.text("SELECT error ->> 'reason' FROM paigong.run WHERE id = $1", run).await
    }
}

fn manifest(name: &str, effect: &str, run: &Value, more: &Value) -> Value {
    let mut manifest = json!({
        "skill": name, "title": {"zh": "测试", "en": "Test"}, "effect": effect, "examples": ["测试"],
        "slots": {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number"}}},
        "run": run, "reply": {"zh": "好", "en": "ok"},
    });
    if effect != "read" {
        manifest["confirm"] = json!({"zh": "好吗？", "en": "ok?"});
    }
    manifest.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    manifest
}

fn call(effect: &str, idempotent: bool) -> Value {
    let http = json!({"connection": "erp", "method": "POST", "path": "/items/{{ name }}", "idempotent": idempotent, "timeout": 1,
                      "body": {"price": "{{ price }}", "by": "{{ context.user }}"}, "nothing": [404]});
    let returns = json!({"returns": {"type": "object", "required": ["id"]}});
    manifest("work.call", effect, &json!({"http": http}), &returns)
}

/// What the other system does, and its answer; then, for an idempotent write, another write and a read, the state the
/// run comes to and how often the system was called.
type Case = (&'static str, Answer, [(&'static str, usize); 3]);

#[tokio::test(flavor = "multi_thread")]
async fn what_a_call_comes_to() {
    let done = || Answer::Body(200, r#"{"id": 7}"#);
    let cases: [Case; 13] = [
        ("200", done(), [("succeeded", 1), ("succeeded", 1), ("succeeded", 1)]),
        ("200 that can't be read", Answer::Status(200), [("unknown", 1), ("unknown", 1), ("failed", 1)]),
        ("200 of another form", Answer::Body(200, "{}"), [("unknown", 1), ("unknown", 1), ("failed", 1)]),
        ("202", Answer::Status(202), [("waiting", 1), ("waiting", 1), ("waiting", 1)]),
        ("302", Answer::With(302, "location: http://127.0.0.1:1/"), [("failed", 1), ("failed", 1), ("failed", 1)]),
        ("404 is nothing", Answer::Status(404), [("failed", 1), ("failed", 1), ("succeeded", 1)]),
        ("422", Answer::Status(422), [("failed", 1), ("failed", 1), ("failed", 1)]),
        ("429", Answer::With(429, "retry-after: 1"), [("succeeded", 2), ("succeeded", 2), ("succeeded", 2)]),
        ("503", Answer::Status(503), [("succeeded", 2), ("succeeded", 2), ("succeeded", 2)]),
        ("500", Answer::Status(500), [("succeeded", 2), ("unknown", 1), ("succeeded", 2)]),
        ("garbage", Answer::Garbage, [("succeeded", 2), ("unknown", 1), ("succeeded", 2)]),
        ("reset", Answer::Reset, [("succeeded", 2), ("unknown", 1), ("succeeded", 2)]),
        ("hangs", Answer::Hang, [("succeeded", 2), ("unknown", 1), ("succeeded", 2)]),
    ];
    let stage = Stage::new().await;
    for (what, first, expected) in cases {
        for ((effect, idempotent), (state, calls)) in
            [("write", true), ("write", false), ("read", true)].into_iter().zip(expected)
        {
            let skill = stage.publish(&[call(effect, idempotent)]).await.remove(0);
            let skill = stage.latest(skill).await;
            let first = first.clone();
            let endpoint = Endpoint::new(
                move |_, index| if index == 0 { first.clone() } else { Answer::Body(200, r#"{"id": 7}"#) },
            )
            .await;
            stage.connect("erp", "http", &endpoint.url(), &Secrets::default()).await;
            let run = stage.enqueue(&skill, json!({"name": "a/b", "price": 12.5})).await;
            let ended = stage.work(run, &["succeeded", "failed", "unknown", "dead", "waiting"]).await;
            let received = endpoint.all();
            assert_eq!((ended.as_str(), received.len()), (state, calls), "{what}, {effect}, idempotent: {idempotent}");
            assert!(
                received.iter().all(|one| one.header("idempotency-key") == run.to_string()),
                "the same key each time"
            );
            assert_eq!(received[0].body, r#"{"price":12.5,"by":"u-1"}"#);
        }
    }
}

impl Stage {
    /// The version that was published last.
    async fn latest(&self, skill: Skill) -> Skill {
        let mut tx = self.scene.begin().await;
        let version = store::skills::live_version(&mut tx, self.scene.app, skill.name()).await.unwrap().unwrap();
        Skill::compile(skill.manifest, version, "work").unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_is_not_there_is_tried_again_and_given_up_as_not_done() {
    let stage = Stage::new().await;
    let skill = stage.publish(&[call("write", false)]).await.remove(0);
    let run = stage.enqueue(&skill, json!({"name": "a"})).await;
    assert_eq!((stage.settled(run).await, stage.reason(run).await), ("failed".into(), "unregistered".into()));

    stage.connect("erp", "http", "http://127.0.0.1:1", &Secrets::default()).await;
    let run = stage.enqueue(&skill, json!({"name": "b"})).await;
    assert_eq!((stage.settled(run).await, stage.reason(run).await), ("dead".into(), "unreachable".into()));
    let attempts = "SELECT count(*)::text FROM paigong.run_attempt WHERE run_id = $1";
    assert_eq!(stage.scene.text(attempts, run).await, "3");

    stage.connect("erp", "http", "http://10.0.0.1", &Secrets::default()).await;
    let run = stage.enqueue(&skill, json!({"name": "c"})).await;
    assert_eq!((stage.settled(run).await, stage.reason(run).await), ("failed".into(), "forbidden".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_carry_the_secrets_and_callbacks_prove_themselves_by_them() {
    let stage = Stage::new().await;
    let skill = stage.publish(&[call("write", false)]).await.remove(0);
    let endpoint = Endpoint::new(|_, _| Answer::Status(202)).await;
    let key = Secret::generate();
    let secrets = Secrets {
        headers: [("authorization".to_owned(), "Bearer s3cret".to_owned())].into(),
        signing: vec![key.reveal().to_string()],
        url: None,
    };
    stage.connect("erp", "http", &endpoint.url(), &secrets).await;
    let run = stage.enqueue(&skill, json!({"name": "a", "price": 1})).await;
    assert_eq!(stage.work(run, &["waiting"]).await, "waiting");
    let request = endpoint.all().remove(0);
    assert_eq!(request.header("authorization"), "Bearer s3cret");
    assert_eq!(request.header("paigong-callback"), format!("/v1/callbacks/{}/{run}", stage.scene.tenant));
    let at: i64 = request.header("webhook-timestamp").parse().unwrap();
    let keys = [key];
    let verified = signature::verify(
        &keys,
        request.header("webhook-id"),
        at,
        request.header("webhook-signature"),
        request.body.as_bytes(),
        at,
        signature::TOLERANCE,
    );
    assert_eq!(verified, Ok(()));

    let body = br#"{"status": "succeeded", "result": {"id": 9}}"#;
    let now = chrono::Utc::now().timestamp();
    let signed = signature::sign(&keys, "c-1", now, body).unwrap();
    let time = now.to_string();
    let report = async |tenant, signed: [&str; 3], body: &[u8]| {
        stage.executor.callback(tenant, run, signed, body).await.unwrap()
    };
    let good = ["c-1", time.as_str(), signed.as_str()];
    assert_eq!(report(stage.scene.tenant, ["c-1", &time, ""], body).await, Reported::NotSigned);
    assert_eq!(report(stage.scene.tenant, good, br#"{"status": "failed"}"#).await, Reported::NotSigned);
    assert_eq!(report(stage.scene.neighbour, good, body).await, Reported::NotSigned, "another tenant has no such run");
    assert_eq!(report(stage.scene.tenant, good, body).await, Reported::Taken);
    assert_eq!(report(stage.scene.tenant, good, body).await, Reported::Taken, "a repetition");
    assert_eq!(stage.scene.state(run).await, "succeeded");
    assert_eq!(stage.scene.text("SELECT result #>> '{rows,0,id}' FROM paigong.run WHERE id = $1", run).await, "9");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_was_put_off_is_checked_again_and_done_once() {
    let stage = Stage::new().await;
    let sql = json!({"sql": "INSERT INTO work.item (name) VALUES (:name) RETURNING id"});
    let rule = json!({"rules": [{"check": "context.user == 'u-1' && slots.price != 13.0", "say": {"zh": "不行", "en": "no"}}]});
    let skill = stage.publish(&[manifest("work.add", "write", &sql, &rule)]).await.remove(0);
    let (good, bad) = (
        stage.enqueue(&skill, json!({"name": "钳子", "price": 1})).await,
        stage.enqueue(&skill, json!({"name": "锯子", "price": 13})).await,
    );
    assert_eq!(stage.settled(good).await, "succeeded");
    assert_eq!((stage.settled(bad).await, stage.reason(bad).await), ("failed".into(), "rule".into()));
    assert_eq!(stage.scene.items().await, ["扳手", "锤子", "钳子"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_taken_back_in_reverse_when_one_fails_for_good() {
    let stage = Stage::new().await;
    let add = json!({"sql": "INSERT INTO work.item (name, price) VALUES (:name, :price) RETURNING id, name, price"});
    let remove = json!({"sql": "DELETE FROM work.item WHERE tenant_id = :tenant_id AND name = :name RETURNING id"});
    let steps = json!({"steps": [
        {"skill": "work.add", "with": {"name": "slots.name", "price": "slots.price"}},
        {"skill": "work.add", "with": {"name": "steps[0].name + '二'", "price": "steps[0].price + 1.0"}},
        {"skill": "work.call", "with": {"name": "steps[1].name", "price": "steps[1].price"}},
    ]});
    let nothing = json!({});
    let skills = [
        manifest("work.add", "write", &add, &json!({"undo": "work.remove"})),
        manifest("work.remove", "write", &remove, &nothing),
        call("write", true),
        manifest("work.all", "write", &steps, &nothing),
    ];
    let whole = stage.publish(&skills).await.remove(3);
    let endpoint =
        Endpoint::new(|_, index| if index == 0 { Answer::Body(200, r#"{"id": 7}"#) } else { Answer::Status(422) })
            .await;
    stage.connect("erp", "http", &endpoint.url(), &Secrets::default()).await;

    let run = stage.enqueue(&whole, json!({"name": "甲", "price": 1.5})).await;
    assert_eq!(stage.settled(run).await, "succeeded");
    assert_eq!(stage.scene.items().await, ["扳手", "锤子", "甲", "甲二"]);
    assert_eq!(endpoint.all()[0].body, r#"{"price":2.5,"by":"u-1"}"#, "a later step sees what an earlier one returned");
    assert_eq!(stage.scene.text("SELECT result #>> '{rows,0,id}' FROM paigong.run WHERE id = $1", run).await, "7");

    let run = stage.enqueue(&whole, json!({"name": "乙", "price": 1.5})).await;
    assert_eq!((stage.settled(run).await, stage.reason(run).await), ("failed".into(), "step".into()));
    assert_eq!(stage.scene.items().await, ["扳手", "锤子", "甲", "甲二"], "both were taken back");
    let order = "SELECT string_agg(skill || ' ' || step || ' ' || state, ', ' ORDER BY id) FROM paigong.run WHERE parent_id = $1";
    assert_eq!(
        stage.scene.text(order, run).await,
        "work.add 0 succeeded, work.add 1 succeeded, work.call 2 failed, work.remove 1 succeeded, work.remove 0 succeeded"
    );
    let message = stage.scene.text("SELECT error ->> 'message' FROM paigong.run WHERE id = $1", run).await;
    assert!(
        message.starts_with("step 3 (work.call): HTTP 422") && message.contains("step 1 (work.add) was taken back"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_database_does_it_once_however_often_it_is_asked() {
    let scene = Scene::new().await;
    let proxy = crate::round_trips::tcp(&scene.database.url()).await;
    let stage = Stage::with(scene);
    let sql =
        json!({"sql": "INSERT INTO public.ledger (name) VALUES (:name) RETURNING id, name", "connection": "other"});
    let skill = stage.publish(&[manifest("work.other", "write", &sql, &json!({}))]).await.remove(0);
    let mut tx = stage.scene.begin().await;
    tx.batch("RESET ROLE", "becoming the owner").await.unwrap();
    tx.batch(
        "CREATE TABLE public.ledger (id int GENERATED ALWAYS AS IDENTITY, name text NOT NULL CHECK (name <> ''))",
        "making a table",
    )
    .await
    .unwrap();
    tx.batch(dispatch::executor::remote::RECEIPTS, "making the receipts").await.unwrap();
    tx.commit().await.unwrap();
    let secrets = Secrets { url: Some(proxy), ..Secrets::default() };
    stage.connect("other", "postgres", "127.0.0.1", &secrets).await;
    let run = stage.enqueue(&skill, json!({"name": "甲"})).await;
    assert_eq!(stage.settled(run).await, "succeeded");
    let count = "SELECT count(*)::text FROM public.ledger WHERE $1::uuid IS NOT NULL";
    let owner = async || {
        let mut tx = stage.scene.begin().await;
        tx.batch("RESET ROLE", "becoming the owner").await.unwrap();
        let count: String = sqlx::query_scalar(count).bind(run.0).fetch_one(tx.connection()).await.unwrap();
        count
    };
    assert_eq!(owner().await, "1");

    // As if the worker had died after the other database's commit: the run is there again, and its receipt too.
    let mut tx = stage.scene.begin().await;
    for sql in [
        "UPDATE paigong.run SET state = 'queued', finished_at = NULL, result = NULL WHERE id = $1",
        "INSERT INTO paigong.job (tenant_id, run_id, attempt, may_repeat) SELECT tenant_id, id, attempt, true FROM paigong.run WHERE id = $1",
    ] {
        sqlx::query(sql).bind(run.0).execute(tx.connection()).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(stage.settled(run).await, "succeeded");
    assert_eq!(owner().await, "1", "done once");
    assert_eq!(stage.scene.text("SELECT result #>> '{rows,0,name}' FROM paigong.run WHERE id = $1", run).await, "甲");

    let run = stage.enqueue(&skill, json!({"name": ""})).await;
    assert_eq!((stage.settled(run).await, stage.reason(run).await), ("failed".into(), "constraint".into()));
    assert_eq!(reap::reap(&stage.scene.database, &AT_ONCE).await.unwrap(), 0);
}
