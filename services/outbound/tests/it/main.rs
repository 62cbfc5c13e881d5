//! The client against servers that behave, misbehave and disappear. Loopback only, ports that the system picks.

mod fake;
mod streaming;

use std::time::Duration;

use fake::{Fake, Then};
use http::header::{HOST, HeaderValue, LOCATION};
use http::{HeaderName, Method};
use outbound::{Client, Failure, Policy, Request, Response};

/// Long enough never to be what ends a test, so that only the limit under test does.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);
/// Enough to connect and to read headers on a busy machine, for limits that must not pass before that.
const ENOUGH: Duration = Duration::from_secs(2);

fn to_loopback() -> Client {
    let policy = Policy::parse(&["127.0.0.0/8".to_owned(), "::1".to_owned()], &[]).expect("a policy");
    Client::new(policy).expect("a client")
}

fn request(method: Method, url: &str) -> Request {
    let mut request = Request::new(method, url.parse().expect(url));
    request.timeouts.connect = LONG;
    request.timeouts.first_byte = LONG;
    request.timeouts.total = LONG;
    request
}

async fn post(url: &str) -> Result<Response, Failure> {
    let mut request = request(Method::POST, url);
    request.body = b"{\"days\":3}".to_vec();
    to_loopback().send(request).await
}

#[track_caller]
fn assert_refused(answer: Result<Response, Failure>) {
    assert!(matches!(answer, Err(Failure::Refused(_))), "{answer:?}");
}

#[track_caller]
fn assert_not_sent(answer: Result<Response, Failure>) {
    assert!(matches!(answer, Err(Failure::NotSent { .. })), "{answer:?}");
}

#[track_caller]
fn assert_lost(answer: Result<Response, Failure>) {
    assert!(matches!(answer, Err(Failure::Lost { .. })), "{answer:?}");
}

#[track_caller]
fn assert_unreadable(answer: Result<Response, Failure>, expected: u16) {
    assert!(matches!(answer, Err(Failure::Unreadable { status, .. }) if status == expected), "{answer:?}");
}

#[tokio::test]
async fn an_allowed_address_answers_by_plain_http() {
    let fake = Fake::answering("HTTP/1.1 201 Created\r\nX-Run: 7\r\nContent-Length: 2\r\n\r\nok").await;
    let mut request = request(Method::POST, &fake.url("/hooks/a%20b?key=1#part"));
    request.body = b"{\"days\":3}".to_vec();
    request.headers.insert(HeaderName::from_static("x-id"), HeaderValue::from_static("r1"));
    let answer = to_loopback().send(request).await.expect("an answer");
    assert_eq!(
        (answer.status, &*answer.body, &answer.headers["x-run"]),
        (201, &b"ok"[..], &HeaderValue::from_static("7"))
    );
    let seen = fake.requests();
    assert_eq!(seen.len(), 1);
    let head = seen[0].to_lowercase();
    assert!(head.starts_with("post /hooks/a%20b?key=1 http/1.1\r\n"), "{head}");
    for line in [
        format!("host: 127.0.0.1:{}", fake.port),
        "x-id: r1".into(),
        "content-length: 10".into(),
        "connection: close".into(),
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{line} in {head}");
    }
    for absent in ["accept-encoding", "referer", "transfer-encoding"] {
        assert!(!head.contains(absent), "{absent} in {head}");
    }
    assert!(head.ends_with("\r\n\r\n{\"days\":3}"), "{head}");
}

#[tokio::test]
async fn bodies_without_a_length_are_read_to_their_end() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    for answer in [chunked, "HTTP/1.1 200 OK\r\n\r\nabcde"] {
        let fake = Fake::answering(answer).await;
        assert_eq!(post(&fake.url("/")).await.expect("an answer").body, b"abcde");
    }
}

