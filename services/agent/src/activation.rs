//! Another model takes the live one's place while turns go on.
//!
//! `store::models` says which model is wanted; every server looks there ([`follow`]). It loads the model, gives vectors to all
//! passages, learns the apps that are live, and only then lets the new mind take the old one's place: a turn that has begun ends
//! with the mind that it began with, the next one has the new. A model that can't be used is refused with the reason, and the
//! live one goes on. A server that starts takes the last model that was live somewhere ([`begin`]).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use knowledge::embed;
use paigong_core::{Bilingual, chain};
use store::models::{self, Activation, Server};
use store::{Store, vectors};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use understanding::encoder::{self, Encoder};

use crate::mind::{Mind, MindError, Progress};
use crate::{Agent, BuildError};

/// How often is looked whether another model is wanted.
const EVERY: Duration = Duration::from_secs(2);
/// How often a server says what it runs, and how often while it prepares another model.
const REPORT: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(1));
/// How often is looked for passages that another server has stored while it still ran another model.
const SWEEP: Duration = Duration::from_secs(60);

/// Where models are, and how they are run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of the models' folders.
    pub models_dir: PathBuf,
    /// The model of the configuration: what runs until one is activated.
    pub model: String,
    /// How an encoder is run; the folder is put in for each model.
    pub encoder: encoder::Options,
    /// The name of this machine.
    pub host: String,
}

impl Options {
    async fn start(&self, model: &str) -> Result<Encoder, Refusal> {
        let options = encoder::Options { model_folder: self.models_dir.join(model), ..self.encoder.clone() };
        Ok(tokio::task::spawn_blocking(move || Encoder::start(options)).await.map_err(|_| Refusal::Thread)??)
    }

    async fn start_activated(&self, wanted: &Activation) -> Result<Encoder, Refusal> {
        let encoder = self.start(&wanted.model).await?;
        if encoder.manifest().identity() == wanted.model_hash {
            return Ok(encoder);
        }
        Err(Refusal::Other { model: wanted.model.clone() })
    }
}

/// Why a model is not used.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It can't be loaded.
    #[error(transparent)]
    Encoder(#[from] encoder::Error),
    /// The folder holds another one than was activated.
    #[error(
        "the folder {model} holds another model on this machine than the one that was activated: copy that one here, or activate this one"
    )]
    Other {
        /// The folder.
        model: String,
    },
    /// It can't be learnt with.
    #[error(transparent)]
    Mind(#[from] MindError),
    /// A thread ended without an answer.
    #[error("loading the model was broken off")]
    Thread,
}

impl Refusal {
    /// Whether it lies not with the model: it is tried again.
    fn is_passing(&self) -> bool {
        let store = match self {
            Self::Mind(
                MindError::Store(error)
                | MindError::App(BuildError::Store(error))
                | MindError::Passages(embed::Failure::Store(error)),
            ) => error,
            _ => return false,
        };
        matches!(store, store::Error::Unavailable { .. } | store::Error::Timeout { .. } | store::Error::Retry { .. })
    }

    /// What [`chain`] says of it, in Chinese; of skills and of the database its own words.
    fn in_chinese(&self) -> String {
        use embed::Failure;
        match self {
            Self::Encoder(error) => error.in_chinese(),
            Self::Other { model } => {
                format!(
                    "这台机器的目录 {model} 里是另一个模型，不是启用的那一个：请把启用的模型复制过来，或改为启用这一个"
                )
            }
            Self::Thread => "载入模型的过程中断了".to_owned(),
            Self::Mind(MindError::App(BuildError::Encoder(error))) => format!("例句无法编码：{}", error.in_chinese()),
            Self::Mind(MindError::App(BuildError::Classifier(error))) => format!("分类器无法训练：{error}"),
            Self::Mind(MindError::App(BuildError::Fit)) => "训练分类器的过程中断了".to_owned(),
            Self::Mind(MindError::App(BuildError::Skill(error))) => format!("已保存的一个技能无法使用：{error}"),
            Self::Mind(MindError::Passages(Failure::Encoder(error))) => {
                format!("知识段落无法编码：{}", error.in_chinese())
            }
            Self::Mind(
                MindError::Store(error)
                | MindError::App(BuildError::Store(error))
                | MindError::Passages(Failure::Store(error)),
            ) => format!("数据库：{}", chain(error)),
        }
    }
}

