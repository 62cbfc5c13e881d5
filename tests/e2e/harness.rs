//! A server process on a database of its own, tenants with packs and seed data, and conversations with it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Map, Value, json};
use skills::Pack;
use store::keys::Caller;
use store::testing::Database;

/// Where the server's clock stands at first: Monday 2026-11-23, 10:00 in Shanghai.
pub(crate) const CLOCK: &str = skills::scenario::CLOCK;
/// How long a server may take to be ready; generous, since CI shares its cores.
const START: Duration = Duration::from_secs(120);

/// A running server; killed when dropped.
pub(crate) struct Server {
    process: Child,
    address: String,
    clock: String,
    settings: Vec<(&'static str, String)>,
    pub database: Database,
    pub client: reqwest::Client,
    packs: Vec<Pack>,
}

/// A tenant with an app, a key, and the packs' skills and data.
pub(crate) struct Tenant {
    pub caller: Caller,
    pub key: String,
}

impl Server {
    /// Starts the binary on a new database with all packs installed.
    pub(crate) async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    /// The same with these variables in its environment.
    pub(crate) async fn start_with(settings: Vec<(&'static str, String)>) -> Self {
        let database = Database::new().await;
        let packs = packs();
        for pack in &packs {
            store::packs::install(&database, pack).await.unwrap();
        }
        let (process, address) = spawn(&database.url(), CLOCK, &settings);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { process, address, clock: CLOCK.to_owned(), settings, database, client, packs }
    }

    /// Kills the process as a power cut would, and starts another on the same database.
    pub(crate) fn kill_and_restart(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        (self.process, self.address) = spawn(&self.database.url(), &self.clock, &self.settings);
    }

    /// Puts the clock to `time` if it is not there; the server is another one then, on the same database.
    pub(crate) fn set_clock(&mut self, time: &str) {
        if self.clock != time {
            time.clone_into(&mut self.clock);
            self.kill_and_restart();
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Whether the process still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// A new tenant with every pack published and seeded.
    pub(crate) async fn tenant(&self, name: &str) -> Tenant {
        let (tenant, app) = store::apps::ensure(&self.database, name, "app").await.unwrap();
        let mut tx = self.database.begin(tenant.id).await.unwrap();
        for pack in &self.packs {
            let manifests: Vec<_> = pack.manifests.iter().map(|(_, manifest)| manifest.clone()).collect();
            store::skills::publish(&mut tx, app.id, &pack.about.pack, &manifests, "test", "").await.unwrap();
        }
        let (_, key) = store::keys::create(&mut tx, app.id, "test", None).await.unwrap();
        tx.commit().await.unwrap();
        for pack in &self.packs {
            store::packs::seed(&self.database, tenant.id, pack).await.unwrap();
        }
        let key = key.reveal().to_owned();
        let caller = store::keys::authenticate(&self.database, &key).await.unwrap().unwrap().caller;
        Tenant { caller, key }
    }

    /// The same with the documents of the packs, as the command line imports them.
    pub(crate) async fn tenant_with_documents(&self, name: &str) -> Tenant {
        let tenant = self.tenant(name).await;
        for pack in &self.packs {
            for knowledge in &pack.about.knowledge {
                let folder = root().join("skills").join(&pack.about.pack).join(&knowledge.path);
                let mut import = command(&self.database.url());
                import.args(["knowledge", "import"]).arg(folder).args(["--source", &knowledge.source]);
                let done = import.args(["--tenant", name, "--app", "app"]).output().unwrap();
                assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            }
        }
        tenant
    }

    /// Sends a message and returns status and body.
    pub(crate) async fn send(&self, tenant: &Tenant, body: &Value) -> (StatusCode, Value) {
        let response =
            self.client.post(self.url("/v1/chat-messages")).bearer_auth(&tenant.key).json(body).send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap())
    }

    /// Says `text` in a conversation (begun when `conversation` is null) and returns the answer.
    pub(crate) async fn say(&self, tenant: &Tenant, user: &str, conversation: &mut Value, text: &str) -> Value {
        let body = json!({"user": user, "query": text, "conversation_id": conversation});
        let (status, answer) = self.send(tenant, &body).await;
        assert_eq!(status, StatusCode::OK, "{text}: {answer}");
        *conversation = answer["conversation_id"].clone();
        answer
    }

    /// Puts the data of every pack back to how it was seeded; only where `tenant` is the only one.
    pub(crate) async fn reset(&self, tenant: &Tenant) {
        for pack in &self.packs {
            store::scratch::reset(&self.database, tenant.caller.tenant, pack).await.unwrap();
        }
    }

    /// The first value of the first row of `sql`, as the role of `pack` and as seen by the tenant.
    pub(crate) async fn value(&self, tenant: &Tenant, pack: &str, sql: &str) -> Value {
        store::scratch::value(&self.database, tenant.caller.tenant, pack, sql).await.unwrap()
    }

    /// The packs' conversation tests: pack, file, tests.
    pub(crate) fn scenarios(&self) -> Vec<(String, String, skills::scenario::ScenarioFile)> {
        let of = |pack: &Pack| {
            let name = pack.about.pack.clone();
            pack.scenarios
                .iter()
                .map(move |(file, tests)| (name.clone(), file.clone(), tests.clone()))
                .collect::<Vec<_>>()
        };
        self.packs.iter().flat_map(of).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that ended by itself is a failure that the test has seen already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the binary and waits until it serves.
pub(crate) fn spawn(url: &str, clock: &str, settings: &[(&'static str, String)]) -> (Child, String) {
    let mut process = command(url)
        .args(["serve", "--clock", clock])
        .env("PAIGONG_LISTEN", "127.0.0.1:0")
        .env("PAIGONG_LOG_FORMAT", "json")
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let (sender, receiver) = mpsc::channel();
    // Reads on for as long as the process lives, so that its log never blocks it.
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let event: Map<String, Value> = serde_json::from_str(&line).unwrap_or_default();
            match event.get("address").and_then(Value::as_str) {
                Some(address) if event["message"] == "serving" => drop(sender.send(address.to_owned())),
                _ if event.get("level").is_none_or(|level| level != "INFO") => eprintln!("server: {line}"),
                _ => {}
            }
        }
    });
    match receiver.recv_timeout(START) {
        Ok(address) => (process, address),
        Err(_) => {
            let _ = process.kill();
            panic!("the server did not start; its log is above")
        }
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn runtime_library() -> PathBuf {
    std::env::var_os("PAIGONG_RUNTIME_LIBRARY")
        .map_or_else(|| root().join(".local/onnxruntime/libonnxruntime.so"), PathBuf::from)
}

/// A command of the binary on the database at `url`, ready to run.
pub(crate) fn command(url: &str) -> Command {
    let mut command = Command::new(binary());
    command
        .env("DATABASE_URL", url)
        .env("PAIGONG_MODELS_DIR", root().join("models"))
        .env("PAIGONG_RUNTIME_LIBRARY", runtime_library());
    command
}

/// The binary beside this test's: both are in the same target folder.
fn binary() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    let binary = path.join("paigong");
    assert!(binary.exists(), "{} is missing: `cargo build --bins` first, as `make test` does", binary.display());
    binary
}

/// Every pack of the repository.
pub(crate) fn packs() -> Vec<Pack> {
    let mut folders: Vec<_> =
        std::fs::read_dir(root().join("skills")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("pack.yaml").exists());
    folders.sort();
    let read = |folder: &PathBuf| {
        let files: BTreeMap<_, _> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| {
                (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
            })
            .collect();
        Pack::read(&folder.display().to_string(), &files).unwrap()
    };
    folders.iter().map(read).collect()
}
