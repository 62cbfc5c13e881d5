//! One call of one provider: what came, or why nothing did and whether it may have cost something.

use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use outbound::{Body, Client, Failure, Streaming};

use crate::budget::Hold;
use crate::deltas::Answer;
use crate::prompt::Prompt;
use crate::provider::Provider;
use crate::question::Purpose;
use crate::sse::Events;
use crate::tokens;

/// Why a call brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failed {
    /// It was not received; nothing is billed.
    Unsent,
    /// Not now (429, 503); nothing is billed. How long it asked to wait.
    Busy(u16, Option<Duration>),
    /// The configuration is wrong: an address that may not be reached, or 401, 403, 404. Nothing is billed.
    Misconfigured(Option<u16>),
    /// It does not like the request (another 4xx, a redirect); nothing is billed.
    Refused(u16),
    /// It failed (5xx), and may bill what was sent.
    Server(u16),
    /// It did not answer, and may have received the request.
    Lost,
    /// Its answer broke off, took too long or is none.
    Broken,
}

impl Failed {
    /// As it is stored.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Unsent | Self::Misconfigured(None) => "unsent",
            Self::Busy(..) | Self::Misconfigured(Some(_)) | Self::Refused(_) => "refused",
            Self::Server(_) => "failed",
            Self::Lost => "lost",
            Self::Broken => "broken",
        }
    }

    /// In a word.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::Unsent => "could not be reached".to_owned(),
            Self::Misconfigured(None) => "its address may not be reached".to_owned(),
            Self::Busy(status, _)
            | Self::Misconfigured(Some(status))
            | Self::Refused(status)
            | Self::Server(status) => {
                format!("status {status}")
            }
            Self::Lost => "did not answer".to_owned(),
            Self::Broken => "the answer broke off or is none".to_owned(),
        }
    }
}

/// Asks, and keeps the books in `hold`.
pub(crate) async fn ask(
    client: &Client,
    provider: &Provider,
    purpose: Purpose,
    prompt: &Prompt,
    left: Duration,
    hold: &mut Hold,
) -> Result<Answer, Failed> {
    hold.sent();
    let answered = client.stream(provider.request(purpose, prompt, left)).await;
    let Streaming { status, headers, body } = answered.map_err(|failure| match failure {
        Failure::Refused(_) => {
            hold.free();
            Failed::Misconfigured(None)
        }
        Failure::NotSent { .. } => {
            hold.free();
            Failed::Unsent
        }
        Failure::Lost { .. } | Failure::Unreadable { .. } => Failed::Lost,
    })?;
    let failed = match status {
        200..=299 => None,
        401 | 403 | 404 => Some(Failed::Misconfigured(Some(status))),
        429 | 503 => {
            let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok());
            Some(Failed::Busy(status, seconds.map(Duration::from_secs)))
        }
        500.. => return Err(Failed::Server(status)),
        _ => Some(Failed::Refused(status)),
    };
    if let Some(failed) = failed {
        hold.free();
        return Err(failed);
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Some servers answer whole although they were asked for pieces.
    if kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream") {
        pieces(body, hold).await
    } else {
        whole(body, hold).await
    }
}

async fn whole(mut body: Body, hold: &mut Hold) -> Result<Answer, Failed> {
    let (mut bytes, mut came) = (Vec::new(), 0);
    while let Some(piece) = body.chunk().await.map_err(|_| Failed::Broken)? {
        bytes.extend_from_slice(&piece);
        came += tokens::estimate(&String::from_utf8_lossy(&piece));
        hold.came(None, came);
    }
    let mut answer = Answer::default();
    answer.add(&bytes).map_err(|_| Failed::Broken)?;
    hold.came(answer.tokens_in(), answer.tokens_out());
    Ok(answer)
}

async fn pieces(mut body: Body, hold: &mut Hold) -> Result<Answer, Failed> {
    let (mut events, mut answer) = (Events::default(), Answer::default());
    loop {
        let piece = body.chunk().await.map_err(|_| Failed::Broken)?;
        let complete = match &piece {
            Some(bytes) => events.feed(bytes),
            None => events.end().into_iter().collect(),
        };
        for event in complete {
            if event.trim() == "[DONE]" {
                return Ok(answer);
            }
            let added = answer.add(event.as_bytes());
            hold.came(answer.tokens_in(), answer.tokens_out());
            added.map_err(|_| Failed::Broken)?;
        }
        if piece.is_none() {
            return if answer.is_finished() { Ok(answer) } else { Err(Failed::Broken) };
        }
    }
}
