//! How often a turn asks the database and waits: counted on the wire, by a proxy between pool and server.

use std::str::FromStr as _;
use std::sync::{Arc, Mutex};

use paigong_core::{Language, TurnId};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use store::turns::{self, NewTurn};
use store::{Options, Store, conversations, idempotency, keys};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

use crate::{Scene, skill};

/// Counts how often the client begins to speak after the server has spoken.
#[derive(Debug, Clone, Default)]
struct Wire(Arc<Mutex<(u32, bool)>>);

impl Wire {
    fn heard(&self, from_client: bool) {
        let mut state = self.0.lock().unwrap();
        state.0 += u32::from(from_client && !state.1);
        state.1 = from_client;
    }

    fn take(&self) -> u32 {
        std::mem::take(&mut self.0.lock().unwrap().0)
    }

    async fn copy(self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, from_client: bool) {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            // A Sync alone is the pool's ping of a connection that comes back to it; no turn waits for it.
            if !(from_client && buffer[..length] == *b"S\0\0\0\x04") {
                self.heard(from_client);
            }
            if to.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    }
}

/// An address of the server over TCP, whatever it listens on itself.
pub(crate) async fn tcp(url: &str) -> String {
    proxy(url, Wire::default()).await
}

/// A store whose connections go through a counting proxy.
async fn counted(url: &str) -> (Store, Wire) {
    let wire = Wire::default();
    let mut options = Options::new(proxy(url, wire.clone()).await);
    (options.min_connections, options.max_connections) = (0, 1);
    (Store::connect(options).await.unwrap(), wire)
}

/// Listens, and passes on what comes; the address to connect to.
async fn proxy(url: &str, counting: Wire) -> String {
    let server = PgConnectOptions::from_str(url).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    // Made anew: an address with a socket keeps it, whatever host it is given.
    let proxied = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .username(server.get_username())
        .database(server.get_database().unwrap_or_default())
        .ssl_mode(sqlx::postgres::PgSslMode::Disable);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (from_client, to_client) = client.into_split();
            if let Some(folder) = server.get_socket() {
                let socket = UnixStream::connect(folder.join(format!(".s.PGSQL.{}", server.get_port()))).await.unwrap();
                let (from_server, to_server) = socket.into_split();
                tokio::spawn(counting.clone().copy(from_client, to_server, true));
                tokio::spawn(counting.clone().copy(from_server, to_client, false));
            } else {
                let socket = TcpStream::connect((server.get_host(), server.get_port())).await.unwrap();
                let (from_server, to_server) = socket.into_split();
                tokio::spawn(counting.clone().copy(from_client, to_server, true));
                tokio::spawn(counting.clone().copy(from_server, to_client, false));
            }
        }
    });
    sqlx::ConnectOptions::to_url_lossy(&proxied).to_string()
}

#[tokio::test]
async fn a_turn_takes_as_many_round_trips_as_its_steps_say() {
    let scene = Scene::new().await.with(json!({"name": "锤子"}));
    let mut tx = scene.begin().await;
    let (_, key) = keys::create(&mut tx, scene.app, "", None).await.unwrap();
    tx.commit().await.unwrap();
    let (store, wire) = counted(&scene.database.url()).await;
    let read = skill("read", "SELECT price FROM work.item WHERE tenant_id = :tenant_id AND name = :name");
    let nothing = json!({});
    let mut steps = Vec::new();
    // The first round prepares the statements, once per connection; the second is what every later turn takes.
    for round in 1..=2 {
        steps.clear();
        let mut step = |name: &'static str| steps.push((name, wire.take()));
        wire.take();
        let caller = keys::authenticate(&store, key.reveal()).await.unwrap().unwrap().caller;
        step("authenticate");
        let mut tx = store.begin(caller.tenant).await.unwrap();
        step("begin");
        conversations::load(&mut tx, caller.app, "u-1", scene.conversation).await.unwrap().unwrap();
        step("load");
        drop(tx);
        let mut tx = store.begin(caller.tenant).await.unwrap();
        step("roll back and begin");
        idempotency::claim(&mut tx, caller.app, &round.to_string(), &[0; 32]).await.unwrap();
        step("claim");
        conversations::lock(&mut tx, scene.conversation, round).await.unwrap();
        step("lock");
        let request = dispatch::Request { turn: TurnId::new(), ..scene.request() };
        dispatch::run(&mut tx, &read, &request).await.unwrap();
        step("run");
        let new = NewTurn {
            id: request.turn,
            conversation: scene.conversation,
            query: "锤子多少钱",
            request: None,
            answer: "30",
            response: &nothing,
            decision: &nothing,
            trace: &nothing,
        };
        turns::insert(&mut tx, &new).await.unwrap();
        step("turn");
        conversations::save(&mut tx, scene.conversation, round, &nothing, Language::Zh).await.unwrap();
        step("save");
        idempotency::store(&mut tx, caller.app, &round.to_string(), 200, &nothing).await.unwrap();
        step("keep the answer");
        tx.commit().await.unwrap();
        step("commit");
    }
    let expected = [
        ("authenticate", 1),
        ("begin", 1),
        ("load", 1),
        ("roll back and begin", 2),
        ("claim", 1),
        ("lock", 1),
        ("run", 4),
        ("turn", 1),
        ("save", 1),
        ("keep the answer", 1),
        ("commit", 1),
    ];
    assert_eq!(steps, expected);
}
