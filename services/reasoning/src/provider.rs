//! One provider: its address, its headers, and what is sent to it.

use std::fmt;
use std::time::Duration;

use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use outbound::{Request, Timeouts};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;

use crate::breaker::Breaker;
use crate::options::{BreakerOptions, Mode, PathStyle, ProviderOptions};
use crate::prompt::Prompt;
use crate::question::Purpose;
use crate::schema;

const API_KEY: HeaderName = HeaderName::from_static("api-key");

/// A provider, ready to be asked.
pub(crate) struct Provider {
    pub(crate) options: ProviderOptions,
    pub(crate) breaker: Breaker,
    url: Url,
}

impl Provider {
    pub(crate) fn new(options: ProviderOptions, breaker: BreakerOptions) -> Self {
        Self { url: address(&options), breaker: Breaker::new(breaker), options }
    }

    /// The request for an answer to `prompt` that may take as long as this.
    pub(crate) fn request(&self, purpose: Purpose, prompt: &Prompt, left: Duration) -> Request {
        let mut request = Request::new(Method::POST, self.url.clone());
        request.body = self.body(purpose, prompt).to_string().into_bytes();
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let accept = if self.options.streaming { "text/event-stream, application/json" } else { "application/json" };
        request.headers.insert(ACCEPT, HeaderValue::from_static(accept));
        if let Some(key) = &self.options.api_key {
            let (name, value) = match self.options.path {
                PathStyle::Openai => (AUTHORIZATION, format!("Bearer {}", key.expose_secret())),
                PathStyle::Azure => (API_KEY, key.expose_secret().to_owned()),
            };
            // A key that no header can carry is left out: the provider then says that it is missing.
            if let Ok(mut value) = HeaderValue::from_str(&value) {
                value.set_sensitive(true);
                request.headers.insert(name, value);
            }
        }
        let total = left.min(Duration::from_millis(self.options.timeout_ms));
        let connect = Duration::from_millis(self.options.connect_ms).min(total);
        request.timeouts = Timeouts { connect, first_byte: total, total };
        request
    }

    fn body(&self, purpose: Purpose, prompt: &Prompt) -> Value {
        let options = &self.options;
        let mut body = json!({
            "model": options.model,
            "messages": prompt.messages(options.mode),
            "max_tokens": options.max_tokens,
            "temperature": 0,
        });
        match options.mode {
            Mode::JsonSchema => {
                body["response_format"] = json!({"type": "json_schema", "json_schema": {
                    "name": purpose.name(), "strict": true, "schema": schema::asked(purpose)}});
            }
            Mode::Tools => {
                body["tools"] = schema::functions(purpose);
                body["tool_choice"] = json!("required");
            }
            Mode::JsonObject => body["response_format"] = json!({"type": "json_object"}),
            Mode::Plain => {}
        }
        if options.streaming {
            body["stream"] = json!(true);
            body["stream_options"] = json!({"include_usage": true});
        }
        for (field, value) in &options.extra {
            body[field] = value.clone();
        }
        if options.extra.contains_key("max_completion_tokens")
            && let Some(fields) = body.as_object_mut()
        {
            fields.shift_remove("max_tokens");
        }
        body
    }
}

fn address(options: &ProviderOptions) -> Url {
    let mut url = options.base_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        match options.path {
            PathStyle::Openai => path.extend(["chat", "completions"]),
            PathStyle::Azure => path.extend(["openai", "deployments", &options.model, "chat", "completions"]),
        };
    }
    if options.path == PathStyle::Azure {
        url.query_pairs_mut().append_pair("api-version", &options.api_version);
    }
    url
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("name", &self.options.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(json: Value) -> ProviderOptions {
        serde_json::from_value(json).expect("options")
    }

    #[test]
    fn addresses_are_made_in_both_styles() {
        let openai = options(json!({"name": "a", "base_url": "https://llm.example/v1/", "model": "m"}));
        assert_eq!(address(&openai).as_str(), "https://llm.example/v1/chat/completions");
        let azure = options(
            json!({"name": "a", "base_url": "https://x.example", "path": "azure", "model": "g 4", "api_version": "1"}),
        );
        assert_eq!(
            address(&azure).as_str(),
            "https://x.example/openai/deployments/g%204/chat/completions?api-version=1"
        );
    }

    #[test]
    fn options_know_no_other_fields_and_do_not_show_the_key() {
        let wrong = json!({"name": "a", "base_url": "https://x.example", "model": "m", "api_kye": "k"}); // spellchecker:disable-line
        assert!(serde_json::from_value::<ProviderOptions>(wrong).is_err());
        let shown = format!(
            "{:?}",
            options(json!({"name": "a", "base_url": "https://x.example", "model": "m", "api_key": "s3cret"}))
        );
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
