//! The configuration: `config/default.toml`, a file, the environment. Unknown keys and wrong values end the start.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use outbound::seal::{Keyring, SEALED};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// The defaults, whose comments are the reference.
const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// Variables that are no settings: the file itself, and what docker-compose.yml and scripts/database.sql read.
const NOT_SETTINGS: [&str; 7] = [
    "PAIGONG_CONFIG",
    "PAIGONG_LLM_FILE",
    "PAIGONG_DATABASE_PASSWORD",
    "PAIGONG_VERSION",
    "PAIGONG_BIND",
    "PAIGONG_PORT",
    "PAIGONG_MEMORY",
];

/// The settings that are lists.
const LISTS: [&str; 4] = ["secret_keys", "outbound_allow", "outbound_ports", "trusted_proxies"];

/// Every setting; see `config/default.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    pub listen: String,
    pub workers: usize,
    pub shutdown_seconds: u64,
    pub database_url: SecretString,
    pub database_connections: u32,
    pub database_acquire_seconds: u64,
    pub models_dir: PathBuf,
    pub model: String,
    pub learnt_dir: PathBuf,
    pub runtime_library: PathBuf,
    pub encoder_threads: usize,
    pub encoder_queue: usize,
    pub understanding_deadline_ms: u64,
    pub worker_concurrency: usize,
    pub tenant_concurrency: usize,
    pub lease_seconds: u64,
    pub run_wait_ms: u64,
    pub report_hours: u64,
    pub public_url: String,
    pub secret_keys: Vec<SecretString>,
    pub outbound_allow: Vec<String>,
    pub outbound_ports: Vec<u16>,
    pub rate_per_key: u32,
    pub rate_per_tenant: u32,
    pub rate_per_address: u32,
    pub trusted_proxies: Vec<String>,
    pub skills_dir: PathBuf,
    pub log: String,
    pub log_format: LogFormat,
    pub otlp_endpoint: String,
    pub llm_url: String,
    pub llm_model: String,
    pub llm_key: SecretString,
    pub llm_mode: reasoning::Mode,
    pub llm_price_in: u64,
    pub llm_price_out: u64,
    pub llm: reasoning::Options,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Configuration {
    /// Reads all layers.
    pub(crate) fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut builder =
            config::Config::builder().add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml));
        if let Some(file) = file {
            builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
        }
        if let Ok(url) = std::env::var("DATABASE_URL") {
            builder = builder.set_override("database_url", url)?;
        }
        let environment = std::env::vars()
            .filter(|(name, value)| name.starts_with("PAIGONG_") && !value.is_empty())
            .filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()) && !name.starts_with("PAIGONG_TEST_"))
            .collect();
        let read: Self = builder
            .add_source(of_environment(environment))
            .build()
            .and_then(config::Config::try_deserialize)
            .context("the configuration can't be used; config/default.toml explains every key")?;
        read.reasoning()?;
        Ok(read)
    }

    /// What a reasoner needs: the model of `llm_url` first, then the others. No provider: none is asked.
    ///
    /// # Errors
    /// When `llm_url` is not an address, one of it and `llm_model` is missing, or a key is sealed and can't be opened.
    pub(crate) fn reasoning(&self) -> anyhow::Result<reasoning::Options> {
        let mut options = self.llm.clone();
        match (self.llm_url.is_empty(), self.llm_model.is_empty()) {
            (true, true) => {}
            (false, false) => options.providers.insert(0, self.first_provider()?),
            (true, false) => bail!("llm_model is set and llm_url is not; set both or neither"),
            (false, true) => bail!("llm_url is set and llm_model is not; set both or neither"),
        }
        for provider in &mut options.providers {
            if let Some(key) = provider.api_key.take() {
                provider.api_key = Some(self.opened(key).with_context(|| format!("the key of {}", provider.name))?);
            }
        }
        Ok(options)
    }

    /// The model of `llm_url`.
    fn first_provider(&self) -> anyhow::Result<reasoning::ProviderOptions> {
        let first = serde_json::json!({"name": "llm", "base_url": self.llm_url, "model": self.llm_model});
        let mut first: reasoning::ProviderOptions = serde_json::from_value(first)
            .context("llm_url is not an address; write it like http://10.0.0.5:8000/v1")?;
        first.api_key = (!self.llm_key.expose_secret().is_empty()).then(|| self.llm_key.clone());
        first.mode = self.llm_mode;
        (first.price_in, first.price_out) = (self.llm_price_in, self.llm_price_out);
        Ok(first)
    }

    /// A secret that may stand there sealed.
    fn opened(&self, secret: SecretString) -> anyhow::Result<SecretString> {
        if !secret.expose_secret().starts_with(SEALED) {
            return Ok(secret);
        }
        let keyring =
            self.keyring()?.context("it is sealed, and secret_keys is empty: put the key there that sealed it")?;
        let opened = keyring.open_setting(secret.expose_secret());
        let opened = opened.context("it can't be opened; seal it again with `paigong secrets seal`")?;
        Ok(opened.as_str().to_owned().into())
    }

    /// What secrets are sealed with; `None` without `secret_keys`.
    ///
    /// # Errors
    /// When a key is none.
    pub(crate) fn keyring(&self) -> anyhow::Result<Option<Keyring>> {
        let keys: Vec<_> = self.secret_keys.iter().map(|key| key.expose_secret()).collect();
        if keys.is_empty() {
            return Ok(None);
        }
        let keyring = Keyring::parse(&keys.join(","));
        keyring.context("secret_keys can't be used; `paigong secrets generate` prints a key").map(Some)
    }
}

