//! The configuration: `config/default.toml`, a file, the environment. Unknown keys and wrong values end the start.

use std::path::{Path, PathBuf};

use anyhow::Context;
use secrecy::SecretString;
use serde::Deserialize;

/// The defaults, whose comments are the reference.
const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// Variables that are no settings: the file itself, and what docker-compose.yml and scripts/database.sql read.
const NOT_SETTINGS: [&str; 6] = [
    "PAIGONG_CONFIG",
    "PAIGONG_DATABASE_PASSWORD",
    "PAIGONG_VERSION",
    "PAIGONG_BIND",
    "PAIGONG_PORT",
    "PAIGONG_MEMORY",
];

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
    pub runtime_library: PathBuf,
    pub encoder_threads: usize,
    pub encoder_queue: usize,
    pub understanding_deadline_ms: u64,
    pub skills_dir: PathBuf,
    pub log: String,
    pub log_format: LogFormat,
    pub otlp_endpoint: String,
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
        let environment: std::collections::HashMap<String, String> = std::env::vars()
            .filter(|(name, value)| name.starts_with("PAIGONG_") && !value.is_empty())
            .filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()) && !name.starts_with("PAIGONG_TEST_"))
            .collect();
        let environment = config::Environment::with_prefix("PAIGONG")
            .prefix_separator("_")
            .try_parsing(true)
            .source(Some(environment));
        builder
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .context("the configuration can't be used; config/default.toml explains every key")
    }
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
}
