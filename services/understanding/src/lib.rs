//! Text → meaning: the encoder (all ONNX code), the skill classifier with calibration and out-of-scope decision, and
//! language detection. Knows nothing of conversations, values or databases.

pub mod classifier;
pub mod encoder;
pub mod language;
pub mod similarity;
pub mod stance;
pub mod tagger;
