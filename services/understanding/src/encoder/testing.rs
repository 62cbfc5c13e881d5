//! A small encoder for tests, made on the spot: a Hugging Face style folder as an export would leave it. Every token has a random
//! vector, a text is the mean of its tokens: texts with the same words are alike, which is enough to tell skills apart.

use std::path::Path;

/// Width of its embeddings.
pub const DIMENSIONS: usize = 64;

/// Writes the folder: a graph with token types and one vector a token, `1_Pooling/config.json` for the mean, and the tokeniser at
/// `tokenizer`. Another `seed` makes another model.
///
/// # Panics
/// When it can't be written.
pub fn write(folder: &Path, tokenizer: &Path, seed: u64) {
    std::fs::create_dir_all(folder.join("1_Pooling")).expect("a folder");
    let text = std::fs::read_to_string(tokenizer).expect("a tokeniser");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let tokens = json["model"]["vocab"].as_object().expect("a vocabulary").len();
    std::fs::write(folder.join("tokenizer.json"), text).expect("a file");
    std::fs::write(folder.join("1_Pooling/config.json"), r#"{"pooling_mode_mean_tokens": true}"#).expect("a file");
    let about = "---\nlanguage:\n- zh\n- en\nlicense: apache-2.0\n---\nRandom vectors.\n";
    std::fs::write(folder.join("README.md"), about).expect("a file");
    std::fs::write(folder.join("model.onnx"), graph(tokens, seed)).expect("a file");
}

/// `last_hidden_state = Gather(words, input_ids)`, as an ONNX model (onnx.proto has the numbers of the fields).
fn graph(tokens: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    };
    let words: Vec<u8> = (0..tokens * DIMENSIONS).flat_map(|_| random().to_le_bytes()).collect();
    let tensor =
        [number(1, tokens as u64), number(1, DIMENSIONS as u64), number(2, 1), bytes(8, b"words"), bytes(9, &words)];
    let node = [bytes(1, b"words"), bytes(1, b"input_ids"), bytes(2, b"last_hidden_state"), bytes(4, b"Gather")];
    let (batch, length) = (bytes(2, b"batch"), bytes(2, b"tokens"));
    let mut parts = vec![bytes(1, &node.concat()), bytes(2, b"words"), bytes(5, &tensor.concat())];
    for name in ["input_ids", "attention_mask", "token_type_ids"] {
        parts.push(bytes(11, &value(name, 7, &[&batch, &length])));
    }
    parts.push(bytes(12, &value("last_hidden_state", 1, &[&batch, &length, &number(1, DIMENSIONS as u64)])));
    [number(1, 8), bytes(7, &parts.concat()), bytes(8, &number(2, 13))].concat()
}

/// A graph's input or output: its name, the type of its elements, its sides.
fn value(name: &str, element: u64, sides: &[&[u8]]) -> Vec<u8> {
    let shape: Vec<u8> = sides.iter().flat_map(|side| bytes(1, side)).collect();
    let tensor = [number(1, element), bytes(2, &shape)].concat();
    [bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()
}

fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, value: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(value.len() as u64), value.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
    out
}
