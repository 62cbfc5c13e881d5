//! How alike two texts are, as the set's official script has it: `token_sort_ratio` of the Python package fuzzywuzzy over
//! the similarity of Python's `difflib` (Ratcliff & Metzener, *Pattern matching: the gestalt approach*, 1988).

/// Similarity of the texts' words in alphabetical order, lower case, without punctuation; 0 to 1 in hundredths.
pub(super) fn token_sort_ratio(a: &str, b: &str) -> f64 {
    let (a, b) = (sorted(a), sorted(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let matched = matching(&a, &b);
    (200.0 * matched as f64 / (a.len() + b.len()) as f64).round() / 100.0
}

fn sorted(text: &str) -> Vec<char> {
    let plain: String =
        text.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { ' ' }).collect::<String>().to_lowercase();
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ").chars().collect()
}

/// Characters in matching blocks: the longest common part, then the same left and right of it.
fn matching(a: &[char], b: &[char]) -> usize {
    let (mut best, mut at_a, mut at_b) = (0, 0, 0);
    // lengths[j + 1]: length of the common part that ends in the last row's a and in b[j].
    let mut lengths = vec![0usize; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = lengths[j + 1];
            lengths[j + 1] = if x == y { diagonal + 1 } else { 0 };
            if lengths[j + 1] > best {
                best = lengths[j + 1];
                (at_a, at_b) = (i + 1 - best, j + 1 - best);
            }
            diagonal = above;
        }
    }
    if best == 0 {
        return 0;
    }
    best + matching(&a[..at_a], &b[..at_b]) + matching(&a[at_a + best..], &b[at_b + best..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_case_and_punctuation_do_not_count() {
        assert!((token_sort_ratio("Sacramento, CA", "ca sacramento") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_ratio_is_twice_the_matching_characters_over_all() {
        // "march 3rd" and "3rd march" sort alike; "abcd" and "bcde" share three of eight.
        assert!((token_sort_ratio("March 3rd", "3rd March") - 1.0).abs() < 1e-9);
        assert!((token_sort_ratio("abcd", "bcde") - 0.75).abs() < 1e-9);
        assert!(token_sort_ratio("", "x").abs() < 1e-9);
    }
}
