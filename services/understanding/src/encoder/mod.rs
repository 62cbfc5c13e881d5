//! Text → sentence embedding on CPU threads that each own an ONNX Runtime session. All ONNX code is in this module;
//! what the vectors mean is `classifier`'s business.
//!
//! The shape is that of Hugging Face's text-embeddings-inference: callers tokenise and enqueue, threads take what is
//! there without waiting for more (work-conserving, no timer), a full queue refuses at once. Differences: one
//! single-threaded session per thread, a deadline per entry, a second lane for bulk work, and batches only for graphs
//! whose result does not depend on the batch (see [`manifest::Graph::batch_invariant`]).

pub mod adopt;
mod error;
pub mod manifest;
pub mod models;
mod queue;
mod runtime;
mod session;
#[cfg(feature = "testing")]
pub mod testing;
mod tokens;
mod worker;

use std::{
    collections::VecDeque,
    ops::Range,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

pub use self::{error::Error, manifest::Manifest};
use self::{
    queue::{Entry, Lane, Limit, PushError, Queue},
    session::{EncoderSession, Input},
    tokens::Tokeniser,
    worker::Answer,
};

/// What an encoder needs to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder with `model.toml` and the files it names.
    pub model_folder: PathBuf,
    /// ONNX Runtime's shared library (`libonnxruntime.so`), 1.24 or newer. All encoders of a process share one.
    pub runtime_library: PathBuf,
    /// Encoder threads, each with a session (about 40 MB). Default: cores − 1, at least 1.
    pub threads: usize,
    /// Interactive texts that may wait; more are refused with [`Error::Overloaded`].
    pub queue_capacity: usize,
    /// Tokens in one batch, padding included, for graphs that may batch.
    pub batch_tokens: usize,
}

impl Options {
    /// The defaults for a model folder and a runtime library.
    pub fn new(model_folder: impl Into<PathBuf>, runtime_library: impl Into<PathBuf>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            model_folder: model_folder.into(),
            runtime_library: runtime_library.into(),
            threads: cores.saturating_sub(1).max(1),
            queue_capacity: 256,
            batch_tokens: 1024,
        }
    }
}

/// A sentence embedding and what it cost.
#[derive(Debug, Clone)]
pub struct Embedding {
    /// As wide as the model, of length 1.
    pub vector: Arc<[f32]>,
    /// Where the time went.
    pub timings: Timings,
}

/// Token vectors of one text with the characters that they stand for; special tokens are left out.
#[derive(Debug, Clone)]
pub struct TokenEmbeddings {
    /// Row per token.
    pub vectors: Arc<[f32]>,
    /// Per token the range of characters (not bytes) of the text; not always disjoint from its neighbours'.
    pub spans: Vec<Range<usize>>,
    /// Length of a row.
    pub dimensions: usize,
}

impl TokenEmbeddings {
    fn new(rows: &[f32], spans: Vec<Option<Range<usize>>>, dimensions: usize) -> Self {
        let kept: Vec<_> =
            rows.chunks_exact(dimensions).zip(spans).filter_map(|(row, span)| Some((row, span?))).collect();
        Self {
            vectors: kept.iter().flat_map(|(row, _)| row.iter().copied()).collect(),
            spans: kept.into_iter().map(|(_, span)| span).collect(),
            dimensions,
        }
    }
}

/// Where the time of one text went.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// Text to token ids, in the caller's thread.
    pub tokenise: Duration,
    /// From being queued to being run.
    pub queue: Duration,
    /// In ONNX Runtime, for the whole batch.
    pub run: Duration,
}

/// A typical request, run at start to see that tokeniser and graph fit together and how long a run takes.
const PROBE: &str = "帮我把周五的会议改到下午三点, please";

/// A running encoder. Clones share it; dropping the last one ends its threads.
#[derive(Clone)]
pub struct Encoder {
    shared: Arc<Shared>,
}

struct Shared {
    manifest: Manifest,
    tokeniser: Tokeniser,
    queue: Arc<Queue<Answer>>,
    threads: Vec<JoinHandle<()>>,
    /// Time of one short run, measured at start; only for the advice when to retry.
    run_time: Duration,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder")
            .field("model", &self.shared.manifest.name)
            .field("threads", &self.shared.threads.len())
            .finish_non_exhaustive()
    }
}

