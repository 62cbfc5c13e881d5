//! Answers that are read while they arrive.

use http::Method;
use outbound::{Failure, Streaming};

use crate::fake::{Fake, Then};
use crate::{ENOUGH, LONG, request, to_loopback};

async fn stream(fake: &Fake, change: impl FnOnce(&mut outbound::Request)) -> Streaming {
    let mut request = request(Method::POST, &fake.url("/"));
    change(&mut request);
    to_loopback().stream(request).await.expect("headers")
}

#[tokio::test]
async fn the_headers_and_what_came_are_there_before_the_rest() {
    let fake = Fake::start(Then::Drip).await;
    let mut answer = stream(&fake, |request| request.timeouts.total = ENOUGH).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.chunk().await.expect("a piece").is_some_and(|piece| !piece.is_empty()));
    let late = answer.body.chunk().await;
    assert!(matches!(late, Err(Failure::Unreadable { status: 200, .. })), "{late:?}");
    assert!(answer.body.elapsed() >= ENOUGH);
}

#[tokio::test]
async fn pieces_make_up_the_body_and_end_it() {
    let fake =
        Fake::answering("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").await;
    let mut answer = stream(&fake, |request| request.max_body = 5).await;
    assert_eq!(answer.status, 503);
    let mut body = Vec::new();
    while let Some(piece) = answer.body.chunk().await.expect("a piece") {
        body.extend_from_slice(&piece);
    }
    assert_eq!(body, b"abcde");
    assert!(answer.body.chunk().await.expect("still the end").is_none());
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit_and_no_further() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef",
        "HTTP/1.1 200 OK\r\n\r\nabcdef",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
    ] {
        let fake = Fake::answering(answer).await;
        let mut answer = stream(&fake, |request| request.max_body = 5).await;
        let read = answer.body.read_to_end().await;
        assert!(matches!(read, Err(Failure::Unreadable { .. })), "{read:?}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_unreadable_after_what_came() {
    let fake = Fake::answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").await;
    let mut answer = stream(&fake, |request| request.timeouts.total = LONG).await;
    assert_eq!(answer.body.chunk().await.expect("a piece").as_deref(), Some(&b"abc"[..]));
    assert!(matches!(answer.body.chunk().await, Err(Failure::Unreadable { .. })));
}
