//! The far side: a bank over HTTP that does a payment once for each `Idempotency-Key`, and a charge every time it is asked.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the bank does with a request, besides doing it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mood {
    /// Does it and says so.
    Fine,
    /// Does it, and breaks the connection before it can say so.
    Breaks,
    /// Does it, and answers after every time limit.
    Late,
    /// Does it, and answers with what is no HTTP.
    Babbles,
    /// Does nothing and says 500, 429, 422.
    Refuses(u16),
}

type Script = dyn Fn(&str, usize) -> Mood + Send + Sync;

#[derive(Default)]
struct Books {
    /// Requests by path.
    asked: HashMap<String, usize>,
    /// Effects by path.
    done: HashMap<String, usize>,
    keys: HashMap<String, ()>,
}

#[derive(Clone)]
pub(crate) struct Bank {
    pub address: SocketAddr,
    books: Arc<Mutex<Books>>,
}

impl Bank {
    /// `script` says what it does with the nth request for a path, from 0.
    pub(crate) async fn new(script: impl Fn(&str, usize) -> Mood + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bank = Self { address, books: Arc::default() };
        let (serving, script): (_, Arc<Script>) = (bank.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (bank, script) = (serving.clone(), script.clone());
                tokio::spawn(async move { bank.serve(stream, &*script).await });
            }
        });
        bank
    }

    /// How often it was asked for `path`.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.books.lock().unwrap().asked.get(path).copied().unwrap_or_default()
    }

    /// How often it did what `path` asks for.
    pub(crate) fn done(&self, path: &str) -> usize {
        self.books.lock().unwrap().done.get(path).copied().unwrap_or_default()
    }

    async fn serve(self, mut stream: TcpStream, script: &Script) {
        let Some((path, key)) = read(&mut stream).await else { return };
        let index = {
            let mut books = self.books.lock().unwrap();
            let asked = books.asked.entry(path.clone()).or_default();
            *asked += 1;
            *asked - 1
        };
        let mood = script(&path, index);
        if let Mood::Refuses(status) = mood {
            let _ = stream.write_all(response(status, "{}").as_bytes()).await;
            return;
        }
        {
            let mut books = self.books.lock().unwrap();
            let is_new = books.keys.insert(format!("{path} {key}"), ()).is_none();
            if is_new || path.starts_with("/charge/") {
                *books.done.entry(path.clone()).or_default() += 1;
            }
        }
        let reference = path.rsplit('/').next().unwrap_or_default();
        let text = match mood {
            Mood::Breaks => {
                stream.set_zero_linger().unwrap();
                return;
            }
            Mood::Late => {
                // Until the caller has given up.
                let _ = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut [0])).await;
                return;
            }
            Mood::Babbles => "今天天气不错\r\n\r\n".to_owned(),
            _ => response(200, &format!(r#"{{"reference": "{reference}"}}"#)),
        };
        let _ = stream.write_all(text.as_bytes()).await;
    }
}

fn response(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

/// The path and the `Idempotency-Key` of a whole request; of an event its id.
async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix(name).map(|_| line))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let length: usize = header("content-length:").and_then(|length| length.parse().ok()).unwrap_or_default();
        if body.len() >= length {
            let path = head.split(' ').nth(1)?.to_owned();
            return Some((path, header("idempotency-key:").or(header("webhook-id:")).unwrap_or_default()));
        }
    }
}