impl Encoder {
    /// Checks the folder's files against `model.toml`, loads them and starts the threads. Blocks for some hundred
    /// milliseconds; every error names the file at fault.
    pub fn start(options: Options) -> Result<Self, Error> {
        let folder = &options.model_folder;
        let manifest = Manifest::read(folder)?;
        let tokeniser = Tokeniser::load(folder, &manifest.tokenizer)?;
        let bytes = manifest::read_checked(folder, &manifest.model.file, &manifest.model.sha256)?;
        let environment = runtime::environment(&options.runtime_library)?;
        let path = folder.join(&manifest.model.file);
        let limit =
            Limit { texts: if manifest.graph.batch_invariant { usize::MAX } else { 1 }, tokens: options.batch_tokens };

        let queue = Arc::new(Queue::new(options.queue_capacity));
        let mut shared =
            Shared { manifest, tokeniser, queue: Arc::clone(&queue), threads: Vec::new(), run_time: Duration::ZERO };
        // Sessions are built in their threads, all at once; `shared` ends those already running if one fails.
        let bytes: Arc<[u8]> = bytes.into();
        let probe = Arc::new(shared.tokeniser.tokenise(PROBE)?);
        let (ready, started) = mpsc::channel();
        for number in 0..options.threads.max(1) {
            let (bytes, path, queue) = (Arc::clone(&bytes), path.clone(), Arc::clone(&queue));
            let (environment, graph, ready) = (environment.clone(), shared.manifest.graph.clone(), ready.clone());
            let probe = Arc::clone(&probe);
            let thread = std::thread::Builder::new().name(format!("encoder-{number}")).spawn(move || {
                let session = EncoderSession::build(&environment, &bytes, &path, &graph, &probe);
                drop(bytes);
                match session {
                    Ok((session, run_time)) => {
                        let _ = ready.send(Ok(run_time));
                        drop(ready);
                        worker::work(&queue, session, limit);
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                }
            });
            shared.threads.push(thread.map_err(Error::Thread)?);
        }
        drop(ready);
        for result in started {
            shared.run_time = result?;
        }
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The model that this encoder runs.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.shared.manifest
    }

    /// Width of a sentence embedding.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.shared.manifest.graph.dimensions
    }

    /// Interactive texts waiting now, for metrics.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.shared.queue.waiting()
    }

    /// The embedding of one text. Refuses at once when the queue is full, and gives up at `deadline`. Needs a tokio
    /// runtime with time enabled.
    pub async fn embed(&self, text: &str, deadline: Instant) -> Result<Embedding, Error> {
        self.request(text, deadline, false).await.map(|(embedding, _)| embedding)
    }

    /// Like [`Self::embed`], with the vectors of the tokens.
    pub async fn embed_with_tokens(
        &self,
        text: &str,
        deadline: Instant,
    ) -> Result<(Embedding, TokenEmbeddings), Error> {
        if self.shared.manifest.graph.token_output.is_none() {
            return Err(Error::NoTokenOutput);
        }
        let (embedding, tokens) = self.request(text, deadline, true).await?;
        Ok((embedding, tokens.ok_or(Error::NoTokenOutput)?))
    }

    async fn request(&self, text: &str, deadline: Instant, wants_tokens: bool) -> Result<Answer, Error> {
        let pending = self.enqueue(text, Some(deadline), wants_tokens, Lane::Interactive)?;
        let answer = tokio::time::timeout_at(deadline.into(), pending.answer)
            .await
            .map_err(|_| Error::DeadlineExceeded)?
            .map_err(|_| Error::Stopped)??;
        Ok(with_tokenise(answer, pending.tokenise))
    }

    /// The embeddings of many texts, in their order, for training. Waits its turn behind every interactive text and is
    /// never refused; dropping the future abandons what is not run yet.
    pub async fn embed_many<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<Embedding>, Error> {
        let mut embeddings = Vec::with_capacity(texts.len());
        let mut window = VecDeque::new();
        for text in texts {
            if window.len() == self.window() {
                embeddings.push(next(&mut window).ok_or(Error::Stopped)?.wait().await?);
            }
            window.push_back(self.enqueue(text.as_ref(), None, false, Lane::Bulk)?);
        }
        while let Some(pending) = next(&mut window) {
            embeddings.push(pending.wait().await?);
        }
        Ok(embeddings)
    }

    /// [`Self::embed`] without a deadline, for threads outside of an async runtime; panics inside of one.
    pub fn embed_blocking(&self, text: &str) -> Result<Embedding, Error> {
        self.enqueue(text, None, false, Lane::Interactive)?.wait_blocking()
    }

    /// [`Self::embed_many`] for threads outside of an async runtime; panics inside of one.
    pub fn embed_many_blocking<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<Embedding>, Error> {
        let mut embeddings = Vec::with_capacity(texts.len());
        let mut window = VecDeque::new();
        for text in texts {
            if window.len() == self.window() {
                embeddings.push(next(&mut window).ok_or(Error::Stopped)?.wait_blocking()?);
            }
            window.push_back(self.enqueue(text.as_ref(), None, false, Lane::Bulk)?);
        }
        while let Some(pending) = next(&mut window) {
            embeddings.push(pending.wait_blocking()?);
        }
        Ok(embeddings)
    }

    /// Whether the model gives vectors of tokens.
    #[must_use]
    pub fn has_tokens(&self) -> bool {
        self.shared.manifest.graph.token_output.is_some()
    }

    /// The token vectors of many texts, in their order, for training; otherwise like [`Self::embed_many`].
    pub async fn tokens_of_many<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<TokenEmbeddings>, Error> {
        let mut all = Vec::with_capacity(texts.len());
        let mut window = VecDeque::new();
        for text in texts {
            if window.len() == self.window() {
                let pending: Pending = next(&mut window).ok_or(Error::Stopped)?;
                all.push(pending.wait_with_tokens().await?);
            }
            window.push_back(self.enqueue(text.as_ref(), None, true, Lane::Bulk)?);
        }
        while let Some(pending) = next(&mut window) {
            all.push(pending.wait_with_tokens().await?);
        }
        Ok(all)
    }

    /// Bulk texts in flight of one caller: enough that no thread waits for the caller's tokenising.
    fn window(&self) -> usize {
        self.shared.threads.len() * 16
    }

    fn enqueue(&self, text: &str, deadline: Option<Instant>, wants_tokens: bool, lane: Lane) -> Result<Pending, Error> {
        let started = Instant::now();
        let tokens = self.shared.tokeniser.tokenise(text)?;
        let queued_at = Instant::now();
        let (reply, answer) = oneshot::channel();
        let entry = Entry { tokens, wants_tokens, deadline, queued_at, reply };
        self.shared.queue.push(entry, lane).map_err(|error| match error {
            PushError::Closed => Error::Stopped,
            PushError::Full(waiting) => {
                let runs = u32::try_from(waiting / self.shared.threads.len().max(1)).unwrap_or(u32::MAX);
                Error::Overloaded { waiting, retry_after: self.shared.run_time.saturating_mul(runs) }
            }
        })?;
        Ok(Pending { answer, tokenise: queued_at - started })
    }
}