/// A refusal as it is stored: no longer than its columns.
fn why(refusal: &Refusal) -> Bilingual {
    let cut = |text: String| text.chars().take(4000).collect();
    Bilingual { zh: cut(refusal.in_chinese()), en: cut(chain(refusal)) }
}

/// What a server begins with.
#[derive(Debug)]
pub struct Begun {
    /// The model.
    pub encoder: Encoder,
    /// Its folder.
    pub model: String,
    /// The activation that it stands for; 0: the configuration's.
    activation: i64,
    /// Why the activated one is not used.
    problem: Option<Bilingual>,
}

/// Starts the model that was live last, or else the configuration's; that one, too, when the other can't be used here any more.
///
/// # Errors
/// When neither can be used, or the database can't be asked.
pub async fn begin(store: &Store, options: &Options) -> Result<Begun, Refusal> {
    let activations = models::activations(store, 16).await.map_err(MindError::Store)?;
    let mut refused = None;
    if let Some(last) = activations.into_iter().find(|activation| activation.live_at.is_some()) {
        match options.start_activated(&last).await {
            Ok(encoder) => {
                return Ok(Begun { encoder, model: last.model, activation: last.id, problem: None });
            }
            // Also where it has the same name: a newer release may bring another model in that folder.
            Err(refusal) => {
                let (model, configured, error) = (&last.model, &options.model, chain(&refusal));
                tracing::error!(%model, %configured, error, "the activated model can't be used; the configured one is");
                refused = Some((last.id, why(&refusal)));
            }
        }
    }
    let encoder = options.start(&options.model).await?;
    let (activation, problem) = refused.map_or((0, None), |(id, problem)| (id, Some(problem)));
    Ok(Begun { encoder, model: options.model.clone(), activation, problem })
}

/// Keeps `agent` with the model that is wanted, until `stop`.
pub async fn follow(agent: Agent, options: Options, begun: Begun, stop: CancellationToken) {
    let me = Server {
        server: uuid::Uuid::now_v7(),
        host: options.host.chars().take(200).collect(),
        model: begun.model,
        model_hash: begun.encoder.manifest().identity(),
        activation: begun.activation,
        progress: None,
        problem: begun.problem,
    };
    // What the agent runs it must be able to let go.
    drop(begun.encoder);
    let store = agent.store.clone();
    let id = me.server;
    let mut follower = Follower { agent, options, me, reported: None, swept: None };
    let follow = async {
        loop {
            if let Err(error) = follower.round().await {
                tracing::warn!(error = chain(&error), "which model is wanted could not be looked up");
            }
            tokio::time::sleep(EVERY).await;
        }
    };
    stop.run_until_cancelled(follow).await;
    if let Err(error) = models::leave(&store, id).await {
        tracing::warn!(error = chain(&error), "this server could not be taken from the list of servers");
    }
}

struct Follower {
    agent: Agent,
    options: Options,
    me: Server,
    reported: Option<Instant>,
    swept: Option<Instant>,
}

impl Follower {
    async fn round(&mut self) -> Result<(), store::Error> {
        let store = self.agent.store.clone();
        let latest = models::activations(&store, 2).await?;
        if let Some(wanted) = latest.first().filter(|wanted| wanted.id > self.me.activation) {
            self.change(wanted).await?;
        }
        if self.reported.is_none_or(|at| at.elapsed() >= REPORT.0) {
            self.report().await?;
        }
        if self.swept.is_none_or(|at| at.elapsed() >= SWEEP) {
            let mind = self.agent.mind();
            self.reporting(sweep(&store, &mind), || None).await??;
            self.swept = Some(Instant::now());
        }
        Ok(())
    }

