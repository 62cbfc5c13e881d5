//! One ONNX session and its buffers: token ids in, vectors out. With `runtime`, the only code that knows `ort`.

use std::{
    ops::Range,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use ort::{
    environment::Environment,
    ep,
    session::{HasSelectedOutputs, OutputSelector, RunOptions, Session, builder::GraphOptimizationLevel},
    value::TensorRef,
};

use super::{
    Error,
    manifest::{Graph, Pooling},
    tokens::Tokenised,
};

/// Vectors of one text.
#[derive(Debug)]
pub(super) struct Vectors {
    /// Length 1.
    pub(super) sentence: Arc<[f32]>,
    /// Row per token, as the graph gives them; only when asked for.
    pub(super) tokens: Option<Vec<f32>>,
}

/// One text of a batch.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) tokens: &'a Tokenised,
    pub(super) wants_tokens: bool,
}

pub(super) struct EncoderSession {
    session: Session,
    graph: Graph,
    sentence_only: RunOptions<HasSelectedOutputs>,
    with_tokens: Option<RunOptions<HasSelectedOutputs>>,
    ids: Vec<i64>,
    mask: Vec<i64>,
    types: Vec<i64>,
}

impl EncoderSession {
    /// Builds a session from the checked bytes of `path` (named in errors only) and runs `probe` through it, so that a
    /// graph of another shape is refused here and the first request finds everything warm. Also gives the time of a run.
    pub(super) fn build(
        environment: &Environment,
        bytes: &[u8],
        path: &Path,
        graph: &Graph,
        probe: &Tokenised,
    ) -> Result<(Self, Duration), Error> {
        let unusable = |reason: String| Error::Model { path: path.to_path_buf(), reason };
        let session = open(environment, bytes).map_err(|error| unusable(error.to_string()))?;
        check_names(&session, graph).map_err(unusable)?;
        let select = |names: &[&Option<String>]| {
            let outputs = names.iter().copied().flatten().fold(OutputSelector::no_default(), OutputSelector::with);
            RunOptions::new().map(|options| options.with_outputs(outputs))
        };
        let sentence = match graph.pooling {
            Pooling::InGraph => &graph.sentence_output,
            Pooling::Mean | Pooling::Cls => &graph.token_output,
        };
        let sentence_only = select(&[sentence]).map_err(|error| unusable(error.to_string()))?;
        let with_tokens = match (&graph.token_output, graph.pooling) {
            (None, _) => None,
            (Some(_), Pooling::InGraph) => Some(select(&[&graph.sentence_output, &graph.token_output])),
            (Some(_), Pooling::Mean | Pooling::Cls) => Some(select(&[&graph.token_output])),
        }
        .transpose()
        .map_err(|error| unusable(error.to_string()))?;
        let mut built = Self {
            session,
            graph: graph.clone(),
            sentence_only,
            with_tokens,
            ids: Vec::new(),
            mask: Vec::new(),
            types: Vec::new(),
        };
        let probe = Input { tokens: probe, wants_tokens: built.with_tokens.is_some() };
        let mut run = || built.run(&[probe]).map_err(|error| unusable(format!("a probe run failed: {error}")));
        run()?;
        // The first run also allocates.
        let started = Instant::now();
        run()?;
        let run_time = started.elapsed();
        Ok((built, run_time))
    }

