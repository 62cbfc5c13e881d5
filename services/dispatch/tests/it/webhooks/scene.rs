//! A database with an app that has webhooks, a neighbour, and workers that deliver.

use std::sync::Arc;
use std::time::Duration;

use dispatch::events::{self, Topic};
use dispatch::webhooks::{Deliverer, Options, Schedule, secrets};
use outbound::seal::Keyring;
use outbound::signature::{self, Secret};
use outbound::{Client, Policy};
use paigong_core::{AppId, ConversationId, Language, TenantId};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor as _};
use store::conversations::{self, NewConversation};
use store::deliveries::{self, Delivery};
use store::testing::Database;
use store::webhooks::{self, NewWebhook};
use store::{TenantTx, apps};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::endpoint::{DEADLINE, Received};

pub(crate) struct Scene {
    pub database: Database,
    pub tenant: TenantId,
    pub neighbour: TenantId,
    pub app: AppId,
    neighbours_app: AppId,
    pub keyring: Arc<Keyring>,
}

/// A worker that runs.
pub(crate) struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops it, and waits until what was under way has ended.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(DEADLINE, self.task).await.unwrap().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn cancel(&self) {
        self.stop.cancel();
    }

    /// Ends it as a power cut would.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let database = Database::new().await;
        let (tenant, app) = apps::ensure(&database, "甲", "助手").await.unwrap();
        let (neighbour, neighbours_app) = apps::ensure(&database, "乙", "助手").await.unwrap();
        let keyring = Arc::new(keyring());
        let (tenant, neighbour) = (tenant.id, neighbour.id);
        Self { database, tenant, neighbour, app: app.id, neighbours_app: neighbours_app.id, keyring }
    }

    pub(crate) async fn begin(&self) -> TenantTx {
        self.database.begin(self.tenant).await.unwrap()
    }

    /// A webhook that wants `run.succeeded`.
    pub(crate) async fn webhook(&self, url: &str) -> Uuid {
        self.webhook_with(url, &["run.succeeded"], &[Secret::generate()]).await
    }

    pub(crate) async fn webhook_with(&self, url: &str, events: &[&str], all: &[Secret]) -> Uuid {
        self.create(self.tenant, self.app, url, events, all).await
    }

    pub(crate) async fn neighbours_webhook(&self, url: &str) -> Uuid {
        self.create(self.neighbour, self.neighbours_app, url, &["run.succeeded"], &[Secret::generate()]).await
    }

    async fn create(&self, tenant: TenantId, app: AppId, url: &str, events: &[&str], all: &[Secret]) -> Uuid {
        let id = Uuid::now_v7();
        let sealed = secrets::seal(&self.keyring, tenant, id, all);
        let events: Vec<_> = events.iter().map(|&event| event.to_owned()).collect();
        let mut tx = self.database.begin(tenant).await.unwrap();
        webhooks::create(&mut tx, &NewWebhook { id, app, url, events: &events, secrets: &sealed }).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(crate) async fn conversation(&self) -> ConversationId {
        let id = ConversationId::new();
        let mut tx = self.begin().await;
        let new = NewConversation { id, app: self.app, end_user: "u-1", state: &json!({}), language: Language::Zh };
        conversations::insert(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Writes that a run succeeded, with the number `n`.
    pub(crate) async fn emit(&self, conversation: Option<ConversationId>, n: i64) {
        let mut tx = self.begin().await;
        events::emit(&mut tx, self.app, conversation, Topic::RunSucceeded, json!({"n": n})).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Starts a worker that may call this machine, with short times.
    pub(crate) fn deliver(&self, change: impl FnOnce(&mut Options)) -> Running {
        self.deliver_within(&["127.0.0.0/8"], change)
    }

    /// The same with other networks that may be called.
    pub(crate) fn deliver_within(&self, networks: &[&str], change: impl FnOnce(&mut Options)) -> Running {
        let mut options = Options {
            poll: Duration::from_millis(20),
            schedule: Schedule { delays: vec![Duration::from_millis(20); 10], ..Schedule::default() },
            ..Options::default()
        };
        change(&mut options);
        let networks: Vec<_> = networks.iter().map(|&network| network.to_owned()).collect();
        let client = Client::new(Policy::parse(&networks, &[]).unwrap()).unwrap();
        let deliverer = Deliverer::new((*self.database).clone(), client, Arc::clone(&self.keyring), options);
        let stop = CancellationToken::new();
        Running { task: tokio::spawn(deliverer.run(stop.clone())), stop }
    }

    /// Every delivery of a webhook, in order.
    pub(crate) async fn all(&self, webhook: Uuid) -> Vec<Delivery> {
        let mut all = deliveries::list(&mut self.begin().await, webhook, None, None, 1_000).await.unwrap();
        all.reverse();
        all
    }

    /// Waits until at least `count` deliveries of a webhook are in `state`; those, in order.
    pub(crate) async fn settled(&self, webhook: Uuid, state: &str, count: usize) -> Vec<Delivery> {
        let what = format!("{count} deliveries to be {state}");
        let of_state = |mut all: Vec<Delivery>| {
            all.retain(|delivery| delivery.state == state);
            all
        };
        self.until(&what, async |scene| of_state(scene.all(webhook).await).len() >= count).await;
        of_state(self.all(webhook).await)
    }

    /// Waits for the first delivery of a webhook to have had `attempts` that ended; it.
    pub(crate) async fn attempted(&self, webhook: Uuid, attempts: usize) -> Delivery {
        let first = self.all(webhook).await.remove(0).id;
        self.until("attempts to end", async |scene| {
            deliveries::attempts(&mut scene.begin().await, first).await.unwrap().len() >= attempts
        })
        .await;
        deliveries::get(&mut self.begin().await, webhook, first).await.unwrap().unwrap()
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, what: &str, holds: impl AsyncFn(&Self) -> bool) {
        let waiting = async {
            while !holds(self).await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        assert!(tokio::time::timeout(DEADLINE, waiting).await.is_ok(), "waited for {what}");
    }

    /// Runs a statement on the tenant's rows, as the database's owner.
    pub(crate) async fn set(&self, statement: &str) {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&self.database.url()).await.unwrap();
        let statement = format!("BEGIN; SET LOCAL app.tenant = '{}'; {statement}; COMMIT", self.tenant);
        connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.unwrap();
    }
}

/// A ring of a new key.
pub(crate) fn keyring() -> Keyring {
    Keyring::parse(&Keyring::generate_line("test").unwrap()).unwrap()
}

/// Whether a request is signed with `secret`, as its receiver finds out.
pub(crate) fn verify(secret: &Secret, received: &Received) -> Result<(), signature::Invalid> {
    signature::verify(
        std::slice::from_ref(secret),
        received.header("webhook-id"),
        received.header("webhook-timestamp").parse().unwrap(),
        received.header("webhook-signature"),
        received.body.as_bytes(),
        chrono::Utc::now().timestamp(),
        signature::TOLERANCE,
    )
}
