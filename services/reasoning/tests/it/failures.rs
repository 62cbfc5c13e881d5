//! Providers that fail: who is asked next, who is left alone, and what is counted.

use std::time::Duration;

use reasoning::testing::{Endpoint, Reply};
use reasoning::{Proposal, Purpose, State, Unavailable};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{PATIENT, Scene, decision, question};

fn nothing() -> Reply {
    decision(json!({"do": "nothing"}))
}

/// Two providers, of which the first may take so many milliseconds.
async fn two(first: &Endpoint, second: &Endpoint, timeout_ms: u64) -> Scene {
    let first = (first.base_url(), json!({"timeout_ms": timeout_ms}));
    Scene::with(&[first, (second.base_url(), json!({}))], json!({})).await
}

/// An address at which nobody listens.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

#[tokio::test]
async fn the_next_provider_is_asked_whatever_the_first_one_does() {
    for (reply, outcome, billed) in [
        (Reply::Status(401, ""), "refused", false),
        (Reply::Status(403, ""), "refused", false),
        (Reply::Status(404, ""), "refused", false),
        (Reply::Status(429, "Retry-After: 30"), "refused", false),
        (Reply::Status(503, ""), "refused", false),
        (Reply::Status(400, ""), "refused", false),
        (Reply::Status(500, ""), "failed", true),
        (Reply::Hang, "lost", true),
        (Reply::Raw(String::new()), "lost", true),
        (
            Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"choices\": [{\"mess".into()),
            "broken",
            true,
        ),
        (Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"choices\"".into()), "broken", true),
        (Reply::Broken(vec!["{\"do\": ".into(), "\"skill".into()]), "broken", true),
    ] {
        let (first, second) = (Endpoint::start([reply.clone()]).await, Endpoint::start([nothing()]).await);
        // Only what hangs is to end by its time.
        let timeout_ms = if matches!(reply, Reply::Hang) { 300 } else { PATIENT };
        let scene = two(&first, &second, timeout_ms).await;
        let reasoned = scene.propose(&question(Purpose::Fallback, "你好")).await.unwrap();
        assert_eq!((&*reasoned.provider, reasoned.calls), ("b", 2), "{reply:?}");
        assert_eq!(first.seen().len(), 1, "{reply:?}: one that may have been billed is not repeated");
        let calls = scene.calls().await;
        assert_eq!((&*calls[0].0, calls[0].1 > 0, &*calls[1].0), (outcome, billed, "answered"), "{reply:?}");
        let spent = scene.spent().await;
        assert_eq!((spent.tokens_in, spent.reserved), (calls[0].1.unsigned_abs() + 100, 0), "{reply:?}");
        assert_eq!(reasoned.tokens_in, spent.tokens_in);
    }
}

#[tokio::test]
async fn what_came_before_a_stream_broke_is_counted() {
    let pieces = vec!["{\"do\":".to_owned(), "\"ask\",".to_owned(), "\"text\":\"请问是哪一天".to_owned()];
    let endpoint = Endpoint::start([Reply::Broken(pieces)]).await;
    let scene = Scene::new(&endpoint, json!({"streaming": true})).await;
    assert_eq!(scene.propose(&question(Purpose::Fallback, "请假")).await, Err(Unavailable::Failed));
    let calls = scene.calls().await;
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert!(calls[0].0 == "broken" && calls[0].1 > 100 && calls[0].2 >= 10, "{calls:?}");
    assert_eq!(scene.spent().await.tokens_out, calls[0].2.unsigned_abs());
}