/// How long the graph itself takes for `text`: one session on the calling thread, no queue, no tokenising. What the
/// service adds to this is its own cost.
pub fn raw_run_times(options: &Options, text: &str, runs: usize) -> Result<Vec<Duration>, Error> {
    let folder = &options.model_folder;
    let manifest = Manifest::read(folder)?;
    let tokens = Tokeniser::load(folder, &manifest.tokenizer)?.tokenise(text)?;
    let bytes = manifest::read_checked(folder, &manifest.model.file, &manifest.model.sha256)?;
    let environment = runtime::environment(&options.runtime_library)?;
    let path = folder.join(&manifest.model.file);
    let (mut session, _) = EncoderSession::build(&environment, &bytes, &path, &manifest.graph, &tokens)?;
    let input = Input { tokens: &tokens, wants_tokens: false };
    (0..runs)
        .map(|_| {
            let started = Instant::now();
            session.run(&[input])?;
            Ok(started.elapsed())
        })
        .collect()
}

/// A text on its way.
struct Pending {
    answer: oneshot::Receiver<Result<Answer, Error>>,
    tokenise: Duration,
}

impl Pending {
    async fn wait(self) -> Result<Embedding, Error> {
        let answer = self.answer.await.map_err(|_| Error::Stopped)??;
        Ok(with_tokenise(answer, self.tokenise).0)
    }

    async fn wait_with_tokens(self) -> Result<TokenEmbeddings, Error> {
        let (_, tokens) = self.answer.await.map_err(|_| Error::Stopped)??;
        tokens.ok_or(Error::NoTokenOutput)
    }

    fn wait_blocking(self) -> Result<Embedding, Error> {
        let answer = self.answer.blocking_recv().map_err(|_| Error::Stopped)??;
        Ok(with_tokenise(answer, self.tokenise).0)
    }
}

fn next(window: &mut VecDeque<Pending>) -> Option<Pending> {
    window.pop_front()
}

fn with_tokenise((mut embedding, tokens): Answer, tokenise: Duration) -> Answer {
    embedding.timings.tokenise = tokenise;
    (embedding, tokens)
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            // A thread that panicked has been logged; there is nothing left to save from it.
            let _ = thread.join();
        }
    }
}
