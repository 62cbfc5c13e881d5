//! Folders from elsewhere: taken over as they are, or refused with what would help.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use understanding::encoder::adopt::{Adoptable, Wishes, adopt};
use understanding::encoder::manifest::Pooling;
use understanding::encoder::{Encoder, Options, testing};

use super::{cosine, model_folder, runtime_library};

/// A folder as an export leaves it; removed when dropped.
struct Export(PathBuf);

impl Export {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("paigong-adopt-{name}-{}", std::process::id()));
        testing::write(&folder, &model_folder().join("tokenizer.json"), 1);
        Self(folder)
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).unwrap();
    }

    fn adopt(&self, wishes: &Wishes) -> Result<Adoptable, String> {
        adopt(&self.0, &runtime_library(), wishes).map_err(|error| error.to_string())
    }

    fn refusal(&self) -> String {
        self.adopt(&Wishes::default()).unwrap_err()
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn start(folder: &Path, adopted: &Adoptable) -> Encoder {
    fs::write(folder.join("model.toml"), toml::to_string(&adopted.manifest).unwrap()).unwrap();
    Encoder::start(Options { threads: 1, ..Options::new(folder, runtime_library()) }).unwrap()
}

#[tokio::test]
async fn a_folder_says_by_itself_how_it_is_to_be_used() {
    let export = Export::new("whole");
    export.write("config_sentence_transformers.json", r#"{"prompts": {"query": "query: ", "document": ""}}"#);
    export.write("sentence_bert_config.json", r#"{"max_seq_length": 512}"#);
    let adopted = export.adopt(&Wishes { name: "small".into(), ..Wishes::default() }).unwrap();
    let manifest = &adopted.manifest;
    assert_eq!(manifest.name, "small");
    assert_eq!((manifest.languages.join(","), manifest.licence.as_str()), ("zh,en".into(), "apache-2.0"));
    assert_eq!((manifest.tokenizer.prefix.as_str(), manifest.tokenizer.max_tokens), ("query: ", 128));
    let graph = &manifest.graph;
    assert_eq!((graph.dimensions, graph.pooling), (testing::DIMENSIONS, Pooling::Mean));
    assert!(graph.token_types && graph.batch_invariant);
    assert_eq!(graph.token_output.as_deref(), Some("last_hidden_state"));
    assert_eq!(adopted.notes.len(), 2, "{:?}", adopted.notes);

    let encoder = start(&export.0, &adopted);
    let soon = Instant::now() + Duration::from_secs(20);
    let of = async |text: &str| encoder.embed(text, soon).await.unwrap().vector;
    let (one, same, other) = (of("查一下我的订单").await, of("查一下我的订单！").await, of("请三天病假").await);
    assert!(cosine(&one, &same) > 0.8 && cosine(&one, &other) < 0.8);
    assert!(encoder.has_tokens());
}

#[test]
fn what_its_owner_says_counts_more_than_what_its_files_say() {
    let export = Export::new("wishes");
    let wishes = Wishes {
        pooling: Some(Pooling::Cls),
        prefix: Some(String::new()),
        max_tokens: Some(64),
        languages: vec!["en".into()],
        licence: Some("MIT".into()),
        ..Wishes::default()
    };
    let adopted = export.adopt(&wishes).unwrap();
    let manifest = adopted.manifest;
    assert_eq!((manifest.graph.pooling, manifest.tokenizer.max_tokens), (Pooling::Cls, 64));
    assert_eq!((manifest.languages.join(","), manifest.licence.as_str()), ("en".into(), "MIT"));
    assert!(adopted.notes.is_empty(), "{:?}", adopted.notes);
}

#[test]
fn another_use_of_the_same_files_is_another_identity() {
    let export = Export::new("identity");
    let of = |wishes: Wishes| export.adopt(&wishes).unwrap().manifest.identity();
    let plain = of(Wishes::default());
    assert_eq!(plain, of(Wishes { name: "renamed".into(), ..Wishes::default() }));
    assert_ne!(plain, of(Wishes { prefix: Some("query: ".into()), ..Wishes::default() }));
    assert_ne!(plain, of(Wishes { pooling: Some(Pooling::Cls), ..Wishes::default() }));
}

#[test]
fn what_is_missing_or_unknown_is_refused_with_what_would_help() {
    let export = Export::new("refused");
    let rename = |from: &str, to: &str| fs::rename(export.0.join(from), export.0.join(to)).unwrap();
    export.write("modules.json", r#"[{"type": "sentence_transformers.models.Dense"}]"#);
    assert!(export.refusal().contains("dense layer"), "{}", export.refusal());
    export.write("modules.json", "[]");
    export.write("1_Pooling/config.json", r#"{"pooling_mode_max_tokens": true}"#);
    assert!(export.refusal().contains("another pooling"), "{}", export.refusal());
    fs::remove_file(export.0.join("1_Pooling/config.json")).unwrap();
    assert!(export.refusal().contains("--pooling mean"), "{}", export.refusal());
    export.write("1_Pooling/config.json", r#"{"pooling_mode_mean_tokens": true}"#);

    rename("model.onnx", "a.onnx");
    fs::copy(export.0.join("a.onnx"), export.0.join("b.onnx")).unwrap();
    assert!(export.refusal().contains("--graph"), "{}", export.refusal());
    assert!(export.adopt(&Wishes { graph: Some("b.onnx".into()), ..Wishes::default() }).is_ok());
    fs::remove_file(export.0.join("b.onnx")).unwrap();
    assert!(export.adopt(&Wishes::default()).is_ok(), "the only graph needs no name");
    let whole = fs::read(export.0.join("a.onnx")).unwrap();
    fs::write(export.0.join("a.onnx"), &whole[..whole.len() / 2]).unwrap();
    export.write("a.onnx_data", "");
    assert!(export.refusal().contains("export it as one file"), "{}", export.refusal());
    fs::remove_file(export.0.join("a.onnx")).unwrap();
    assert!(export.refusal().contains("optimum-cli"), "{}", export.refusal());
    rename("tokenizer.json", "vocab.txt");
    export.write("model.onnx", "x");
    assert!(export.refusal().contains("save_pretrained"), "{}", export.refusal());
}
