//! What the encoder's threads and queue add to the graph's own time, and how many texts it gets through.
//! `cargo bench -p understanding`; needs the model and ONNX Runtime (`ORT_DYLIB_PATH` or `.local/onnxruntime`).

#![allow(clippy::print_stdout, missing_docs, reason = "a bench prints its result")]

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use understanding::encoder::{Encoder, Error, Options, raw_run_times};

const TEXTS: [&str; 2] = ["帮我把周五下午的会议改到下周一上午", "could you please tell me where my order is right now"];
const RUNS: usize = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let library = std::env::var_os("ORT_DYLIB_PATH")
        .map_or_else(|| workspace.join(".local/onnxruntime/libonnxruntime.so"), PathBuf::from);
    let options = Options::new(workspace.join("models/paigong-bilingual-2"), library);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    println!("one text at a time, p50 in ms");
    let encoder = Encoder::start(options.clone())?;
    for text in TEXTS {
        // Alternating rounds, so that a busy machine slows both alike.
        let (mut raw, mut service) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            raw.extend(raw_run_times(&options, text, RUNS / 5)?);
            service.extend(runtime.block_on(embed(&encoder, text, RUNS / 5))?);
        }
        let (raw, service) = (p50(raw), p50(service));
        println!("  raw {raw:.3}  service {service:.3}  ratio {:.2}  {text}", service / raw);
    }
    let cores = std::thread::available_parallelism()?.get();
    for threads in [1, cores] {
        let encoder = Encoder::start(Options { threads, ..options.clone() })?;
        let batch: Vec<&str> = TEXTS.iter().copied().cycle().take(32).collect();
        let started = Instant::now();
        for _ in 0..20 {
            encoder.embed_many_blocking(&batch)?;
        }
        let rate = 640.0 / started.elapsed().as_secs_f64();
        println!("batches of 32 on {threads} threads: {rate:.0} texts/s, resident {} MiB", resident_mib());
    }
    Ok(())
}

async fn embed(encoder: &Encoder, text: &str, runs: usize) -> Result<Vec<Duration>, Error> {
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let started = Instant::now();
        encoder.embed(text, started + Duration::from_secs(10)).await?;
        times.push(started.elapsed());
    }
    Ok(times)
}

fn p50(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

/// Linux only; 0 elsewhere.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}
