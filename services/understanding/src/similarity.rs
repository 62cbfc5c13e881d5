//! What a cosine is worth, whichever encoder it is of. Encoders differ in how near they put texts that have nothing to do with each
//! other (from 0.05 to 0.8) and texts that say the same; rules with a fixed bar need one scale for all.

use std::sync::OnceLock;

use crate::encoder::{self, Encoder};

/// Requests and the same in other words, in English and in Chinese.
const PAIRS: &str = include_str!("similarity/pairs.txt");

/// The mean cosine of strangers and of pairs, by the encoder that the bars of the rules were set with, paigong-mini-bilingual.
const REFERENCE: (f32, f32) = (0.103_854, 0.685_628);

/// The texts that an encoder is asked for to measure its scale, each followed by the same in other words.
pub fn texts() -> impl Iterator<Item = &'static str> {
    static TEXTS: OnceLock<Vec<&'static str>> = OnceLock::new();
    TEXTS.get_or_init(|| PAIRS.lines().flat_map(|line| line.split('\t')).collect()).iter().copied()
}

/// An encoder's scale: three points, and straight lines between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    strangers: f32,
    pairs: f32,
}

impl Default for Scale {
    /// Cosines as they are.
    fn default() -> Self {
        Self { strangers: REFERENCE.0, pairs: REFERENCE.1 }
    }
}

/// Measures the scale of an encoder.
///
/// # Errors
/// When it can't embed.
pub async fn measure(encoder: &Encoder) -> Result<Scale, encoder::Error> {
    let texts: Vec<_> = texts().collect();
    let vectors: Vec<_> = encoder.embed_many(&texts).await?.into_iter().map(|embedding| embedding.vector).collect();
    Ok(Scale::measure(&vectors))
}

impl Scale {
    /// From the embeddings of [`texts`], of length 1. An encoder that can't tell pairs from strangers has no scale: its cosines
    /// stay as they are.
    #[must_use]
    pub fn measure<V: AsRef<[f32]>>(vectors: &[V]) -> Self {
        let cosine = |a: usize, b: usize| -> f32 {
            vectors[a].as_ref().iter().zip(vectors[b].as_ref()).map(|(x, y)| x * y).sum()
        };
        let mean = |pairs: &mut dyn Iterator<Item = (usize, usize)>| {
            let (sum, count) = pairs.fold((0.0, 0.0_f32), |(sum, count), (a, b)| (sum + cosine(a, b), count + 1.0));
            sum / count.max(1.0)
        };
        // Of one language only: the file has as many pairs in each, and the second half says what the first one does.
        let half = vectors.len() / 2;
        let strangers = mean(&mut (0..vectors.len()).flat_map(|a| {
            let end = if a < half { half } else { vectors.len() };
            (a + 1..end).filter(move |b| a / 2 != b / 2).map(move |b| (a, b))
        }));
        let pairs = mean(&mut (0..vectors.len() / 2).map(|pair| (2 * pair, 2 * pair + 1)));
        if strangers.is_finite() && pairs - strangers > 0.01 && pairs < 0.999 {
            Self { strangers, pairs }
        } else {
            Self::default()
        }
    }

    /// A cosine of this encoder as the reference encoder would have it: what strangers and pairs have on average becomes what they
    /// have there, 1 stays 1. Never above 1; the order of cosines stays.
    #[must_use]
    pub fn of(self, cosine: f32) -> f32 {
        let (strangers, pairs) = REFERENCE;
        if cosine < self.pairs {
            strangers + (cosine - self.strangers) * (pairs - strangers) / (self.pairs - self.strangers)
        } else {
            pairs + (cosine - self.pairs) * (1.0 - pairs) / (1.0 - self.pairs)
        }
    }

    /// The means that it was made of: strangers, pairs.
    #[must_use]
    pub fn points(self) -> (f32, f32) {
        (self.strangers, self.pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_of_another_encoder_become_those_of_the_reference() {
        let (strangers, pairs) = REFERENCE;
        let scale = Scale { strangers: 0.75, pairs: 0.9 };
        for (cosine, worth) in [(0.75, strangers), (0.9, pairs), (1.0, 1.0), (0.825, f32::midpoint(strangers, pairs))] {
            assert!((scale.of(cosine) - worth).abs() < 1e-5, "{cosine}");
        }
        for cosine in [-1.0, 0.0, 0.3, 0.8, 1.0] {
            assert!((Scale::default().of(cosine) - cosine).abs() < 1e-5);
        }
    }

    #[test]
    fn every_text_has_its_pair_and_the_languages_are_halves() {
        let texts: Vec<_> = texts().collect();
        assert!(PAIRS.lines().all(|line| line.split('\t').count() == 2));
        assert!(texts[..texts.len() / 2].iter().all(|text| text.is_ascii()));
        assert!(texts[texts.len() / 2..].iter().all(|text| !text.is_ascii()));
    }

    #[test]
    fn an_encoder_that_tells_nothing_apart_changes_nothing() {
        let same = vec![vec![1.0_f32, 0.0]; texts().count()];
        assert_eq!(Scale::measure(&same), Scale::default());
        assert_eq!(Scale::measure::<Vec<f32>>(&[]), Scale::default());
    }
}
