//! A customer's endpoint, as good or bad as a test wants it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Longer than anything that a test waits for takes.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The `n` that the test put into the event.
    pub(crate) fn n(&self) -> i64 {
        serde_json::from_str::<serde_json::Value>(&self.body).unwrap()["data"]["n"].as_i64().unwrap()
    }
}

/// What to do with a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Status(u16),
    /// A status with a header line.
    With(u16, &'static str),
    /// A status with a body.
    Body(u16, &'static str),
    /// Nothing, for as long as the client waits.
    Hang,
    /// The connection is torn down.
    Reset,
    /// What is no HTTP.
    Garbage,
    /// 200, as soon as the gate is opened.
    Gate(watch::Receiver<bool>),
}

type Script = dyn Fn(&Received, usize) -> Answer + Send + Sync;

#[derive(Clone)]
pub(crate) struct Endpoint {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    count: Arc<watch::Sender<usize>>,
    /// Requests under way at the same time, at most.
    pub most_at_once: Arc<Mutex<(usize, usize)>>,
}

impl Endpoint {
    /// Answers what `script` says to a request and its index, from 0.
    pub(crate) async fn new(script: impl Fn(&Received, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = Self {
            address,
            received: Arc::default(),
            count: Arc::new(watch::channel(0).0),
            most_at_once: Arc::default(),
        };
        let (serving, script): (_, Arc<Script>) = (endpoint.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (endpoint, script) = (serving.clone(), Arc::clone(&script));
                tokio::spawn(async move { endpoint.serve(stream, &*script).await });
            }
        });
        endpoint
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until there were at least `count` requests.
    pub(crate) async fn received(&self, count: usize) -> Vec<Received> {
        let mut counted = self.count.subscribe();
        let enough = tokio::time::timeout(DEADLINE, counted.wait_for(|now| *now >= count)).await;
        assert!(enough.is_ok(), "{count} requests should have come: {:?}", self.all());
        self.all()
    }

    async fn serve(self, mut stream: TcpStream, script: &Script) {
        let Some(received) = read(&mut stream).await else { return };
        self.under_way(1);
        let index = {
            let mut all = self.received.lock().unwrap();
            all.push(received.clone());
            all.len() - 1
        };
        let answer = script(&received, index);
        self.count.send_modify(|count| *count += 1);
        let text = match answer {
            Answer::Status(status) => response(status, "", "ok"),
            Answer::With(status, header) => response(status, &format!("{header}\r\n"), "ok"),
            Answer::Body(status, body) => response(status, "", body),
            Answer::Garbage => "\u{0}今天天气不错\r\n\r\n".to_owned(),
            Answer::Reset => {
                stream.set_zero_linger().unwrap();
                self.under_way(-1);
                return;
            }
            Answer::Hang => {
                // Until the client gives up.
                let _ = stream.read(&mut [0]).await;
                self.under_way(-1);
                return;
            }
            Answer::Gate(mut gate) => {
                let _ = gate.wait_for(|open| *open).await;
                response(200, "", "ok")
            }
        };
        self.under_way(-1);
        let _ = stream.write_all(text.as_bytes()).await;
    }

    fn under_way(&self, change: isize) {
        let mut state = self.most_at_once.lock().unwrap();
        state.0 = state.0.saturating_add_signed(change);
        state.1 = state.1.max(state.0);
    }
}

fn response(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    assert!(head.starts_with("POST /hook"), "{head}");
    let headers: HashMap<_, _> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers["content-length"].parse().unwrap();
    while bytes.len() < end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[end + 4..].to_vec()).unwrap();
    Some(Received { headers, body })
}