#[tokio::test]
async fn one_that_surely_billed_nothing_is_asked_once_more_when_no_other_is_left() {
    for (reply, outcome) in [(Reply::Status(503, ""), "refused"), (Reply::Status(429, "Retry-After: 0"), "refused")] {
        let endpoint = Endpoint::start([reply, nothing()]).await;
        let scene = Scene::new(&endpoint, json!({})).await;
        let reasoned = scene.propose(&question(Purpose::Fallback, "你好")).await.unwrap();
        assert_eq!((reasoned.proposal, reasoned.calls), (Proposal::Nothing, 2));
        assert_eq!(scene.outcomes().await, [outcome, "answered"]);
    }
    let scene = Scene::with(&[(nobody().await, json!({}))], json!({})).await;
    assert_eq!(scene.propose(&question(Purpose::Fallback, "你好")).await, Err(Unavailable::Failed));
    assert_eq!(scene.calls().await, [("unsent".to_owned(), 0, 0), ("unsent".to_owned(), 0, 0)]);
    for reply in [Reply::Status(500, ""), Reply::Status(401, "")] {
        let endpoint = Endpoint::start([reply]).await;
        let scene = Scene::new(&endpoint, json!({})).await;
        assert_eq!(scene.propose(&question(Purpose::Fallback, "你好")).await, Err(Unavailable::Failed));
        assert_eq!(endpoint.seen().len(), 1);
    }
}

#[tokio::test]
async fn an_address_that_the_policy_forbids_is_a_wrong_configuration() {
    let scene = Scene::with(&[("http://10.0.0.1/v1".to_owned(), json!({}))], json!({})).await;
    assert_eq!(scene.propose(&question(Purpose::Fallback, "你好")).await, Err(Unavailable::Failed));
    assert_eq!(scene.reasoner.health()[0].state, State::Open);
    assert!(scene.reasoner.health()[0].pause > Duration::from_secs(200));
    assert_eq!(scene.propose(&question(Purpose::Fallback, "你好")).await, Err(Unavailable::BreakerOpen));
    assert_eq!(scene.outcomes().await, ["unsent"]);
}

#[tokio::test]
async fn the_breaker_opens_lets_one_probe_pass_and_closes() {
    let endpoint = Endpoint::start([Reply::Status(500, "")]).await;
    let breaker = json!({"failures": 3, "first_ms": 50, "longest_ms": 50});
    let scene = Scene::with(&[(endpoint.base_url(), json!({}))], json!({"breaker": breaker})).await;
    let asked = question(Purpose::Fallback, "你好");
    for _ in 0..3 {
        assert_eq!(scene.propose(&asked).await, Err(Unavailable::Failed));
    }
    assert_ne!(scene.reasoner.health()[0].state, State::Closed);
    while scene.reasoner.health()[0].state == State::Open {
        tokio::task::yield_now().await;
    }
    assert_eq!(endpoint.seen().len(), 3);
    // Half open: of two at once one passes.
    endpoint.script([Reply::Late(Duration::from_millis(300), Box::new(nothing())), nothing()]);
    let (one, other) = tokio::join!(scene.propose(&asked), scene.propose(&asked));
    let opened = [&one, &other].iter().filter(|result| matches!(result, Err(Unavailable::BreakerOpen))).count();
    assert_eq!((opened, endpoint.seen().len()), (1, 4), "{one:?} {other:?}");
    assert_eq!(scene.reasoner.health()[0].state, State::Closed);
    assert!(scene.propose(&asked).await.is_ok());
}

#[tokio::test]
async fn a_question_ends_at_its_deadline() {
    let endpoint = Endpoint::start([Reply::Hang]).await;
    let scene = Scene::with(&[(endpoint.base_url(), json!({}))], json!({"deadline_ms": 2_000})).await;
    let start = std::time::Instant::now();
    assert_eq!(scene.propose(&question(Purpose::Fallback, "你好")).await, Err(Unavailable::Deadline));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(scene.outcomes().await, ["lost"]);
}

#[tokio::test]
async fn no_more_than_so_many_are_asked_at_once() {
    let endpoint = Endpoint::start([Reply::Late(Duration::from_millis(400), Box::new(nothing()))]).await;
    let options = json!({"concurrency": 2, "queue_wait_ms": 20});
    let scene = Scene::with(&[(endpoint.base_url(), json!({}))], options).await;
    let asked = question(Purpose::Fallback, "你好");
    let all = tokio::join!(scene.propose(&asked), scene.propose(&asked), scene.propose(&asked), scene.propose(&asked));
    let results = [all.0, all.1, all.2, all.3];
    let refused = results.iter().filter(|result| matches!(result, Err(Unavailable::Overloaded))).count();
    assert_eq!((refused, results.iter().filter(|result| result.is_ok()).count()), (2, 2), "{results:?}");
    assert_eq!(endpoint.most_open(), 2);
}
