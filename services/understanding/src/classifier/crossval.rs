//! Calibration by cross-validation on the app's own examples. Each round trains without a fifth of the skills and without
//! a fifth of the other skills' examples: the held-out examples show how sure the classifier may be, the left-out skills
//! what it makes of requests that nobody answers.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde::{Deserialize, Serialize};

use super::{
    blend::{Blend, HeldOut},
    core::{Class, Core, Fitting, Reading},
    risk::{Decision, Risk},
    scope::{Origin, Sample, Scope},
    verdict::Kind,
};

/// Everything that turns opinions into probabilities and bands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    pub(super) blend: Blend,
    pub(super) scope: Scope,
    pub(super) risk: Risk,
}

impl Calibration {
    /// Before anything was measured.
    pub(super) fn usual(share: f64) -> Self {
        Self { blend: Blend::default(), scope: Scope::usual(share), risk: Risk::default() }
    }
}

/// What cross-validation works on.
#[derive(Clone, Copy)]
pub(super) struct Material<'a> {
    pub(super) classes: &'a [Class],
    pub(super) x: ArrayView2<'a, f32>,
    pub(super) labels: &'a [usize],
    pub(super) background: &'a Array2<f32>,
    pub(super) fitting: Fitting,
    /// Expected share of out-of-scope traffic.
    pub(super) share: f64,
    pub(super) seed: u64,
}

const FOLDS: usize = 5;
/// Small apps go through every fold; a large one shows enough in the first.
const ENOUGH_ROWS: usize = 6000;

/// A held-out utterance as a round's model read it.
struct Seen {
    reading: Reading,
    right: Option<usize>,
    counter: bool,
    origin: Unseen,
    core: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Unseen {
    Example,
    Skill,
    Background,
}

pub(super) fn calibrate(material: Material<'_>) -> Calibration {
    let rounds = (ENOUGH_ROWS / material.labels.len().max(1)).clamp(1, FOLDS);
    let folds = Folds::draw(material);
    let mut cores = Vec::new();
    let mut seen = Vec::new();
    for round in 0..rounds {
        run_round(material, &folds, round, &mut cores, &mut seen);
    }
    let held_out: Vec<HeldOut> = seen
        .iter()
        .filter(|s| s.origin == Unseen::Example)
        .map(|s| HeldOut { opinions: s.reading.opinions(), right: s.right })
        .collect();
    let blend = Blend::fit(&held_out, material.labels.len() as f32 / material.classes.len().max(1) as f32);
    let everything = |_: &str| true;
    let samples: Vec<(f32, Sample)> = seen
        .iter()
        .filter_map(|s| {
            let probabilities = s.reading.probabilities(blend);
            let (first, evidence) = cores[s.core].evidence(&s.reading, &probabilities, &everything)?;
            let origin = match s.origin {
                // What a skill's owner wrote down as not meant is out of scope at its closest.
                Unseen::Example if s.counter => Origin::LeftOutSkill,
                Unseen::Example => Origin::InScope { right: s.right == Some(first) },
                Unseen::Skill => Origin::LeftOutSkill,
                Unseen::Background => Origin::Background,
            };
            Some((probabilities[first], Sample { evidence, origin }))
        })
        .collect();
    let judged: Vec<Sample> = samples.iter().map(|(_, sample)| *sample).collect();
    let scope = Scope::fit(&judged, material.share);
    let risk = Risk::measure(decisions(&samples, scope, material.share));
    Calibration { blend, scope, risk }
}

fn decisions(samples: &[(f32, Sample)], scope: Scope, share: f64) -> Vec<Decision> {
    let is_in = |sample: &Sample| matches!(sample.origin, Origin::InScope { .. });
    let inside = samples.iter().filter(|(_, sample)| is_in(sample)).count().max(1) as f64;
    let outside = (samples.len() as f64 - inside).max(1.0);
    samples
        .iter()
        .map(|(p, sample)| Decision {
            confidence: p * scope.in_scope(&sample.evidence),
            right: sample.origin == Origin::InScope { right: true },
            weight: if is_in(sample) { (1.0 - share) / inside } else { share / outside },
        })
        .collect()
}

/// In which round each skill, example and background utterance is held out.
struct Folds {
    skills: Vec<Option<usize>>,
    rows: Vec<Option<usize>>,
    background: Vec<usize>,
}

impl Folds {
    fn draw(material: Material<'_>) -> Self {
        let mut rng = StdRng::seed_from_u64(material.seed);
        let classes = material.classes.len();
        let mut order: Vec<usize> = (0..classes).filter(|&c| material.classes[c].kind == Kind::Positive).collect();
        order.shuffle(&mut rng);
        let mut skills = vec![None; classes];
        // At least one skill must stay; with fewer than five a round leaves out one of them or none.
        if order.len() > 1 {
            for (place, &class) in order.iter().enumerate() {
                skills[class] = Some(place % FOLDS);
            }
        }
        let mut of_class: Vec<Vec<usize>> = vec![Vec::new(); classes];
        for (row, &label) in material.labels.iter().enumerate() {
            of_class[label].push(row);
        }
        let mut rows = vec![None; material.labels.len()];
        for own in &mut of_class {
            own.shuffle(&mut rng);
            // The only example of a class is needed for training.
            if own.len() > 1 {
                let offset = rand::RngExt::random_range(&mut rng, 0..FOLDS);
                for (place, &row) in own.iter().enumerate() {
                    rows[row] = Some((place + offset) % FOLDS);
                }
            }
        }
        let mut background: Vec<usize> = (0..material.background.nrows()).map(|row| row % FOLDS).collect();
        background.shuffle(&mut rng);
        Self { skills, rows, background }
    }
}

/// An utterance that a round's model did not learn from.
struct Task<'a> {
    vector: ArrayView1<'a, f32>,
    origin: Unseen,
    /// Its class in the round's numbering.
    label: Option<usize>,
    counter: bool,
}

