//! Which topic a message is likely about, by the product's encoder and classifier, learnt from a few dozen examples.

use std::collections::BTreeMap;
use std::sync::Arc;

use inquiry::Topics;
use understanding::classifier::{Background, Example, Kind, Model, Options, background};
use understanding::encoder::Encoder;

use crate::eval::encoder::ModelArgs;

use super::data::{Dialogue, Role};

/// Examples of a topic at most.
const EXAMPLES: usize = 40;

/// By message, by topic: how likely it is about that.
pub(super) type Priors = Vec<Vec<f32>>;

/// The fitted classifier.
pub(super) struct Likely {
    encoder: Encoder,
    model: Model,
    names: Vec<String>,
}

impl Likely {
    /// Learns from the dialogues that are set aside for examples: the first messages about each topic.
    pub(super) fn learn(place: &ModelArgs, topics: &Topics, dialogues: &[Dialogue]) -> anyhow::Result<Self> {
        let encoder = place.start()?;
        let embed = |texts: &[&str]| -> anyhow::Result<Vec<Arc<[f32]>>> {
            Ok(encoder.embed_many_blocking(texts)?.into_iter().map(|embedding| embedding.vector).collect())
        };
        let texts = texts(topics, dialogues);
        let vectors = embed(&texts.iter().map(|(_, text)| *text).collect::<Vec<_>>())?;
        let example = |((topic, text), vector): (&(&str, &str), Arc<[f32]>)| Example {
            skill: (*topic).into(),
            text: (*text).into(),
            vector,
            kind: Kind::Positive,
        };
        let examples: Vec<Example> = texts.iter().zip(vectors).map(example).collect();
        let outside = embed(&background::texts().collect::<Vec<_>>())?;
        let background = Background::new(&outside, encoder.dimensions())?;
        let model = Model::fit(&examples, &background, &Options::default(), None)?;
        Ok(Self { encoder, model, names: topics.topics.iter().map(|topic| topic.name.clone()).collect() })
    }

    /// The probability of each topic for each message.
    pub(super) fn judge(&self, dialogue: &Dialogue) -> anyhow::Result<Priors> {
        let texts: Vec<&str> = dialogue.messages.iter().map(|message| message.content.as_str()).collect();
        let judge = |embedding: understanding::encoder::Embedding| {
            let verdict = self.model.classify(&embedding.vector, &|_| true);
            let p = |name: &String| {
                verdict.candidates.iter().find(|found| *found.skill == **name).map_or(0.0, |found| found.p)
            };
            self.names.iter().map(p).collect()
        };
        Ok(self.encoder.embed_many_blocking(&texts)?.into_iter().map(judge).collect())
    }
}

/// (topic, message): messages all of whose acts are about one topic.
fn texts<'d>(topics: &Topics, dialogues: &'d [Dialogue]) -> Vec<(&'d str, &'d str)> {
    let mut by_topic: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let messages = dialogues.iter().filter(|dialogue| dialogue.is_example()).flat_map(|dialogue| &dialogue.messages);
    for message in messages.filter(|message| message.role == Role::User) {
        let mut about =
            message.dialog_act.iter().map(|act| act[1].as_str()).filter(|domain| topics.position(domain).is_some());
        let Some(first) = about.next().filter(|first| about.all(|other| other == *first)) else { continue };
        let own = by_topic.entry(first).or_default();
        if own.len() < EXAMPLES {
            own.push(&message.content);
        }
    }
    by_topic.into_iter().flat_map(|(topic, texts)| texts.into_iter().map(move |text| (topic, text))).collect()
}
