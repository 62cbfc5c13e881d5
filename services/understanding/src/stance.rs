//! How a message takes what was last said to the user (it is fine, not now, something else, that's all), beyond fixed
//! phrases: a small regression on the sentence embedding, learnt from shipped utterances in both languages, the same for
//! every app.

use std::sync::Arc;

use ndarray::Array2;

use crate::classifier::lbfgs::Stop;
use crate::classifier::regression::{self, Problem, softmax_in_place};

/// What a message can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stance {
    /// It is fine.
    Accept,
    /// It is not wanted.
    Decline,
    /// Something else of the kind is wanted.
    Others,
    /// Nothing more is wanted.
    Finish,
    /// Something about it is asked.
    Question,
    /// Something is said or asked for.
    Inform,
}

const ALL: [Stance; 6] =
    [Stance::Accept, Stance::Decline, Stance::Others, Stance::Finish, Stance::Question, Stance::Inform];
const PENALTY: f32 = 0.1;

/// The shipped utterances, each with what it is.
pub fn texts() -> impl Iterator<Item = (Stance, &'static str)> {
    let lines = include_str!("stance/en.txt").lines().chain(include_str!("stance/zh.txt").lines());
    lines.filter_map(|line| {
        let (label, text) = line.split_once('\t')?;
        let stance = match label {
            "accept" => Stance::Accept,
            "decline" => Stance::Decline,
            "others" => Stance::Others,
            "finish" => Stance::Finish,
            "question" => Stance::Question,
            "inform" => Stance::Inform,
            _ => return None,
        };
        Some((stance, text))
    })
}

/// Reads stances from sentence embeddings. Clones share everything.
#[derive(Debug, Clone)]
pub struct StanceReader {
    coefficients: Arc<Array2<f32>>,
}

impl StanceReader {
    /// Learns from the embeddings of [`texts`], in their order.
    #[must_use]
    pub fn fit<V: AsRef<[f32]>>(vectors: &[V]) -> Self {
        let width = vectors.first().map_or(0, |vector| vector.as_ref().len());
        let labels: Vec<usize> =
            texts().map(|(stance, _)| ALL.iter().position(|known| *known == stance).unwrap_or_default()).collect();
        let flat: Vec<f32> = vectors.iter().flat_map(|vector| vector.as_ref().iter().copied()).collect();
        let start = Array2::zeros((ALL.len(), width + 1));
        let coefficients = match Array2::from_shape_vec((labels.len(), width), flat) {
            Ok(x) => {
                let weights = vec![1.0; labels.len()];
                let problem = Problem {
                    x: x.view(),
                    labels: &labels,
                    weights: &weights,
                    classes: ALL.len(),
                    penalty: PENALTY,
                    threads: 1,
                    even_out: false,
                };
                regression::fit(problem, start, Stop { iterations: 100, decrease: 1e-4 }).0
            }
            Err(_) => start,
        };
        Self { coefficients: Arc::new(coefficients) }
    }

    /// The likeliest stance and its probability.
    #[must_use]
    pub fn read(&self, vector: &[f32]) -> (Stance, f32) {
        let mut row: Vec<f32> = self
            .coefficients
            .outer_iter()
            .map(|weights| {
                let bias = weights.last().copied().unwrap_or_default();
                weights.iter().zip(vector).map(|(w, x)| w * x).sum::<f32>() + bias
            })
            .collect();
        softmax_in_place(&mut row);
        let best = row.iter().copied().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
        best.map_or((Stance::Inform, 0.0), |(index, p)| (ALL[index], p))
    }
}