    /// What comes of `work`, during which this server is not taken for gone.
    async fn reporting<T>(
        &mut self,
        work: impl Future<Output = T>,
        progress: impl Fn() -> Option<Bilingual>,
    ) -> Result<T, store::Error> {
        tokio::pin!(work);
        loop {
            let every = if progress().is_some() { REPORT.1 } else { REPORT.0 };
            tokio::select! {
                done = &mut work => return Ok(done),
                () = tokio::time::sleep(every) => {
                    self.me.progress = progress();
                    self.report().await?;
                }
            }
        }
    }

    async fn report(&mut self) -> Result<(), store::Error> {
        models::report(&self.agent.store, &self.me).await?;
        self.reported = Some(Instant::now());
        Ok(())
    }

    /// Changes to the model that is wanted, or says why not.
    async fn change(&mut self, wanted: &Activation) -> Result<(), store::Error> {
        let store = self.agent.store.clone();
        if wanted.model_hash == self.me.model_hash {
            (self.me.model, self.me.activation, self.me.problem) = (wanted.model.clone(), wanted.id, None);
            models::is_live(&store, wanted.id).await?;
            return self.report().await;
        }
        tracing::info!(model = wanted.model, "another model is prepared");
        let started = Instant::now();
        let (tell, told) = watch::channel(Bilingual { zh: "正在载入".to_owned(), en: "loading".to_owned() });
        let options = self.options.clone();
        let preparing = prepare(self.agent.mind(), &options, wanted, tell);
        let prepared = self.reporting(preparing, || Some(told.borrow().clone())).await?;
        self.me.progress = None;
        match prepared {
            Ok(next) => {
                self.take_over(next);
                let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                tracing::info!(model = wanted.model, took_ms, "another model is live");
                let former = std::mem::replace(&mut self.me.model_hash, wanted.model_hash.clone());
                (self.me.model, self.me.activation, self.me.problem) = (wanted.model.clone(), wanted.id, None);
                models::is_live(&store, wanted.id).await?;
                self.report().await?;
                vectors::forget(&store, &[former, wanted.model_hash.clone()]).await?;
            }
            Err(refusal) if refusal.is_passing() => {
                tracing::warn!(model = wanted.model, error = chain(&refusal), "preparing a model is tried again");
            }
            Err(refusal) => {
                tracing::error!(
                    model = wanted.model,
                    error = chain(&refusal),
                    "a model is refused; the live one stays"
                );
                (self.me.activation, self.me.problem) = (wanted.id, Some(why(&refusal)));
                self.report().await?;
            }
        }
        Ok(())
    }

    /// The next turn has the new mind. The old one goes with its last turn; its threads are waited for where that may block.
    fn take_over(&self, next: Mind) {
        let former = self.agent.mind.swap(Arc::new(next));
        tokio::task::spawn_blocking(move || drop(former));
    }
}

/// Gives vectors of the live model to passages that have none.
async fn sweep(store: &Store, mind: &Mind) -> Result<(), store::Error> {
    for tenant in vectors::tenants(store, &mind.encoder.manifest().identity()).await? {
        match embed::missing(store, &mind.encoder, tenant, |_| ()).await {
            Ok(0) => {}
            Ok(passages) => {
                let mut tx = store.begin(tenant).await?;
                vectors::tell(&mut tx).await?;
                tx.commit().await?;
                tracing::info!(%tenant, passages, "passages have got vectors of the live model");
            }
            Err(embed::Failure::Store(error)) => return Err(error),
            Err(error) => tracing::warn!(%tenant, error = chain(&error), "passages could not be embedded"),
        }
    }
    Ok(())
}

async fn prepare(
    mind: Arc<Mind>,
    options: &Options,
    wanted: &Activation,
    tell: watch::Sender<Bilingual>,
) -> Result<Mind, Refusal> {
    let encoder = options.start_activated(wanted).await?;
    let progress = |progress| {
        let (zh, en) = match progress {
            Progress::Passages(count) => (format!("已编码知识段落 {count} 个"), format!("passages embedded: {count}")),
            Progress::Apps(number, of) => {
                (format!("已学习应用 {number} 个，共 {of} 个"), format!("apps learnt: {number} of {of}"))
            }
        };
        tell.send_replace(Bilingual { zh, en });
    };
    Ok(mind.successor(encoder, progress).await?)
}
