//! Answers as server-sent events: `ping` every 10 s, `message`, `message_end`, `error`.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use agent::Request;
use futures_util::stream;
use serde::Serialize;
use store::keys::Caller;
use tokio::sync::mpsc;

use crate::{Problem, Shared};

/// Between two pings.
const PING: Duration = Duration::from_secs(10);

/// Starts the turn and streams what comes of it. The turn goes on when the client leaves.
pub(crate) fn respond(http: HttpRequest, shared: web::Data<Shared>, caller: Caller, request: Request) -> HttpResponse {
    let (sender, receiver) = mpsc::channel::<web::Bytes>(8);
    actix_web::rt::spawn(async move {
        let mut turn = std::pin::pin!(shared.agent.turn(&caller, &request));
        let mut pings = tokio::time::interval(PING);
        let result = loop {
            tokio::select! {
                result = &mut turn => break result,
                // A client that left is no reason to stop the turn.
                _ = pings.tick() => drop(sender.try_send(event("ping", &serde_json::json!({})))),
            }
        };
        let events = match result {
            Ok(answered) => {
                let answer = answered.answer;
                let text = serde_json::json!({
                    "conversation_id": answer.conversation_id,
                    "message_id": answer.message_id,
                    "answer": answer.answer,
                });
                vec![event("message", &text), event("message_end", &answer)]
            }
            Err(error) => vec![event("error", &Problem::of_turn(&http, &error))],
        };
        for event in events {
            if sender.send(event).await.is_err() {
                break;
            }
        }
    });
    let events = stream::unfold(receiver, |mut receiver| async move {
        let bytes = receiver.recv().await?;
        Some((Ok::<_, actix_web::Error>(bytes), receiver))
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-cache"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events)
}

/// One event. JSON has no line breaks of its own, so one data line is enough.
fn event<T: Serialize>(name: &str, data: &T) -> web::Bytes {
    let json = serde_json::to_string(data).unwrap_or_default();
    web::Bytes::from(format!("event: {name}\ndata: {json}\n\n"))
}
