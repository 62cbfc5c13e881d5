//! Logs and traces: `tracing` to standard error, and to an OpenTelemetry collector if one is configured.

use anyhow::Context;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::configuration::{Configuration, LogFormat};

/// Ends telemetry when dropped: what was recorded is sent.
pub(crate) struct Guard(Option<SdkTracerProvider>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take()
            && let Err(error) = provider.shutdown()
        {
            eprintln!("paigong: the last traces could not be sent: {error}");
        }
    }
}

/// Starts logging and tracing.
pub(crate) fn start(configuration: &Configuration) -> anyhow::Result<Guard> {
    let filter = EnvFilter::try_new(&configuration.log).context("`log` is not a filter, such as info,sqlx=warn")?;
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let logs = match configuration.log_format {
        LogFormat::Json => logs.json().flatten_event(true).boxed(),
        LogFormat::Text => logs.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
    };
    let provider = if configuration.otlp_endpoint.is_empty() {
        None
    } else {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", configuration.otlp_endpoint.trim_end_matches('/')))
            .build()
            .context("otlp_endpoint can't be used")?;
        let resource = opentelemetry_sdk::Resource::builder().with_service_name("paigong").build();
        Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
    };
    let traces =
        provider.as_ref().map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("paigong")));
    tracing_subscriber::registry().with(filter).with(logs).with(traces).init();
    Ok(Guard(provider))
}
