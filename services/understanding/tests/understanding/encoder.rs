//! Starting an encoder from good and bad folders, and encoding.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use understanding::encoder::{Encoder, Error, Options};
use understanding::similarity;

use super::{cosine, model_folder, options, runtime_library, start, workspace};

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// A copy of the model's folder that a test may damage; removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn copy(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("paigong-understanding-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for file in ["model.toml", "model.onnx", "tokenizer.json"] {
            fs::copy(model_folder().join(file), folder.join(file)).unwrap();
        }
        Self(folder)
    }

    fn rewrite(&self, from: &str, to: &str) {
        let path = self.0.join("model.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "model.toml has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn start(&self) -> Result<Encoder, Error> {
        Encoder::start(Options { threads: 1, ..Options::new(&self.0, runtime_library()) })
    }

    fn refusal(&self) -> String {
        self.start().unwrap_err().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_sentence_and_its_translation_lie_near_each_other() {
    let encoder = start();
    let chinese = encoder.embed("我的订单什么时候到", soon()).await.unwrap();
    let english = encoder.embed("when will my order arrive", soon()).await.unwrap();
    let other = encoder.embed("the cat sleeps on the sofa", soon()).await.unwrap();
    assert_eq!(chinese.vector.len(), encoder.dimensions());
    assert!((cosine(&chinese.vector, &chinese.vector) - 1.0).abs() < 1e-4);
    assert!(cosine(&chinese.vector, &english.vector) > 0.6);
    assert!(cosine(&chinese.vector, &other.vector) < 0.5);
    assert!(chinese.timings.run > Duration::ZERO);
}

#[tokio::test]
async fn a_text_has_the_same_embedding_alone_and_among_many() {
    let encoder = start();
    let texts: Vec<String> =
        (0..60).map(|n| format!("查一下订单 {n} {}", "and then some more".repeat(n % 7))).collect();
    let many = encoder.embed_many(&texts).await.unwrap();
    assert_eq!(many.len(), texts.len());
    for (text, among) in texts.iter().zip(&many) {
        let alone = encoder.embed(text, soon()).await.unwrap();
        let gap = alone.vector.iter().zip(among.vector.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(gap < 1e-3, "{text}: {gap}");
    }
}

#[test]
fn padded_batches_of_a_graph_that_allows_them_agree_with_single_runs() {
    let folder = Folder::copy("batched");
    folder.rewrite("batch_invariant = false", "batch_invariant = true");
    let batched = folder.start().unwrap();
    let single = start();
    let texts: Vec<String> = (1..40).map(|n| "请帮我订一间会议室 ".repeat(n % 5 + 1)).collect();
    let (batched, single) = (batched.embed_many_blocking(&texts).unwrap(), single.embed_many_blocking(&texts).unwrap());
    for (a, b) in batched.iter().zip(&single) {
        // This graph is int8, whose activation scale spans the batch: near, but not equal.
        assert!(cosine(&a.vector, &b.vector) > 0.95);
    }
}

#[tokio::test]
async fn token_embeddings_know_the_characters_they_stand_for() {
    let encoder = start();
    let text = "订SO-20318的three件";
    let (_, tokens) = encoder.embed_with_tokens(text, soon()).await.unwrap();
    let characters: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = tokens.spans.iter().map(|span| characters[span.clone()].iter().collect()).collect();
    assert_eq!(pieces.first().map(String::as_str), Some("订"));
    assert_eq!(pieces.last().map(String::as_str), Some("件"));
    assert_eq!(pieces.concat(), text);
    assert_eq!(tokens.vectors.len(), tokens.spans.len() * tokens.dimensions);
}

#[tokio::test]
async fn an_empty_text_and_a_huge_one_are_encoded() {
    let encoder = start();
    let empty = encoder.embed("", soon()).await.unwrap();
    assert!((cosine(&empty.vector, &empty.vector) - 1.0).abs() < 1e-4);
    let started = Instant::now();
    let huge = encoder.embed(&"很长的一段话 and more ".repeat(200_000), soon()).await.unwrap();
    assert!((cosine(&huge.vector, &huge.vector) - 1.0).abs() < 1e-4);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn hostile_strings_are_encoded() {
    let mut texts: Vec<String> = [
        "\0\0\0",
        "\u{202e}abc",
        "ﷺ",
        "𠜎𠜱𠝹",
        "👩‍👩‍👧‍👦",
        "\u{feff}",
        "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
        "[CLS] [SEP] [MASK] [UNK]",
        "\r\n\t \u{a0}\u{3000}",
        "'; DROP TABLE users; --",
        "\u{fffd}",
        "\u{10ffff}",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("a".repeat(100_000));
    // The big list of naughty strings, where its path is given.
    if let Some(path) = std::env::var_os("PAIGONG_NAUGHTY_STRINGS") {
        let list: Vec<String> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        texts.extend(list);
    }
    let encoder = start();
    for embedding in encoder.embed_many_blocking(&texts).unwrap() {
        assert!(embedding.vector.iter().all(|value| value.is_finite()));
    }
}

#[tokio::test]
async fn more_texts_than_the_queue_holds_are_refused_with_advice() {
    let encoder = Encoder::start(Options { threads: 1, queue_capacity: 4, ..options() }).unwrap();
    let deadline = soon();
    let all = futures_util::future::join_all((0..200).map(|_| encoder.embed("查一下我的订单到哪里了", deadline))).await;
    let refused = all.iter().filter(|result| matches!(result, Err(Error::Overloaded { .. }))).count();
    let done = all.iter().filter(|result| result.is_ok()).count();
    assert_eq!(refused + done, 200, "{:?}", all.iter().find_map(|result| result.as_ref().err()));
    assert!(refused > 100 && done >= 4, "{refused} refused, {done} done");
}

#[tokio::test]
async fn a_text_past_its_deadline_is_given_up() {
    let encoder = start();
    let result = encoder.embed("查一下我的订单", Instant::now() - Duration::from_secs(1)).await;
    assert!(matches!(result, Err(Error::DeadlineExceeded)), "{result:?}");
}

#[tokio::test]
async fn an_interactive_text_overtakes_bulk_work() {
    let encoder = Encoder::start(Options { threads: 1, ..options() }).unwrap();
    let texts = vec!["把所有的例句重新算一遍，这是一项很长的工作"; 2_000];
    let bulk = encoder.clone();
    let training = tokio::spawn(async move { bulk.embed_many(&texts).await.map(|all| all.len()) });
    tokio::task::yield_now().await;
    for _ in 0..20 {
        let embedding = encoder.embed("查订单", soon()).await.unwrap();
        // At most the one text that was running.
        assert!(embedding.timings.queue < Duration::from_millis(500), "{:?}", embedding.timings);
    }
    assert!(!training.is_finished());
    training.abort();
}

#[test]
fn a_missing_file_is_named() {
    let folder = Folder::copy("missing");
    fs::remove_file(folder.0.join("tokenizer.json")).unwrap();
    assert!(folder.refusal().contains("tokenizer.json"), "{}", folder.refusal());
    fs::remove_file(folder.0.join("model.toml")).unwrap();
    assert!(folder.refusal().contains("model.toml"), "{}", folder.refusal());
}

#[test]
fn a_truncated_model_is_refused_by_its_checksum() {
    let folder = Folder::copy("truncated");
    let path = folder.0.join("model.onnx");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(folder.start(), Err(Error::Checksum { .. })));
    assert!(folder.refusal().contains("model.onnx"), "{}", folder.refusal());
}

#[test]
fn a_model_that_is_no_graph_is_refused_even_with_the_right_checksum() {
    let folder = Folder::copy("no-graph");
    fs::write(folder.0.join("model.onnx"), b"not a graph").unwrap();
    let found = match folder.start() {
        Err(Error::Checksum { found, expected, .. }) => (expected, found),
        other => panic!("{other:?}"),
    };
    folder.rewrite(&found.0, &found.1);
    assert!(matches!(folder.start(), Err(Error::Model { .. })), "{}", folder.refusal());
}

#[test]
fn a_model_of_another_shape_is_refused() {
    let folder = Folder::copy("shape");
    folder.rewrite("dimensions = 384", "dimensions = 512");
    assert!(folder.refusal().contains("dimensions"), "{}", folder.refusal());
    folder.rewrite("dimensions = 512", "dimensions = 384");
    folder.rewrite("\"sentence_embedding\"", "\"pooled\"");
    assert!(folder.refusal().contains("\"pooled\""), "{}", folder.refusal());
    folder.rewrite("\"pooled\"", "\"sentence_embedding\"");
    folder.rewrite("token_types = false", "token_types = true");
    assert!(folder.refusal().contains("token_type_ids"), "{}", folder.refusal());
}

#[test]
fn an_unknown_key_in_the_description_is_refused_with_its_place() {
    let folder = Folder::copy("unknown-key");
    folder.rewrite("max_tokens", "max_tokenz");
    assert!(folder.refusal().contains("max_tokenz"), "{}", folder.refusal());
}

#[test]
fn mean_and_first_token_pooling_and_a_prefix_need_only_a_description() {
    let folder = Folder::copy("pooling");
    folder.rewrite("\"in_graph\"", "\"mean\"");
    let in_graph = start().embed_blocking("帮我查订单").unwrap();
    let mean = folder.start().unwrap().embed_blocking("帮我查订单").unwrap();
    assert!(cosine(&in_graph.vector, &mean.vector) > 0.999);
    folder.rewrite("\"mean\"", "\"cls\"");
    let first = folder.start().unwrap().embed_blocking("帮我查订单").unwrap();
    assert!(cosine(&first.vector, &mean.vector) < 0.999);
    folder.rewrite("prefix = \"\"", "prefix = \"query: \"");
    folder.rewrite("\"cls\"", "\"mean\"");
    let prefixed = folder.start().unwrap().embed_blocking("帮我查订单").unwrap();
    let spelt_out = start().embed_blocking("query: 帮我查订单").unwrap();
    assert!(cosine(&prefixed.vector, &spelt_out.vector) > 0.999);
}

#[test]
fn a_wrong_runtime_library_is_named() {
    let missing = Options { threads: 1, ..Options::new(model_folder(), "/nowhere/libonnxruntime.so") };
    let error = Encoder::start(missing).unwrap_err().to_string();
    assert!(error.contains("/nowhere/libonnxruntime.so"), "{error}");
}

#[tokio::test]
async fn cosines_of_the_model_that_the_bars_were_set_with_stay_as_they_are() {
    let folder = workspace().join("models/paigong-mini-bilingual");
    let reference = Encoder::start(Options { threads: 1, ..Options::new(folder, runtime_library()) }).unwrap();
    let scale = similarity::measure(&reference).await.unwrap();
    for cosine in [0.0, 0.3, 0.6, 0.8, 0.9] {
        let gap = (scale.of(cosine) - cosine).abs();
        // Processors round the quantised graph in their own ways.
        assert!(gap < 5e-3, "{cosine} is off by {gap}: its points are {:?}", scale.points());
    }
}
