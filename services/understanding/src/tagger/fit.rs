//! Learning both stages: features, labels and the two regressions.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use super::units::{self, Unit};
use super::{Example, Options, SkillSlots, Tagger};
use crate::classifier::lbfgs::Stop;
use crate::classifier::regression::{self, Problem};

/// Labels of the first stage.
pub(super) const OUTSIDE: usize = 0;
pub(super) const BEGIN: usize = 1;
pub(super) const INSIDE: usize = 2;

/// How much a neighbour's vector counts beside the word's own.
const NEIGHBOUR: f32 = 0.6;
/// How much a fact about a word's shape counts beside its vector.
const SHAPE: f32 = 0.3;
const SHAPES: usize = 6;
/// Parts that are no value of a skill, for each of its marks at most.
const OTHERS: usize = 3;

/// An example cut into units, with the units of its marks.
struct Cut<'a> {
    example: &'a Example,
    units: Vec<Unit>,
    vectors: Vec<f32>,
    marks: Vec<(Arc<str>, Range<usize>)>,
}

pub(super) fn fit(examples: &[Example], options: &Options) -> Option<Tagger> {
    let dimensions = examples.first()?.tokens.dimensions;
    let cuts: Vec<Cut<'_>> = examples
        .iter()
        .filter(|example| !example.marks.is_empty() && example.tokens.dimensions == dimensions)
        .map(cut)
        .filter(|cut| !cut.marks.is_empty())
        .collect();
    if cuts.is_empty() || dimensions == 0 {
        return None;
    }
    Some(Tagger {
        dimensions,
        spans: fit_spans(&cuts, dimensions, options),
        skills: fit_slots(&cuts, dimensions, options),
    })
}

fn cut(example: &Example) -> Cut<'_> {
    let units = units::units(&example.text);
    let vectors = units::vectors(&units, &example.tokens);
    let marks = example
        .marks
        .iter()
        .filter_map(|(slot, span)| {
            let shares = |unit: &&Unit| unit.span.start < span.end && span.start < unit.span.end && !unit.is_mark;
            let first = units.iter().position(|unit| shares(&unit))?;
            let last = units.iter().rposition(|unit| shares(&unit))?;
            Some((Arc::clone(slot), first..last + 1))
        })
        .collect();
    Cut { example, units, vectors, marks }
}

