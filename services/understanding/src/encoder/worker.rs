//! The loop of one encoder thread: take what is queued, run it, answer. Owns its session.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use super::{
    Embedding, Error, Timings, TokenEmbeddings,
    queue::{Entry, Limit, Queue},
    session::{EncoderSession, Input, Vectors},
};

/// What a caller gets back.
pub(super) type Answer = (Embedding, Option<TokenEmbeddings>);

/// Works until the queue is closed.
pub(super) fn work(queue: &Queue<Answer>, mut session: EncoderSession, limit: Limit) {
    while let Some(mut batch) = queue.take(limit) {
        batch.sort_by_key(|entry| entry.tokens.ids.len());
        while !batch.is_empty() {
            let rest = batch.split_off(well_filled(&batch));
            run(&mut session, std::mem::replace(&mut batch, rest));
        }
    }
}

/// How many entries from the front make a batch of which at most a fifth is padding. `batch` is sorted by length.
fn well_filled(batch: &[Entry<Answer>]) -> usize {
    let mut tokens = 0;
    for (count, entry) in batch.iter().enumerate() {
        let length = entry.tokens.ids.len();
        tokens += length;
        if tokens * 5 < length * (count + 1) * 4 {
            return count;
        }
    }
    batch.len()
}

fn run(session: &mut EncoderSession, batch: Vec<Entry<Answer>>) {
    let started = Instant::now();
    let inputs: Vec<_> =
        batch.iter().map(|entry| Input { tokens: &entry.tokens, wants_tokens: entry.wants_tokens }).collect();
    // A panic must not take one of the few encoder threads with it.
    let result = catch_unwind(AssertUnwindSafe(|| session.run(&inputs)))
        .unwrap_or_else(|_| Err(Error::Inference("the encoder panicked".to_owned())));
    let took = started.elapsed();
    match result {
        Ok(vectors) => {
            for (entry, vectors) in batch.into_iter().zip(vectors) {
                let timings = Timings { queue: started - entry.queued_at, run: took, ..Timings::default() };
                let answer = answer(entry.tokens.spans, vectors, timings);
                // The caller may have left; its result is then of no use to anybody.
                let _ = entry.reply.send(Ok(answer));
            }
        }
        Err(error) => {
            tracing::error!(%error, texts = batch.len(), "encoding failed");
            let reason = error.to_string();
            for entry in batch {
                let _ = entry.reply.send(Err(Error::Inference(reason.clone())));
            }
        }
    }
}

fn answer(spans: Vec<Option<std::ops::Range<usize>>>, vectors: Vectors, timings: Timings) -> Answer {
    let dimensions = vectors.sentence.len();
    let tokens = vectors.tokens.map(|rows| TokenEmbeddings::new(&rows, spans, dimensions));
    (Embedding { vector: vectors.sentence, timings }, tokens)
}
