//! A server that does one thing to every connection and remembers what it read.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What happens to a connection.
#[derive(Clone)]
pub(crate) enum Then {
    /// The request is read, this is written, the connection is closed.
    Say(String),
    /// This is written before anything is read.
    SayAtOnce(String),
    /// The request is read, the connection is reset.
    Reset,
    /// The connection is reset before anything is read.
    ResetUnread,
    /// What comes is read, until the other side leaves; nothing is written.
    Hang,
    /// The request is read, the answer's headers and part of its body are written, and then no more.
    Drip,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<String>,
}

pub(crate) struct Fake {
    pub(crate) port: u16,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    pub(crate) async fn answering(answer: &str) -> Self {
        Self::start(Then::Say(answer.to_owned())).await
    }

    pub(crate) async fn start(then: Then) -> Self {
        Self::serve(then, None).await
    }

    pub(crate) async fn start_tls(answer: &str, tls: TlsAcceptor) -> Self {
        Self::serve(Then::Say(answer.to_owned()), Some(tls)).await
    }

    async fn serve(then: Then, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::<Mutex<Seen>>::default();
        let remembers = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.expect("a connection");
                remembers.lock().expect("no panic").connections += 1;
                let (then, seen, tls) = (then.clone(), Arc::clone(&remembers), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None if matches!(then, Then::ResetUnread) => reset(tcp),
                        None if matches!(then, Then::Reset) => reset(read(tcp, &seen).await),
                        None => behave(tcp, then, &seen).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(tcp).await {
                                behave(stream, then, &seen).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, seen, task }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Requests that were read whole, as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("no panic").requests.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().expect("no panic").connections
    }
}

async fn behave<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, then: Then, seen: &Mutex<Seen>) {
    match then {
        Then::Say(answer) => {
            let mut stream = read(stream, seen).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
            drain(stream).await;
        }
        Then::SayAtOnce(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            drain(stream).await;
        }
        Then::Drip => {
            let mut stream = read(stream, seen).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await;
            drain(stream).await;
        }
        Then::Hang | Then::Reset | Then::ResetUnread => drain(stream).await,
    }
}

/// Reads until the other side leaves, so that closing does not reset what was written.
async fn drain<S: AsyncRead + Unpin>(mut stream: S) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}

/// Reads one request, headers and as much body as they say.
async fn read<S: AsyncRead + Unpin>(mut stream: S, seen: &Mutex<Seen>) -> S {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, length)| length.trim().parse().expect("a length"));
            if body.len() >= length {
                break;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => text.push_str(std::str::from_utf8(&buffer[..count]).expect("ASCII")),
            _ => return stream,
        }
    }
    seen.lock().expect("no panic").requests.push(text);
    stream
}

/// Closes with RST rather than FIN.
fn reset(stream: TcpStream) {
    stream.set_zero_linger().expect("linger");
}

/// A port where nothing listens.
pub(crate) async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address").port()
}

/// An authority as PEM, and a server with a certificate of its for this name.
pub(crate) fn authority(name: &str) -> (String, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate and its key");
    (made.cert.pem(), TlsAcceptor::from(Arc::new(config)))
}
