//! `…/models`: the encoders that are installed, which one runs, and what was measured with each.

use actix_web::{HttpRequest, HttpResponse, web};
use paigong_core::{Bilingual, ErrorCode, Language, chain};
use serde::Serialize;
use store::Store;
use understanding::encoder::models::{self, Found, Measured};
use utoipa::ToSchema;

use super::person::{May, View};
use super::refusals::OfMember;
use crate::problem::language;
use crate::{Problem, Shared};

/// A model.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelView {
    #[schema(example = "paigong-bilingual-2")]
    name: String,
    /// Whether it is the one that runs.
    active: bool,
    /// The width of its embeddings; null where it can't be used.
    #[schema(example = 384)]
    dimensions: Option<usize>,
    /// Tokens of a text that it reads; longer ones are cut.
    #[schema(example = 128)]
    max_tokens: Option<usize>,
    /// The size of its files.
    #[schema(example = 27_000_000)]
    bytes: u64,
    #[schema(example = json!(["zh", "en"]))]
    languages: Vec<String>,
    /// SPDX.
    #[schema(example = "Apache-2.0")]
    licence: Option<String>,
    /// What was measured with it, as its description says.
    results: Vec<ModelResult>,
    /// Why it can't be used, and what to do; null: it can.
    problem: Option<String>,
}

/// A number that was measured.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelResult {
    #[schema(example = "massive_zh shots_10")]
    set: String,
    /// 0 to 1.
    #[schema(example = 0.763)]
    accuracy: f64,
}

/// A server of the installation.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelServer {
    /// The machine that it runs on.
    #[schema(example = "paigong-1")]
    host: String,
    /// The model that it answers with.
    #[schema(example = "paigong-bilingual-2")]
    model: String,
    /// How far it is with preparing the one that was activated; null: it prepares none.
    #[schema(example = "apps learnt: 3 of 12")]
    progress: Option<String>,
    /// Why it refused the one that was activated; null: it did not.
    problem: Option<String>,
}

/// Every model that is installed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelList {
    data: Vec<ModelView>,
    /// What the servers run, by machine.
    servers: Vec<ModelServer>,
}

impl ModelView {
    fn new(found: Found, active: &str, language: Language) -> Self {
        let problem = found.manifest.as_ref().err().map(|error| match language {
            Language::Zh => error.in_chinese(),
            Language::En => chain(error),
        });
        let manifest = found.manifest.ok();
        let result = |Measured { what, value }| ModelResult { set: what, accuracy: value / 100.0 };
        Self {
            active: manifest.as_ref().is_some_and(|manifest| manifest.identity() == active),
            name: found.folder,
            dimensions: manifest.as_ref().map(|manifest| manifest.graph.dimensions),
            max_tokens: manifest.as_ref().map(|manifest| manifest.tokenizer.max_tokens),
            bytes: found.bytes,
            languages: manifest.as_ref().map(|manifest| manifest.languages.clone()).unwrap_or_default(),
            licence: manifest.as_ref().map(|manifest| manifest.licence.clone()),
            results: manifest.iter().flat_map(|manifest| manifest.results()).map(result).collect(),
            problem,
        }
    }
}

/// Lists the encoders that are installed.
#[utoipa::path(get, path = "/admin/v1/tenants/{tenant}/models", tag = "models", params(("tenant" = Uuid, Path)),
    responses((status = 200, description = "By name", body = ModelList), OfMember), security(("session" = ["viewer"])))]
pub(crate) async fn list_models(
    http: HttpRequest,
    shared: web::Data<Shared>,
    _may: May<View>,
) -> Result<HttpResponse, Problem> {
    let folder = shared.admin.models.clone();
    // Every file is read, to be compared with its sum.
    let found = web::block(move || models::list(&folder)).await;
    let found = found.ok().and_then(Result::ok).ok_or_else(|| {
        let (zh, en) = ("模型文件夹无法读取", "the folder of models can't be read");
        Problem::explained(&http, ErrorCode::Internal, zh, en)
    })?;
    let servers =
        models_of_servers(&shared.store, language(&http)).await.map_err(|error| Problem::of_store(&http, &error))?;
    let encoder = shared.agent.encoder();
    let view = |found| ModelView::new(found, &encoder.manifest().identity(), language(&http));
    Ok(HttpResponse::Ok().json(ModelList { data: found.into_iter().map(view).collect(), servers }))
}

async fn models_of_servers(store: &Store, language: Language) -> Result<Vec<ModelServer>, store::Error> {
    let text = |text: Bilingual| text.get(language).to_owned();
    let view = |server: store::models::Server| ModelServer {
        host: server.host,
        model: server.model,
        progress: server.progress.map(text),
        problem: server.problem.map(text),
    };
    Ok(store::models::servers(store).await?.into_iter().map(view).collect())
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/admin/v1/tenants/{tenant}/models", web::get().to(list_models));
}