#[tokio::test]
async fn nothing_private_is_dialled_by_default() {
    let fake = Fake::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let port = fake.port;
    let client = Client::new(Policy::default()).expect("a client");
    let hosts =
        ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "[::1]", "localhost", "0"];
    for host in hosts {
        for url in [format!("http://{host}:{port}/"), format!("https://{host}:{port}/"), format!("https://{host}/")] {
            assert_refused(client.send(request(Method::GET, &url)).await);
        }
    }
    assert_eq!(fake.requests().len(), 0);
}

#[tokio::test]
async fn localhost_by_name_is_dialled_where_loopback_is_allowed() {
    let fake = Fake::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let answer = to_loopback().send(request(Method::GET, &format!("http://localhost:{}/", fake.port))).await;
    assert_eq!(answer.expect("an answer").status, 204);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let inner = Fake::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    for status in [301, 302, 303, 307, 308] {
        let there = inner.url("/latest/meta-data/");
        let redirect = format!("HTTP/1.1 {status} Moved\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n");
        let outer = Fake::answering(&redirect).await;
        let answer = post(&outer.url("/")).await.expect("an answer");
        assert_eq!((answer.status, answer.headers[LOCATION].as_bytes()), (status, there.as_bytes()));
    }
    assert_eq!(inner.requests().len(), 0);
}

