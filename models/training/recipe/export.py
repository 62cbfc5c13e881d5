"""Weights -> fused ONNX graph -> int8.

Built node by node with ONNX Runtime's fused operators (Attention, SkipLayerNormalization, BiasGelu), so that nothing is
traced and the quantised graph has QAttention. Word vectors are int8 with a scale for each row. A few channels of the
activations are far larger than the rest and would take the whole int8 range: before a product each channel is divided by
a factor, which its weights are multiplied by (SmoothQuant, Xiao et al. 2023).
Inputs input_ids, attention_mask (int64 [batch, tokens]); outputs sentence_embedding (float32 [batch, hidden], length 1)
and token_embeddings ([batch, tokens, hidden]).
"""

import logging

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

HEADS, EPS = 12, 1e-12
FUSED = "com.microsoft"
EMBED, LAYER = "embeddings", "encoder.layer.{}"


class Graph:
    """Collects nodes and constants."""

    def __init__(self, weights, smooth=None):
        self.weights, self.nodes, self.constants = weights, [], {}
        self.smooth = smooth or {}  # {name of a product: factor of each input channel}
        self.inputs = {}  # {name of a product: (its input, its weights)}

    def const(self, name, array):
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def ints(self, *values):
        return self.const("ints." + ".".join(map(str, values)), np.array(values, np.int64))

    def weight(self, name):
        return self.const(name, self.weights[name])

    def op(self, kind, inputs, output, domain="", **attributes):
        outputs = output if isinstance(output, list) else [output]
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0], domain=domain, **attributes))
        return outputs[0]

    def factor(self, name, x, weights, divided=False):
        """Input and weights of the product `name`, with the factors moved from one to the other, unless `x` has been divided."""
        self.inputs[name] = (x, weights)
        if name in self.smooth:
            by = self.smooth[name]
            x = x if divided else self.op("Mul", [x, self.const(f"{name}.smooth", 1 / by)], f"{name}.in")
            weights = weights * by[:, None]
        return x, self.const(f"{name}.t", weights)

    def matmul(self, x, prefix, divided=False):
        factored = self.factor(prefix, x, self.weights[f"{prefix}.weight"].T, divided)
        return self.op("MatMul", list(factored), f"{prefix}.product")

    def skip_norm(self, x, skip, prefix, bias, output):
        """LayerNorm(x + skip + bias)."""
        inputs = [x, skip, self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias"), self.weight(bias)]
        return self.op("SkipLayerNormalization", inputs, output, FUSED, epsilon=EPS)


def word_vectors(g, int8):
    words = g.weights[f"{EMBED}.word_embeddings.weight"]
    if not int8:
        return g.op("Gather", [g.const("words", words), "input_ids"], "word", axis=0)
    scale = np.maximum(np.abs(words).max(1, keepdims=True), 1e-8) / 127
    table = np.clip(np.rint(words / scale), -127, 127).astype(np.int8)
    row = g.op("Gather", [g.const("words", table), "input_ids"], "word.row", axis=0)
    factor = g.op("Gather", [g.const("words.scale", scale.astype(np.float32)), "input_ids"], "word.scale", axis=0)
    return g.op("Mul", [g.op("Cast", [row], "word.float", to=TensorProto.FLOAT), factor], "word")


def embeddings(g, int8):
    word = word_vectors(g, int8)
    # The token type is always the first, so its vector is folded into the positions.
    places = g.weights[f"{EMBED}.position_embeddings.weight"] + g.weights[f"{EMBED}.token_type_embeddings.weight"][0]
    length = g.op("Shape", ["input_ids"], "length", start=1, end=2)
    place = g.op("Slice", [g.const("places", places), g.ints(0), length, g.ints(0)], "place")
    norm = [g.weight(f"{EMBED}.LayerNorm.weight"), g.weight(f"{EMBED}.LayerNorm.bias")]
    return g.op("LayerNormalization", [g.op("Add", [word, place], "embedded"), *norm], "x", axis=-1, epsilon=EPS)


def layer(g, x, n, mask, output):
    p = LAYER.format(n)
    parts = [f"{p}.attention.self.{part}" for part in ("query", "key", "value")]
    dense = f"{p}.attention.output.dense"
    # Attention only averages values, so these are what is divided for the product after it: that costs nothing.
    share = (1, 1, 1 / g.smooth.get(dense, 1))
    columns = np.concatenate([g.weights[f"{q}.weight"].T * by for q, by in zip(parts, share, strict=True)], 1)
    bias = np.concatenate([g.weights[f"{q}.bias"] * by for q, by in zip(parts, share, strict=True)])
    small, qkv = g.factor(f"{p}.qkv", x, columns.astype(np.float32))
    bias = g.const(f"{p}.qkv.bias", bias.astype(np.float32))
    mix = g.op("Attention", [small, qkv, bias, mask], f"{p}.mix", FUSED, num_heads=HEADS)
    x = g.skip_norm(g.matmul(mix, dense, divided=True), x, f"{p}.attention.output.LayerNorm", f"{dense}.bias", f"{p}.attended")
    dense = f"{p}.intermediate.dense"
    wide = g.op("BiasGelu", [g.matmul(x, dense), g.weight(f"{dense}.bias")], f"{p}.wide", FUSED)
    dense = f"{p}.output.dense"
    return g.skip_norm(g.matmul(wide, dense), x, f"{p}.output.LayerNorm", f"{dense}.bias", output)


def build(weights, path, int8_words, smooth=None, show=False):
    """Write the graph; with `show` the inputs of all products are outputs, too. Returns those inputs."""
    g = Graph(weights, smooth)
    layers = 1 + max(int(k.split(".")[2]) for k in weights if k.startswith("encoder.layer."))
    hidden = weights[f"{EMBED}.word_embeddings.weight"].shape[1]
    x = embeddings(g, int8_words)
    mask = g.op("Cast", ["attention_mask"], "mask.int", to=TensorProto.INT32)
    for n in range(layers):
        x = layer(g, x, n, mask, "token_embeddings" if n == layers - 1 else f"{LAYER.format(n)}.out")
    kept = g.op("Unsqueeze", [g.op("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT), g.ints(2)], "mask.column")
    total = g.op("ReduceSum", [g.op("Mul", [x, kept], "kept"), g.ints(1)], "total", keepdims=0)
    # The mean and the sum have the same direction, so the count is not needed.
    g.op("Div", [total, g.op("ReduceL2", [total, g.ints(1)], "norm", keepdims=1)], "sentence_embedding")

    def io(name, kind, shape):
        return helper.make_tensor_value_info(name, kind, shape)

    long, real = TensorProto.INT64, TensorProto.FLOAT
    graph = helper.make_graph(
        g.nodes,
        "encoder",
        [io("input_ids", long, ["batch", "tokens"]), io("attention_mask", long, ["batch", "tokens"])],
        [io("sentence_embedding", real, ["batch", hidden]), io("token_embeddings", real, ["batch", "tokens", hidden])]
        + ([io(x, real, None) for x in dict.fromkeys(x for x, _ in g.inputs.values())] if show else []),
        list(g.constants.values()),
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(FUSED, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), str(path))
    return g.inputs


def factors(weights, rows, path, strength):
    """{product: factor of each channel}, from the largest activations that token id `rows` cause."""
    inputs = build(weights, path, False, show=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = list(dict.fromkeys(x for x, _ in inputs.values()))
    largest = dict.fromkeys(names, 0)
    for row in rows:
        ids = np.array([row], np.int64)
        for name, x in zip(names, session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)}), strict=True):
            largest[name] = np.maximum(largest[name], np.abs(x).reshape(-1, x.shape[-1]).max(0))
    out = {}
    for product, (x, w) in inputs.items():
        factor = np.maximum(largest[x], 1e-5) ** strength / np.maximum(np.abs(w).max(1), 1e-5) ** (1 - strength)
        out[product] = (factor / np.exp(np.log(factor).mean())).astype(np.float32)
    return out


def export(weights_file, out, rows, strength=0.85):
    """Write model.fp32.onnx and the quantised model.onnx to `out`; `rows` are token ids to calibrate on."""
    logging.getLogger().setLevel(logging.ERROR)
    weights = {k: v.astype(np.float32) for k, v in load_file(str(weights_file)).items()}
    plain = out / "model.fp32.onnx"
    smooth = factors(weights, rows, plain, strength) if strength else None
    build(weights, plain, int8_words=True, smooth=smooth)
    quantize_dynamic(
        plain, out / "model.onnx", weight_type=QuantType.QInt8, per_channel=True,
        op_types_to_quantize=["MatMul", "Attention"], extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )  # fmt: skip
    build(weights, plain, int8_words=False)
