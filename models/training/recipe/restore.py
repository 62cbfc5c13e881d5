"""The way back of export.py: float weights with Hugging Face's names out of a shipped folder's int8 graph.

What rounding took is gone (the embeddings keep a cosine above 0.99), but training can go on from what is shipped. Values
and the product after attention share factors differently than before the export; what they do together is the same.
"""

import numpy as np
import onnx
from onnx import numpy_helper

from .export import EMBED, LAYER

PARTS = ("query", "key", "value")


def constants(path):
    return {c.name: numpy_helper.to_array(c) for c in onnx.load(str(path)).graph.initializer}


def product(found, name):
    """Weights [inputs, outputs] of the product `name`: rounding and smoothing undone."""
    weights = found.get(f"{name}.t")
    if weights is None:
        rounded, zero, scale = (found[f"{name}.t_{part}"] for part in ("quantized", "zero_point", "scale"))
        weights = (rounded.astype(np.float32) - zero.astype(np.float32)) * scale
    if f"{name}.smooth" in found:
        weights = weights * found[f"{name}.smooth"][:, None]  # the constant is 1/factor, the weights were multiplied by the factor
    return weights


def weights(found):
    """{Hugging Face name: array} of a graph's constants, as `export.build` names them."""
    if not {"places", "words"} <= found.keys():
        raise ValueError("not a graph of this recipe's export")
    words = found["words"]
    out = {
        f"{EMBED}.word_embeddings.weight": words * found["words.scale"] if words.dtype == np.int8 else words,
        f"{EMBED}.position_embeddings.weight": found["places"],
        f"{EMBED}.token_type_embeddings.weight": np.zeros((2, words.shape[1])),  # the first is part of the positions
    }
    kept = [name for name in found if name.endswith((".bias", "LayerNorm.weight")) and not name.endswith(".qkv.bias")]
    out |= {name: found[name] for name in kept}
    for n in range(sum(name.endswith(".qkv.bias") for name in found)):
        p = LAYER.format(n)
        thirds = zip(PARTS, np.split(product(found, f"{p}.qkv"), 3, 1), np.split(found[f"{p}.qkv.bias"], 3), strict=True)
        for part, weight, bias in thirds:
            out |= {f"{p}.attention.self.{part}.weight": weight.T, f"{p}.attention.self.{part}.bias": bias}
        for dense in ("attention.output", "intermediate", "output"):
            out[f"{p}.{dense}.dense.weight"] = product(found, f"{p}.{dense}.dense").T
    return {name: np.array(x, np.float32, order="C") for name, x in out.items()}


def restored(path):
    """The weights of a model folder."""
    return weights(constants(path / "model.onnx"))