#[tokio::test]
async fn what_the_client_decides_is_not_the_callers_to_set() {
    let fake = Fake::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    for name in ["host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "expect"] {
        let mut request = request(Method::POST, &fake.url("/"));
        request.headers.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        assert_refused(to_loopback().send(request).await);
    }
    for method in [Method::CONNECT, Method::TRACE] {
        assert_refused(to_loopback().send(request(method, &fake.url("/"))).await);
    }
    for url in [format!("http://name:word@127.0.0.1:{}/", fake.port), "ftp://127.0.0.1/".to_owned()] {
        assert_refused(to_loopback().send(request(Method::GET, &url)).await);
    }
    assert_eq!(fake.requests().len(), 0);
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    assert_not_sent(post(&format!("http://127.0.0.1:{}/", fake::closed_port().await)).await);
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_not_sent() {
    assert_not_sent(post("http://no-such-name.invalid/").await);
}

#[tokio::test]
async fn tls_that_never_comes_is_not_sent_and_the_connect_limit_ends_it() {
    let fake = Fake::start(Then::Hang).await;
    let mut request = request(Method::POST, &format!("https://127.0.0.1:{}/", fake.port));
    request.timeouts.connect = SHORT;
    assert_not_sent(to_loopback().send(request).await);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_not_sent() {
    let fake = Fake::start(Then::SayAtOnce("220 mail.example ESMTP\r\n".to_owned())).await;
    assert_not_sent(post(&format!("https://127.0.0.1:{}/", fake.port)).await);
}

#[tokio::test]
async fn a_connection_that_is_reset_before_the_request_is_read_is_lost() {
    let fake = Fake::start(Then::ResetUnread).await;
    assert_lost(post(&fake.url("/")).await);
}

#[tokio::test]
async fn a_connection_that_ends_after_the_request_is_lost_and_the_request_not_repeated() {
    for then in [Then::Reset, Then::Say(String::new()), Then::Say("HTTP/1.1 200 OK\r\nContent-".to_owned())] {
        let fake = Fake::start(then).await;
        assert_lost(post(&fake.url("/")).await);
        assert_eq!(fake.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_is_not_http_is_lost() {
    let huge = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(1_000_000));
    for garbage in ["SSH-2.0-OpenSSH_9.9\r\n\r\n", "\0\u{1}\u{2}\r\n\r\n", "HTTP/9.9 hello\r\n\r\n", &huge] {
        let fake = Fake::answering(garbage).await;
        assert_lost(post(&fake.url("/")).await);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_begin_in_time_is_lost() {
    for limit in ["first_byte", "total"] {
        let fake = Fake::start(Then::Hang).await;
        let mut request = request(Method::POST, &fake.url("/"));
        if limit == "first_byte" {
            request.timeouts.first_byte = SHORT
        } else {
            request.timeouts.total = ENOUGH
        }
        assert_lost(to_loopback().send(request).await);
    }
}

#[tokio::test]
async fn a_body_that_drips_beyond_the_total_is_unreadable() {
    let fake = Fake::start(Then::Drip).await;
    let mut request = request(Method::POST, &fake.url("/"));
    request.timeouts.total = ENOUGH;
    assert_unreadable(to_loopback().send(request).await, 200);
}

#[tokio::test]
async fn a_body_over_the_cap_is_unreadable_and_one_at_the_cap_is_read() {
    let long = "x".repeat(101);
    let sized = format!("HTTP/1.1 500 Oh\r\nContent-Length: 101\r\n\r\n{long}");
    let chunked = format!("HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n{long}\r\n0\r\n\r\n");
    let to_the_end = format!("HTTP/1.1 500 Oh\r\n\r\n{long}");
    for answer in [&sized, &chunked, &to_the_end] {
        for (cap, readable) in [(100, false), (101, true)] {
            let fake = Fake::answering(answer).await;
            let mut request = request(Method::POST, &fake.url("/"));
            request.max_body = cap;
            let answer = to_loopback().send(request).await;
            if readable {
                assert_eq!(answer.expect("an answer").body, long.as_bytes())
            } else {
                assert_unreadable(answer, 500)
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_unreadable() {
    let chunked = "HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
    for answer in ["HTTP/1.1 202 OK\r\nContent-Length: 10\r\n\r\nabc", chunked] {
        let fake = Fake::answering(answer).await;
        assert_unreadable(post(&fake.url("/")).await, 202);
    }
}

#[tokio::test]
async fn every_request_has_its_own_connection() {
    let fake = Fake::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n").await;
    let client = to_loopback();
    for _ in 0..3 {
        client.send(request(Method::GET, &fake.url("/"))).await.expect("an answer");
    }
    assert_eq!(fake.connections(), 3);
}

#[tokio::test]
async fn https_believes_the_roots_it_was_given_and_no_others() {
    let (authority, tls) = fake::authority("localhost");
    let fake = Fake::start_tls("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", tls).await;
    let url = format!("https://localhost:{}/", fake.port);

    assert_not_sent(post(&url).await);
    assert_eq!(fake.requests().len(), 0);

    let policy = Policy::parse(&["127.0.0.0/8".to_owned()], &[]).expect("a policy");
    let client = Client::with_roots(policy, authority.as_bytes()).expect("a client");
    let answer = client.send(request(Method::GET, &url)).await.expect("an answer");
    assert_eq!((answer.status, &*answer.body), (200, &b"ok"[..]));

    // The certificate names localhost, and not the address.
    assert_not_sent(client.send(request(Method::GET, &url.replace("localhost", "127.0.0.1"))).await);
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn roots_that_are_no_certificates_are_said_to_be_none() {
    for pem in ["hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(Client::with_roots(Policy::default(), pem.as_bytes()).is_err(), "{pem}");
    }
}

#[tokio::test]
async fn failures_and_debug_output_hold_no_secrets() {
    let fake = Fake::answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await;
    let silent = Fake::start(Then::Reset).await;
    let closed = format!("http://127.0.0.1:{}", fake::closed_port().await);
    let urls = [fake.url(""), silent.url(""), closed, "http://8.8.8.8".into(), "http://u:hunter2@127.0.0.1".into()];
    for url in urls {
        let mut request = request(Method::POST, &format!("{url}/hunter2?key=hunter2"));
        request.headers.insert("x-key", HeaderValue::from_static("hunter2"));
        request.body = b"hunter2".to_vec();
        assert!(!format!("{request:?}").contains("hunter2"));
        let failure = to_loopback().send(request).await.expect_err(&url);
        assert!(!format!("{failure} {failure:?}").contains("hunter2"), "{failure:?}");
    }
    let mut request = request(Method::POST, &fake.url("/"));
    request.headers.insert(HOST, HeaderValue::from_static("hunter2"));
    let failure = to_loopback().send(request).await.expect_err("refused");
    assert!(!failure.to_string().contains("hunter2"), "{failure}");
}