/// The settings among variables; lists are separated by commas.
fn of_environment(variables: HashMap<String, String>) -> config::Environment {
    let environment = config::Environment::with_prefix("PAIGONG")
        .prefix_separator("_")
        .try_parsing(true)
        .list_separator(",")
        .source(Some(variables));
    LISTS.iter().fold(environment, |environment, key| environment.with_list_parse_key(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete() {
        let read =
            config::Config::builder().add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml)).build();
        let configuration: Configuration = read.and_then(config::Config::try_deserialize).expect("a configuration");
        assert_eq!(configuration.listen, "127.0.0.1:8600");
    }

    #[test]
    fn unknown_keys_are_refused() {
        let text = format!("{DEFAULTS}\nlisten_on = 'x'");
        let read =
            config::Config::builder().add_source(config::File::from_str(&text, config::FileFormat::Toml)).build();
        let error = read.and_then(config::Config::try_deserialize::<Configuration>).expect_err("an unknown key");
        assert!(error.to_string().contains("listen_on"), "{error}");
    }

    #[test]
    fn a_language_model_is_an_address_and_a_name() {
        let read = |more: &str| {
            let text = DEFAULTS.replace("llm_url = \"\"\nllm_model = \"\"", more);
            let read =
                config::Config::builder().add_source(config::File::from_str(&text, config::FileFormat::Toml)).build();
            let configuration: Configuration = read.and_then(config::Config::try_deserialize).expect("a configuration");
            configuration.reasoning()
        };
        assert!(read("llm_url = ''\nllm_model = ''").expect("none").providers.is_empty());
        let options = read("llm_url = 'http://10.0.0.5:8000/v1'\nllm_model = 'qwen3'").expect("one");
        assert_eq!((options.providers[0].model.as_str(), options.deadline_ms), ("qwen3", 8_000));
        for (text, word) in
            [("llm_url = 'x'\nllm_model = 'y'", "llm_url"), ("llm_url = ''\nllm_model = 'y'", "llm_url")]
        {
            let error = read(text).expect_err(text);
            assert!(format!("{error:#}").contains(word), "{error:#}");
        }
    }

    #[test]
    fn a_key_of_a_provider_may_stand_there_sealed() {
        let ring = Keyring::generate_line("k1").expect("a key");
        let keyring = Keyring::parse(&ring).expect("a ring");
        let read = |ring: &str, key: &str| {
            let text = DEFAULTS
                .replace("secret_keys = []", &format!("secret_keys = [{ring:?}]"))
                .replace("llm_url = \"\"\nllm_model = \"\"", "llm_url = 'http://10.0.0.5/v1'\nllm_model = 'm'")
                .replace("llm_key = \"\"", &format!("llm_key = {key:?}\n"))
                .replace("llm_price_in = 0", "llm_price_in = 7");
            let text = format!(
                "{text}\n[[llm.providers]]\nname = 'b'\nbase_url = 'http://b/v1'\nmodel = 'm'\napi_key = {key:?}"
            );
            let read =
                config::Config::builder().add_source(config::File::from_str(&text, config::FileFormat::Toml)).build();
            let configuration: Configuration = read.and_then(config::Config::try_deserialize).expect("a configuration");
            configuration.reasoning()
        };
        let keys = |options: reasoning::Options| {
            let key =
                |provider: reasoning::ProviderOptions| provider.api_key.expect("a key").expose_secret().to_owned();
            options.providers.into_iter().map(key).collect::<Vec<_>>()
        };
        let sealed = keyring.seal_setting("s3cret");
        assert!(sealed.starts_with(SEALED) && !sealed.contains("s3cret"));
        let options = read(&ring, &sealed).expect("opened");
        assert_eq!(options.providers[0].price_in, 7);
        assert_eq!(keys(options), ["s3cret", "s3cret"]);
        assert_eq!(keys(read(&ring, "plain").expect("as it is")), ["plain", "plain"]);
        let other = Keyring::generate_line("k1").expect("a key");
        for key in [sealed.as_str(), "sealed:", "sealed:AAAA", "sealed:?"] {
            let error = format!("{:#}", read(&other, key).expect_err(key));
            assert!(error.contains("the key of llm") && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn lists_in_the_environment_are_separated_by_commas() {
        let variables = [
            ("PAIGONG_SECRET_KEYS", "k2:YWJjZA==,k1:ZGVmZw=="),
            ("PAIGONG_OUTBOUND_ALLOW", "10.0.0.0/8"),
            ("PAIGONG_OUTBOUND_PORTS", "443,8443"),
            ("PAIGONG_LOG", "info,sqlx=warn"),
            ("PAIGONG_WORKERS", "3"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let configuration: Configuration = config::Config::builder()
            .add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml))
            .add_source(of_environment(variables))
            .build()
            .and_then(config::Config::try_deserialize)
            .expect("a configuration");
        let keys: Vec<_> = configuration.secret_keys.iter().map(secrecy::ExposeSecret::expose_secret).collect();
        assert_eq!(keys, ["k2:YWJjZA==", "k1:ZGVmZw=="]);
        assert_eq!(configuration.outbound_allow, ["10.0.0.0/8"]);
        assert_eq!(configuration.outbound_ports, [443, 8_443]);
        assert_eq!((configuration.log.as_str(), configuration.workers), ("info,sqlx=warn", 3));
    }
}
