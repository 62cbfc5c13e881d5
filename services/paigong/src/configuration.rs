//! The configuration: `config/default.toml`, a file, the environment. Unknown keys and wrong values end the start.

use std::collections::HashMap;
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

/// The settings that are lists.
const LISTS: [&str; 3] = ["secret_keys", "outbound_allow", "outbound_ports"];

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
    pub worker_concurrency: usize,
    pub tenant_concurrency: usize,
    pub lease_seconds: u64,
    pub run_wait_ms: u64,
    pub report_hours: u64,
    pub public_url: String,
    pub secret_keys: Vec<SecretString>,
    pub outbound_allow: Vec<String>,
    pub outbound_ports: Vec<u16>,
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
        let environment = std::env::vars()
            .filter(|(name, value)| name.starts_with("PAIGONG_") && !value.is_empty())
            .filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()) && !name.starts_with("PAIGONG_TEST_"))
            .collect();
        builder
            .add_source(of_environment(environment))
            .build()
            .and_then(config::Config::try_deserialize)
            .context("the configuration can't be used; config/default.toml explains every key")
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
