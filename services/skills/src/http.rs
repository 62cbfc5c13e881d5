//! A skill's HTTP request: compiled once, rendered for a run, and its answer read into rows. Sending it, and the address
//! and secrets of its connection, are not here.
//!
//! Values come in raw, not as people read them. None of them can change the shape of the request: in the path and the
//! query they are percent-encoded, a header has no control characters, in the body they are JSON values.

use std::time::Duration;

use paigong_core::Language;
use serde_json::{Map, Value};

use crate::Effect;
use crate::execution::{Named, check_name};
use crate::manifest::{self, Method, Slots};
use crate::message::{Message, message};

mod address;
mod answer;
mod body;
mod text;

pub use answer::MAX_ROWS;

use answer::Answer;
use body::Body;
use text::{Names, Text, Texts};

/// The longest path and query that are sent, in bytes.
const MAX_ADDRESS: usize = 8_000;
/// The longest header that is sent, in bytes.
const MAX_HEADER: usize = 4_000;
/// How long an answer may take where the manifest does not say it, in seconds.
const TIMEOUT: u64 = 10;

/// A request of a skill.
#[derive(Debug)]
pub struct Call {
    /// The name under which the tenant registered address and secrets.
    pub connection: String,
    /// The method.
    pub method: Method,
    /// Whether the receiver does a repeated `Idempotency-Key` only once.
    pub idempotent: bool,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Statuses that mean that nothing was found.
    pub nothing: Vec<u16>,
    texts: Box<Texts>,
    query: Vec<(String, Text)>,
    headers: Vec<(String, Text)>,
    body: Option<Body>,
    answer: Answer,
}

/// What the texts of a request see.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Raw slot values; one that is absent is null.
    pub slots: &'a Map<String, Value>,
    /// Who is asking.
    pub context: &'a Map<String, Value>,
    /// The language of the answer.
    pub language: Language,
    /// The local date, `YYYY-MM-DD`.
    pub today: &'a str,
    /// The end user as the integrator names them.
    pub user: &'a str,
}

/// A request without what the connection adds to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// Such as `POST`.
    pub method: String,
    /// Begins with `/`; percent-encoded.
    pub path_and_query: String,
    /// Names as written, values in printable ASCII.
    pub headers: Vec<(String, String)>,
    /// The JSON to send.
    pub body: Option<Value>,
}

/// What can't be used: the key under `run.http`, and why.
pub(crate) type Fault = (String, Message);

impl Call {
    /// Compiles `http` for a skill with these slots.
    ///
    /// # Errors
    /// The key and what is wrong with it, for the author.
    pub(crate) fn compile(http: &manifest::Http, effect: Effect, slots: &Slots) -> Result<Self, Fault> {
        let at = |key: &str| {
            let key = key.to_owned();
            move |message: Message| (key, message)
        };
        let is_read = effect == Effect::Read;
        check_name(&http.connection, Named::Connection).map_err(at("connection"))?;
        let method = http.method.unwrap_or(if is_read { Method::Get } else { Method::Post });
        if method == Method::Get && http.body.is_some() {
            return Err(at("body")(message!(
                "http_body",
                "GET 请求没有正文；请改用 query，或换一种 method",
                "a GET has no body; use query, or another method"
            )));
        }
        let seconds = http.timeout.unwrap_or(TIMEOUT);
        if !(1..=60).contains(&seconds) {
            return Err(at("timeout")(message!(
                "http_timeout",
                "现为 {seconds} 秒，可为 1 至 60 秒",
                "{seconds} seconds; 1 to 60 are possible"
            )));
        }
        if let Some(status) = http.nothing.iter().find(|status| !(200..500).contains(*status)) {
            return Err(at("nothing")(message!(
                "http_nothing",
                "{status} 不能表示没有找到；可用 200 至 499 的状态码",
                "{status} can't mean that nothing was found; statuses from 200 to 499 can"
            )));
        }
        let mut texts = Texts::new(slots).map_err(at("path"))?;
        address::check(&http.path).and_then(|()| texts.add_path(&http.path)).map_err(at("path"))?;
        let mut query = Vec::new();
        for (name, value) in &http.query {
            let place = format!("query.{name}");
            text::check_key(name).map_err(at(&place))?;
            query.push((name.clone(), texts.add_scalar(value).map_err(at(&place))?));
        }
        let mut headers = Vec::new();
        for (name, value) in &http.headers {
            let place = format!("headers.{name}");
            address::check_header(name).map_err(at(&place))?;
            if headers.iter().any(|(other, _): &(String, _)| other.eq_ignore_ascii_case(name)) {
                return Err(at(&place)(message!("http_header", "这个请求头写了两次", "the header is there twice")));
            }
            let text = texts.add(value).map_err(at(&place))?;
            if let Text::Fixed(fixed) = &text {
                address::check_header_value(fixed).map_err(at(&place))?;
            }
            headers.push((name.clone(), text));
        }
        let body = http.body.as_ref().map(|body| Body::compile("body", body, &mut texts)).transpose()?;
        Ok(Self {
            connection: http.connection.clone(),
            method,
            idempotent: http.idempotent.unwrap_or(is_read),
            timeout: Duration::from_secs(seconds),
            nothing: http.nothing.clone(),
            answer: Answer::compile(http.rows.as_deref(), http.result.as_ref())?,
            texts: Box::new(texts),
            query,
            headers,
            body,
        })
    }