fn fit_spans(cuts: &[Cut<'_>], dimensions: usize, options: &Options) -> Array2<f32> {
    let rows: usize = cuts.iter().map(|cut| cut.units.len()).sum();
    let width = unit_width(dimensions);
    let mut flat = Vec::with_capacity(rows * width);
    let mut labels = Vec::with_capacity(rows);
    for cut in cuts {
        let start = labels.len();
        labels.resize(start + cut.units.len(), OUTSIDE);
        for (_, mark) in &cut.marks {
            labels[start + mark.start..start + mark.end].fill(INSIDE);
            labels[start + mark.start] = BEGIN;
        }
        for at in 0..cut.units.len() {
            unit_features(&cut.vectors, dimensions, &cut.units, at, &mut flat);
        }
    }
    regress(flat, width, &labels, 3, options.span_penalty, options)
}

fn fit_slots(cuts: &[Cut<'_>], dimensions: usize, options: &Options) -> Vec<SkillSlots> {
    // Every mark of the app: its slot, its skill and its features.
    let marks: Vec<(&Arc<str>, &Arc<str>, Vec<f32>)> = cuts
        .iter()
        .flat_map(|cut| {
            cut.marks.iter().map(|(slot, mark)| {
                let features = span_features(&cut.vectors, dimensions, cut.units.len(), mark.clone());
                (slot, &cut.example.skill, features)
            })
        })
        .collect();
    let mut slots_of: BTreeMap<&Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
    for (slot, skill, _) in &marks {
        let slots = slots_of.entry(skill).or_default();
        if !slots.contains(slot) {
            slots.push(Arc::clone(slot));
        }
    }
    let fit_one = |skill: &Arc<str>, slots: &Vec<Arc<str>>| {
        let (own, others): (Vec<_>, Vec<_>) = marks.iter().partition(|(slot, _, _)| slots.contains(slot));
        let mut flat = Vec::new();
        let mut labels = Vec::new();
        for (slot, _, features) in &own {
            flat.extend_from_slice(features);
            labels.push(slots.iter().position(|known| known == *slot).unwrap_or(slots.len()));
        }
        // Evenly drawn, so that the same examples give the same tagger.
        let wanted = (own.len() * OTHERS / slots.len().max(1)).max(1);
        let step = others.len().div_ceil(wanted).max(1);
        for (_, _, features) in others.iter().step_by(step) {
            flat.extend_from_slice(features);
            labels.push(slots.len());
        }
        let width = span_width(dimensions);
        let coefficients = regress(flat, width, &labels, slots.len() + 1, options.slot_penalty, options);
        SkillSlots { skill: Arc::clone(skill), slots: slots.clone(), coefficients }
    };
    slots_of.iter().map(|(skill, slots)| fit_one(skill, slots)).collect()
}

fn regress(
    flat: Vec<f32>,
    width: usize,
    labels: &[usize],
    classes: usize,
    penalty: f32,
    options: &Options,
) -> Array2<f32> {
    let start = Array2::zeros((classes, width + 1));
    let Ok(x) = Array2::from_shape_vec((labels.len(), width), flat) else { return start };
    let weights = vec![1.0; labels.len()];
    let problem =
        Problem { x: x.view(), labels, weights: &weights, classes, penalty, threads: options.threads, even_out: false };
    regression::fit(problem, start, Stop { iterations: options.iterations, decrease: 1e-3 }).0
}

/// Numbers in a row of [`unit_features`].
fn unit_width(dimensions: usize) -> usize {
    3 * dimensions + SHAPES
}

/// The vector of a unit and those beside it, and facts about its shape.
pub(super) fn unit_features(vectors: &[f32], dimensions: usize, units: &[Unit], at: usize, into: &mut Vec<f32>) {
    let row = |at: Option<usize>| at.and_then(|at| vectors.get(at * dimensions..(at + 1) * dimensions));
    for (at, share) in [(Some(at), 1.0), (at.checked_sub(1), NEIGHBOUR), (Some(at + 1), NEIGHBOUR)] {
        match row(at) {
            Some(row) => into.extend(row.iter().map(|value| value * share)),
            None => into.extend(std::iter::repeat_n(0.0, dimensions)),
        }
    }
    let unit = &units[at];
    let flag = |is: bool| if is { SHAPE } else { 0.0 };
    let after_capital = at > 0 && units[at - 1].is_capital;
    into.extend([
        flag(unit.is_mark),
        flag(unit.is_capital),
        flag(unit.has_digit),
        flag(unit.is_capital && after_capital),
        flag(at == 0),
        flag(unit.is_comma),
    ]);
}

/// Numbers in a row of [`span_features`].
fn span_width(dimensions: usize) -> usize {
    3 * dimensions
}

/// The mean vector of a part, and the vectors of the units before and after it.
pub(super) fn span_features(vectors: &[f32], dimensions: usize, count: usize, part: Range<usize>) -> Vec<f32> {
    let mut features = vec![0.0; span_width(dimensions)];
    for at in part.clone() {
        for (sum, value) in features.iter_mut().zip(&vectors[at * dimensions..(at + 1) * dimensions]) {
            *sum += value;
        }
    }
    units::scale(&mut features[..dimensions], 1.0);
    for (index, at) in [part.start.checked_sub(1), (part.end < count).then_some(part.end)].into_iter().enumerate() {
        let Some(at) = at else { continue };
        let place = (index + 1) * dimensions..(index + 2) * dimensions;
        features[place.clone()].copy_from_slice(&vectors[at * dimensions..(at + 1) * dimensions]);
        units::scale(&mut features[place], NEIGHBOUR);
    }
    features
}