fn run_round(material: Material<'_>, folds: &Folds, round: usize, cores: &mut Vec<Core>, seen: &mut Vec<Seen>) {
    // Counterexamples go with their skill.
    let left_out_skill = |class: usize| {
        let skill = &material.classes[class].skill;
        (0..material.classes.len()).any(|c| material.classes[c].skill == *skill && folds.skills[c] == Some(round))
    };
    let kept: Vec<usize> = (0..material.classes.len()).filter(|&class| !left_out_skill(class)).collect();
    let mut new_label = vec![None; material.classes.len()];
    for (label, &class) in kept.iter().enumerate() {
        new_label[class] = Some(label);
    }
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (row, &label) in material.labels.iter().enumerate() {
        if new_label[label].is_none() || folds.rows[row] == Some(round) { test.push(row) } else { train.push(row) }
    }
    if train.is_empty() {
        return;
    }
    let (unseen, known): (Vec<usize>, Vec<usize>) =
        (0..folds.background.len()).partition(|&row| folds.background[row] == round);
    let labels: Vec<usize> = train.iter().filter_map(|&row| new_label[material.labels[row]]).collect();
    let classes = kept.iter().map(|&class| material.classes[class].clone()).collect();
    let background = material.background.select(Axis(0), &known);
    let (core, _) =
        Core::fit(classes, material.x.select(Axis(0), &train).view(), &labels, background, None, material.fitting);

    let mut tasks: Vec<Task<'_>> = Vec::new();
    for row in test {
        let class = material.labels[row];
        let counter = material.classes[class].kind == Kind::Counter;
        let origin = if new_label[class].is_some() { Unseen::Example } else { Unseen::Skill };
        tasks.push(Task { vector: material.x.row(row), origin, label: new_label[class], counter });
    }
    let outside =
        |row| Task { vector: material.background.row(row), origin: Unseen::Background, label: None, counter: false };
    tasks.extend(unseen.into_iter().map(outside));
    let read = |task: &Task<'_>| {
        let reading = core.read(task.vector.to_slice().unwrap_or_default(), &|_| true);
        let right = task.label.and_then(|label| reading.near.iter().position(|near| near.class == label));
        Seen { reading, right, counter: task.counter, origin: task.origin, core: cores.len() }
    };
    let share = tasks.len().div_ceil(material.fitting.threads.max(1)).max(1);
    let read = &read;
    let parts: Vec<Vec<Seen>> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            tasks.chunks(share).map(|part| scope.spawn(move || part.iter().map(read).collect())).collect();
        workers.into_iter().map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    seen.extend(parts.into_iter().flatten());
    cores.push(core);
}
