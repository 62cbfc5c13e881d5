//! A ledger on a database of its own, the processes that work on it, and clients that never give up.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};
use skills::Pack;
use store::keys::Caller;
use store::{Options, Store};

use super::bank::Bank;
use crate::harness::{CLOCK, command, root, spawn};

/// Longer than anything takes that a test waits for, on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);
/// How long a worker may be silent.
pub(crate) const LEASE: Duration = Duration::from_secs(3);

pub(crate) type Settings = Vec<(&'static str, String)>;

/// The ledger, and whoever may call it.
pub(crate) struct Scene {
    pub store: Store,
    pub url: String,
    pub caller: Caller,
    pub key: String,
    pub settings: Settings,
    pub bank: Bank,
}

/// A process; killed when dropped.
pub(crate) struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    pub(crate) fn signal(&self, name: &str) {
        let sent = std::process::Command::new("kill").args([&format!("-{name}"), &self.0.id().to_string()]).status();
        assert!(sent.unwrap().success(), "kill -{name}");
    }

    /// Waits until it has ended by `abort`, as a failure point does.
    pub(crate) async fn died(&mut self) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                assert_eq!(status.signal(), Some(6), "it should have died at its failure point: {status}");
                return;
            }
            assert!(begun.elapsed() < DEADLINE, "it never came to its failure point");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Scene {
    /// A ledger in the database at `url`, which is migrated.
    pub(crate) async fn on(url: String, bank: Bank) -> Self {
        let store = Store::connect(Options::new(SecretString::from(url.clone()))).await.unwrap();
        let pack = pack();
        store::packs::install(&store, &pack).await.unwrap();
        let (tenant, app) = store::apps::ensure(&store, "bank", "app").await.unwrap();
        let mut tx = store.begin(tenant.id).await.unwrap();
        let manifests: Vec<_> = pack.manifests.iter().map(|(_, manifest)| manifest.clone()).collect();
        store::skills::publish(&mut tx, app.id, "ledger", &manifests, "test", "").await.unwrap();
        let (_, key) = store::keys::create(&mut tx, app.id, "test", None).await.unwrap();
        tx.commit().await.unwrap();
        store::packs::seed(&store, tenant.id, &pack).await.unwrap();
        let key = key.reveal().to_owned();
        let caller = store::keys::authenticate(&store, &key).await.unwrap().unwrap().caller;
        let secret = command("").args(["secrets", "generate"]).output().unwrap();
        let settings: Settings = vec![
            ("PAIGONG_SECRET_KEYS", String::from_utf8(secret.stdout).unwrap().trim().to_owned()),
            ("PAIGONG_OUTBOUND_ALLOW", "127.0.0.0/8".to_owned()),
            ("PAIGONG_LEASE_SECONDS", LEASE.as_secs().to_string()),
            ("PAIGONG_RUN_WAIT_MS", "1500".to_owned()),
            ("PAIGONG_SHUTDOWN_SECONDS", "20".to_owned()),
        ];
        let put = command(&url)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .args(["connections", "put", "--tenant", "bank", "bank", "--url", &format!("http://{}", bank.address)])
            .output()
            .unwrap();
        assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
        Self { store, url, caller, key, settings, bank }
    }

    fn with(&self, more: &[(&'static str, &str)]) -> Settings {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.settings.iter().cloned().chain(more).collect()
    }

    pub(crate) fn serve(&self, more: &[(&'static str, &str)]) -> (Process, String) {
        let (process, address) = spawn(&self.url, CLOCK, &self.with(more));
        (Process(process), address)
    }

    pub(crate) fn worker(&self, more: &[(&'static str, &str)]) -> Process {
        let worker = command(&self.url).arg("worker").envs(self.with(more)).stderr(Stdio::null()).spawn().unwrap();
        Process(worker)
    }

    pub(crate) fn client(&self, address: &Arc<Mutex<String>>) -> Client {
        // No connection is used twice: one that the server is just closing would be neither refused nor answered.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Client { http, address: address.clone(), key: self.key.clone() }
    }

    /// The first column of the first row of `sql`, with the rights of the owner.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        let begun = Instant::now();
        loop {
            // The database may just be away.
            let number = async {
                let mut tx = self.store.begin(self.caller.tenant).await.ok()?;
                tx.batch("RESET ROLE", "becoming the owner").await.ok()?;
                sqlx::query_scalar(sql).fetch_one(tx.connection()).await.ok()
            };
            if let Some(number) = number.await {
                return number;
            }
            assert!(begun.elapsed() < DEADLINE, "{sql}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the queue is empty.
    pub(crate) async fn settled(&self) {
        let begun = Instant::now();
        while self.number("SELECT count(*) FROM paigong.job").await > 0 {
            assert!(begun.elapsed() < DEADLINE, "the queue does not become empty");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The sum is as it was, every transfer of `references` was done once, every key has its answer, every run is over.
    pub(crate) async fn holds(&self, transfers: usize) {
        assert_eq!(
            self.number("SELECT sum(balance)::bigint FROM ledger.account").await,
            10_000,
            "the sum never changes"
        );
        let twice = "SELECT count(*) FROM (SELECT FROM ledger.entry GROUP BY reference HAVING count(*) > 1) twice";
        assert_eq!(self.number(twice).await, 0, "nothing is done twice");
        assert_eq!(
            self.number("SELECT count(*) FROM ledger.entry").await,
            i64::try_from(transfers).unwrap(),
            "nothing is lost"
        );
        assert_eq!(self.number("SELECT count(*) FROM paigong.idempotency WHERE response IS NULL").await, 0);
        assert_eq!(self.number("SELECT count(*) FROM paigong.run WHERE finished_at IS NULL").await, 0);
    }
}

fn pack() -> Pack {
    let folder = root().join("tests/packs/ledger");
    let files: BTreeMap<_, _> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    Pack::read("tests/packs/ledger", &files).unwrap()
}

/// A client that sends a message again, under the same key, until it is answered.
#[derive(Clone)]
pub(crate) struct Client {
    pub http: reqwest::Client,
    /// Where a server is now.
    pub address: Arc<Mutex<String>>,
    pub key: String,
}

impl Client {
    pub(crate) async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Option<(StatusCode, Value)> {
        let address = self.address.lock().unwrap().clone();
        let mut request = self.http.post(format!("http://{address}{path}")).bearer_auth(&self.key).json(body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let response = request.timeout(Duration::from_secs(20)).send().await.ok()?;
        let status = response.status();
        Some((status, response.json().await.ok()?))
    }

    /// Reads until there is an answer that counts.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let begun = Instant::now();
        loop {
            let address = self.address.lock().unwrap().clone();
            let request = self.http.get(format!("http://{address}{path}")).bearer_auth(&self.key);
            if let Ok(response) = request.send().await
                && response.status() == StatusCode::OK
                && let Ok(body) = response.json().await
            {
                return body;
            }
            assert!(begun.elapsed() < DEADLINE, "never answered: {path}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Sends until there is an answer that counts.
    pub(crate) async fn say(&self, key: &str, body: &Value) -> Value {
        let begun = Instant::now();
        loop {
            match self.post("/v1/chat-messages", Some(key), body).await {
                Some((StatusCode::OK, answer)) => return answer,
                Some((status, problem)) => {
                    assert!(status.is_server_error() || status == StatusCode::CONFLICT, "{status} {problem} for {body}")
                }
                None => {}
            }
            assert!(begun.elapsed() < DEADLINE, "never answered: {body}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Asks for `skill` and confirms; returns the last answer.
    pub(crate) async fn write(&self, skill: &str, reference: &str) -> Value {
        let query = match skill {
            "ledger.pay" => "付款给供应商",
            "ledger.charge" => "从银行卡扣款",
            "ledger.both" => "先转账再付款给供应商的组合办理",
            _ => "在账户之间转账",
        };
        let number: usize = reference.bytes().map(usize::from).sum();
        let (giver, taker) = (format!("A{}", number % 10), format!("A{}", (number + 3) % 10));
        let inputs = json!({"reference": reference, "giver": giver, "taker": taker, "amount": 1 + number % 7});
        let user = format!("u-{reference}");
        let first = self.say(&format!("{reference}-1"), &json!({"user": user, "query": query, "inputs": inputs})).await;
        assert_eq!(first["dialog_action"]["type"], "ConfirmSkill", "{first}");
        assert_eq!(first["dialog_action"]["skill"], skill, "{first}");
        let yes = &first["dialog_action"]["options"][0]["payload"];
        let body = json!({"user": user, "conversation_id": first["conversation_id"], "query": "", "payload": yes});
        self.say(&format!("{reference}-2"), &body).await
    }
}
