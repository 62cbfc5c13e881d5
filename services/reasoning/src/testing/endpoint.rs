//! A real HTTP server that speaks `/chat/completions` and follows a script.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What to answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// This decision, in the form that the request asks for: as a function call, in pieces, or as content.
    Decision(Value),
    /// This content, whole or in pieces as the request asks, with usage.
    Content(String),
    /// A call of this function with these arguments.
    Call(String, String),
    /// These pieces of content as a stream that breaks off after them: without an end, without usage.
    Broken(Vec<String>),
    /// Only a status, and a header's line if it is not empty.
    Status(u16, &'static str),
    /// These bytes.
    Raw(String),
    /// Nothing, while the client waits.
    Hang,
    /// The same after this time.
    Late(Duration, Box<Reply>),
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Path and query.
    pub path: String,
    /// By their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// As it came.
    pub raw: String,
    /// The same, read.
    pub body: Value,
}

/// The server. Ends when it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    port: u16,
    state: Arc<Mutex<State>>,
    server: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Reply>,
    seen: Vec<Seen>,
    open: usize,
    most_open: usize,
}

impl Endpoint {
    /// Listens on a free port of loopback. Replies are given in their order, the last one for ever.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State { script: script.into_iter().collect(), ..State::default() }));
        let shared = Arc::clone(&state);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { port, state, server }
    }

    /// What a provider's `base_url` is.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// Replaces what is left of the script.
    pub fn script(&self, script: impl IntoIterator<Item = Reply>) {
        lock(&self.state).script = script.into_iter().collect();
    }

    /// The requests so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.state).seen.clone()
    }

    /// How many were under way at once, at most.
    #[must_use]
    pub fn most_open(&self) -> usize {
        lock(&self.state).most_open
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some(seen) = read(&mut stream).await else { return };
    let mut reply = {
        let mut state = lock(&state);
        state.seen.push(seen.clone());
        state.open += 1;
        state.most_open = state.most_open.max(state.open);
        let next = if state.script.len() > 1 { state.script.pop_front() } else { state.script.front().cloned() };
        next.unwrap_or(Reply::Status(500, ""))
    };
    while let Reply::Late(pause, inner) = reply {
        tokio::time::sleep(pause).await;
        reply = *inner;
    }
    if matches!(reply, Reply::Hang) {
        // Until the client gives up.
        let _ = stream.read(&mut [0; 1]).await;
    } else {
        // A client that is gone is none of the script's business.
        let _ = stream.write_all(&answer(&reply, &seen.body)).await;
        let _ = stream.shutdown().await;
    }
    lock(&state).open -= 1;
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let (head, body_at, length) = loop {
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            break (head, end + 4, length.unwrap_or(0));
        }
    };
    while bytes.len() < body_at + length {
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    }
    let raw = String::from_utf8_lossy(&bytes[body_at..]).into_owned();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    Some(Seen {
        path: head.split(' ').nth(1).unwrap_or_default().to_owned(),
        headers: headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect(),
        body: serde_json::from_str(&raw).unwrap_or_default(),
        raw,
    })
}

fn answer(reply: &Reply, request: &Value) -> Vec<u8> {
    let streamed = request["stream"] == json!(true);
    match reply {
        Reply::Decision(decision) if request.get("tools").is_some() => {
            let mut arguments = decision.clone();
            let name = arguments.as_object_mut().and_then(|fields| fields.remove("do")).unwrap_or_default();
            call(name.as_str().unwrap_or_default(), &arguments.to_string(), streamed)
        }
        Reply::Decision(decision) => content(&decision.to_string(), streamed),
        Reply::Content(text) => content(text, streamed),
        Reply::Call(name, arguments) => call(name, arguments, streamed),
        Reply::Broken(pieces) => {
            let pieces = pieces.iter().map(|text| json!({"choices": [{"index": 0, "delta": {"content": text}}]}));
            events(pieces, false)
        }
        Reply::Status(status, header) => {
            let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
            let body = r#"{"error": {"message": "no"}}"#;
            format!("HTTP/1.1 {status} Scripted\r\n{header}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
        }
        Reply::Raw(bytes) => bytes.clone().into_bytes(),
        Reply::Hang | Reply::Late(..) => Vec::new(),
    }
}

/// What every answer says it cost: 100 tokens in, 20 out.
fn usage() -> Value {
    json!({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})
}

fn content(text: &str, streamed: bool) -> Vec<u8> {
    if !streamed {
        return document(&json!({"content": text}), "stop");
    }
    let characters: Vec<char> = text.chars().collect();
    let pieces = characters
        .chunks(7)
        .map(|piece| json!({"choices": [{"index": 0, "delta": {"content": piece.iter().collect::<String>()}}]}));
    let last = [
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": usage()}),
    ];
    events(pieces.chain(last), true)
}

fn call(name: &str, arguments: &str, streamed: bool) -> Vec<u8> {
    let function = |name: Value, text: &str| json!([{"index": 0, "function": {"name": name, "arguments": text}}]);
    if !streamed {
        return document(&json!({"content": null, "tool_calls": function(json!(name), arguments)}), "tool_calls");
    }
    let half = arguments.char_indices().nth(arguments.chars().count() / 2).map_or(0, |(at, _)| at);
    let piece = |calls: Value| json!({"choices": [{"index": 0, "delta": {"tool_calls": calls}}]});
    let pieces = [
        piece(function(json!(name), &arguments[..half])),
        piece(function(Value::Null, &arguments[half..])),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}),
        json!({"choices": [], "usage": usage()}),
    ];
    events(pieces, true)
}

fn document(message: &Value, finish: &str) -> Vec<u8> {
    let body = json!({"choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage()});
    let body = body.to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    (head + &body).into_bytes()
}

/// As awkward as the protocol allows: CR LF, comments, data of two lines.
fn events(pieces: impl IntoIterator<Item = Value>, complete: bool) -> Vec<u8> {
    let mut body = String::from("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hello\r\n\r\n");
    for piece in pieces {
        let text = piece.to_string();
        let (first, rest) = text.split_at(1);
        body.push_str(&format!("event: message\r\ndata: {first}\r\ndata:{rest}\r\n\r\n"));
    }
    if complete {
        body.push_str("data: [DONE]\r\n\r\n");
    }
    body.into_bytes()
}
