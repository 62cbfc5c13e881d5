"""Weights -> fused ONNX graph -> int8.

Built node by node with ONNX Runtime's fused operators (Attention, SkipLayerNormalization, BiasGelu), so that nothing is
traced and the quantised graph has QAttention. Word vectors are int8 with a scale for each row.
Inputs input_ids, attention_mask (int64 [batch, tokens]); outputs sentence_embedding (float32 [batch, hidden], length 1)
and token_embeddings ([batch, tokens, hidden]).
"""

import logging

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

HEADS, EPS = 12, 1e-12
FUSED = "com.microsoft"
EMBED, LAYER = "embeddings", "encoder.layer.{}"


class Graph:
    """Collects nodes and constants."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants = weights, [], {}

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

    def matmul(self, x, prefix):
        return self.op("MatMul", [x, self.const(f"{prefix}.t", self.weights[f"{prefix}.weight"].T)], f"{prefix}.product")

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
    qkv = g.const(f"{p}.qkv", np.concatenate([g.weights[f"{q}.weight"].T for q in parts], 1))
    bias = g.const(f"{p}.qkv.bias", np.concatenate([g.weights[f"{q}.bias"] for q in parts]))
    mix = g.op("Attention", [x, qkv, bias, mask], f"{p}.mix", FUSED, num_heads=HEADS)
    dense = f"{p}.attention.output.dense"
    x = g.skip_norm(g.matmul(mix, dense), x, f"{p}.attention.output.LayerNorm", f"{dense}.bias", f"{p}.attended")
    dense = f"{p}.intermediate.dense"
    wide = g.op("BiasGelu", [g.matmul(x, dense), g.weight(f"{dense}.bias")], f"{p}.wide", FUSED)
    dense = f"{p}.output.dense"
    return g.skip_norm(g.matmul(wide, dense), x, f"{p}.output.LayerNorm", f"{dense}.bias", output)


def build(weights, path, int8_words):
    g = Graph(weights)
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
        [io("sentence_embedding", real, ["batch", hidden]), io("token_embeddings", real, ["batch", "tokens", hidden])],
        list(g.constants.values()),
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(FUSED, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), str(path))


def export(weights_file, out, reduce_range=False, weight_type=QuantType.QInt8):
    """Write model.fp32.onnx and the quantised model.onnx to `out`."""
    logging.getLogger().setLevel(logging.ERROR)
    weights = {k: v.astype(np.float32) for k, v in load_file(str(weights_file)).items()}
    build(weights, out / "model.fp32.onnx", int8_words=False)
    plain = out / "model.words.onnx"
    build(weights, plain, int8_words=True)
    quantize_dynamic(
        plain, out / "model.onnx", weight_type=weight_type, per_channel=True, reduce_range=reduce_range,
        op_types_to_quantize=["MatMul", "Attention"], extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )  # fmt: skip
    plain.unlink()
