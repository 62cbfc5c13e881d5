//! General utterances in both languages that no business skill answers: what "out of scope" looks like before any
//! traffic was seen. Written for this project; one utterance a line in `background/`.

use std::sync::Arc;

use ndarray::Array2;

use super::Error;

/// The shipped utterances, English then Chinese.
pub fn texts() -> impl Iterator<Item = &'static str> {
    include_str!("background/en.txt")
        .lines()
        .chain(include_str!("background/zh.txt").lines())
        .filter(|line| !line.is_empty())
}

/// The utterances' embeddings, made once for each encoder and shared by all apps.
#[derive(Debug, Clone)]
pub struct Background {
    pub(super) rows: Arc<Array2<f32>>,
}

impl Background {
    /// From the embeddings of [`texts`] (or of other general utterances), all `dimensions` wide.
    pub fn new<V: AsRef<[f32]>>(vectors: &[V], dimensions: usize) -> Result<Self, Error> {
        let mut flat = Vec::with_capacity(vectors.len() * dimensions);
        for vector in vectors {
            let vector = vector.as_ref();
            if vector.len() != dimensions {
                return Err(Error::Dimensions { expected: dimensions, found: vector.len() });
            }
            flat.extend_from_slice(vector);
        }
        let rows = Array2::from_shape_vec((vectors.len(), dimensions), flat)
            .map_err(|_| Error::Dimensions { expected: dimensions, found: 0 })?;
        Ok(Self { rows: Arc::new(rows) })
    }

    /// No background at all: out of scope is then judged by the app's own examples only.
    #[must_use]
    pub fn none(dimensions: usize) -> Self {
        Self { rows: Arc::new(Array2::zeros((0, dimensions))) }
    }
}