    /// Runs the texts as one padded batch. The order of results is the order of `batch`.
    pub(super) fn run(&mut self, batch: &[Input<'_>]) -> Result<Vec<Vectors>, Error> {
        let failed = |error: ort::Error| Error::Inference(error.to_string());
        let width = batch.iter().map(|input| input.tokens.ids.len()).max().unwrap_or(0);
        self.fill(batch, width);
        let shape = [batch.len(), width];
        let mut inputs = ort::inputs! {
            "input_ids" => TensorRef::from_array_view((shape, self.ids.as_slice())).map_err(failed)?,
            "attention_mask" => TensorRef::from_array_view((shape, self.mask.as_slice())).map_err(failed)?,
        };
        if self.graph.token_types {
            let types = TensorRef::from_array_view((shape, self.types.as_slice())).map_err(failed)?;
            inputs.push(("token_type_ids".into(), types.into()));
        }
        let wants_tokens = batch.iter().any(|input| input.wants_tokens);
        let options = match (&self.with_tokens, wants_tokens) {
            (Some(options), true) => options,
            (None, true) => return Err(Error::NoTokenOutput),
            (_, false) => &self.sentence_only,
        };
        let outputs = self.session.run_with_options(inputs, options).map_err(failed)?;
        let get = |name: &Option<String>| -> Result<&[f32], Error> {
            let name = name.as_deref().unwrap_or_default();
            let output = outputs.get(name).ok_or_else(|| Error::Inference(format!("no output {name}")))?;
            Ok(output.try_extract_tensor::<f32>().map_err(failed)?.1)
        };
        let dimensions = self.graph.dimensions;
        let in_graph = self.graph.pooling == Pooling::InGraph;
        let sentences = in_graph.then(|| get(&self.graph.sentence_output)).transpose()?;
        let tokens = (!in_graph || wants_tokens).then(|| get(&self.graph.token_output)).transpose()?;
        expect_len(sentences, batch.len() * dimensions)?;
        expect_len(tokens, batch.len() * width * dimensions)?;
        batch
            .iter()
            .enumerate()
            .map(|(row, input)| {
                let own: Range<usize> = row * width * dimensions..(row * width + input.tokens.ids.len()) * dimensions;
                let own_tokens = tokens.map(|all| &all[own]).unwrap_or_default();
                let pooled = match self.graph.pooling {
                    Pooling::InGraph => {
                        sentences.unwrap_or_default()[row * dimensions..(row + 1) * dimensions].to_vec()
                    }
                    Pooling::Cls => own_tokens.iter().take(dimensions).copied().collect(),
                    Pooling::Mean => mean(own_tokens, dimensions),
                };
                Ok(Vectors { sentence: unit(pooled)?, tokens: input.wants_tokens.then(|| own_tokens.to_vec()) })
            })
            .collect()
    }

    fn fill(&mut self, batch: &[Input<'_>], width: usize) {
        self.ids.clear();
        self.mask.clear();
        for input in batch {
            let ids = &input.tokens.ids;
            self.ids.extend_from_slice(ids);
            self.ids.extend(std::iter::repeat_n(0, width - ids.len()));
            self.mask.extend(std::iter::repeat_n(1, ids.len()));
            self.mask.extend(std::iter::repeat_n(0, width - ids.len()));
        }
        self.types.clear();
        self.types.resize(self.ids.len(), 0);
    }
}

/// One thread, no spinning: parallelism comes from several sessions. Memory patterns are off because lengths vary. Products of
/// 8-bit numbers are added up exactly: processors without VNNI would cut them off at 16 bits, and read a text in another way.
fn open(environment: &Environment, bytes: &[u8]) -> Result<Session, ort::Error> {
    let mut builder = Session::builder(environment)?
        .with_execution_providers([ep::CPU::default().with_arena_allocator(true).build()])?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(1)?
        .with_inter_threads(1)?
        .with_intra_op_spinning(false)?
        .with_memory_pattern(false)?
        .with_precise_qmm()?;
    builder.commit_from_memory(bytes)
}

/// What a graph takes and gives.
#[derive(Debug)]
pub(super) struct Interface {
    pub(super) inputs: Vec<String>,
    /// Name and shape for one text; those that are no 32-bit floats are left out.
    pub(super) outputs: Vec<(String, Vec<usize>)>,
}

/// Finds out what a graph takes and gives, by running `probe` through it.
pub(super) fn interface(environment: &Environment, bytes: &[u8], probe: &Tokenised) -> Result<Interface, String> {
    let text = |error: ort::Error| error.to_string();
    let mut session = open(environment, bytes).map_err(text)?;
    let inputs: Vec<String> = session.inputs().iter().map(|input| input.name().to_owned()).collect();
    let names: Vec<String> = session.outputs().iter().map(|output| output.name().to_owned()).collect();
    let shape = [1, probe.ids.len()];
    let (ones, zeros) = (vec![1_i64; probe.ids.len()], vec![0_i64; probe.ids.len()]);
    let given = [("input_ids", &probe.ids), ("attention_mask", &ones), ("token_type_ids", &zeros)];
    let mut values = Vec::new();
    for (name, numbers) in given {
        if inputs.iter().any(|input| input == name) {
            let value = TensorRef::from_array_view((shape, numbers.as_slice())).map_err(text)?;
            values.push((std::borrow::Cow::from(name), ort::session::SessionInputValue::from(value)));
        }
    }
    if values.len() < inputs.len() {
        return Ok(Interface { inputs, outputs: Vec::new() });
    }
    let results = session.run(values).map_err(text)?;
    let shape_of = |name: String| {
        let (shape, _) = results.get(&name)?.try_extract_tensor::<f32>().ok()?;
        let shape = shape.iter().map(|side| usize::try_from(*side).unwrap_or_default()).collect();
        Some((name, shape))
    };
    Ok(Interface { inputs, outputs: names.into_iter().filter_map(shape_of).collect() })
}

fn check_names(session: &Session, graph: &Graph) -> Result<(), String> {
    let mut inputs = vec!["input_ids", "attention_mask"];
    if graph.token_types {
        inputs.push("token_type_ids");
    }
    for input in session.inputs() {
        if !inputs.contains(&input.name()) {
            return Err(format!("the graph wants an input {:?}, which model.toml does not mention", input.name()));
        }
    }
    for name in inputs {
        if !session.inputs().iter().any(|input| input.name() == name) {
            return Err(format!("the graph has no input {name:?}"));
        }
    }
    for name in [&graph.sentence_output, &graph.token_output].into_iter().flatten() {
        if !session.outputs().iter().any(|output| output.name() == name) {
            return Err(format!("the graph has no output {name:?}, which model.toml names"));
        }
    }
    Ok(())
}

fn expect_len(output: Option<&[f32]>, expected: usize) -> Result<(), Error> {
    match output {
        Some(values) if values.len() != expected => Err(Error::Inference(format!(
            "an output has {} numbers where graph.dimensions makes it {expected}",
            values.len()
        ))),
        _ => Ok(()),
    }
}

fn mean(tokens: &[f32], dimensions: usize) -> Vec<f32> {
    let mut sum = vec![0.0; dimensions];
    for token in tokens.chunks_exact(dimensions) {
        for (total, value) in sum.iter_mut().zip(token) {
            *total += value;
        }
    }
    sum
}

/// Scales to length 1, so that a dot product is the cosine. Pooling needs no division before this.
fn unit(mut vector: Vec<f32>) -> Result<Arc<[f32]>, Error> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if !length.is_finite() {
        return Err(Error::Inference("the embedding is not finite".to_owned()));
    }
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    Ok(vector.into())
}