    /// The request with these values.
    ///
    /// # Errors
    /// For the skill's owner: a value that the path or a header can't hold, or a name that is not there.
    pub fn render(&self, scope: Scope<'_>) -> Result<Rendered, String> {
        let names = Names::new(&self.texts, scope);
        let mut path_and_query = self.texts.render_path(&names)?;
        address::check_segments(&path_and_query)?;
        let mut separator = '?';
        for (name, text) in &self.query {
            if let Some(value) = text.render(&self.texts, &names).map_err(|error| format!("query.{name}: {error}"))? {
                path_and_query.push(separator);
                path_and_query.push_str(&address::encode(name));
                path_and_query.push('=');
                path_and_query.push_str(&address::encode(&value));
                separator = '&';
            }
        }
        if path_and_query.len() > MAX_ADDRESS {
            return Err(format!("path and query would have {} bytes; at most {MAX_ADDRESS}", path_and_query.len()));
        }
        let mut headers = Vec::new();
        for (name, text) in &self.headers {
            let value = text.render(&self.texts, &names).and_then(|value| {
                value.as_deref().map_or(Ok(()), address::check_header_value)?;
                Ok(value)
            });
            if let Some(value) = value.map_err(|error| format!("headers.{name}: {error}"))? {
                headers.push((name.clone(), value.trim().to_owned()));
            }
        }
        let body = match &self.body {
            Some(body) => body.render(&self.texts, &names)?.filter(|body| !body.is_null()),
            None => None,
        };
        Ok(Rendered { method: self.method.as_str().to_owned(), path_and_query, headers, body })
    }

    /// The rows of an answer, at most [`MAX_ROWS`]; none when its status is one of [`Self::nothing`].
    ///
    /// # Errors
    /// For the skill's owner: the status is no success, the body is not JSON, or it is not of the form that the manifest
    /// says.
    pub fn read(&self, status: u16, body: &[u8]) -> Result<Vec<Map<String, Value>>, String> {
        if self.nothing.contains(&status) { Ok(Vec::new()) } else { self.answer.read(status, body) }
    }

    /// The columns of the rows; `None` where only the answer shows them.
    #[must_use]
    pub fn columns(&self) -> Option<Vec<String>> {
        self.answer.columns()
    }

    /// Whether the request uses `slot`.
    #[must_use]
    pub fn reads_slot(&self, slot: &str) -> bool {
        self.texts.reads_slot(slot)
    }

    /// The columns that divide by a whole number, which drops the fraction where what is divided is whole too.
    pub(crate) fn whole_divisions(&self) -> impl Iterator<Item = &str> {
        self.answer.whole_divisions()
    }
}
