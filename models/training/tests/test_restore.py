import tempfile
import unittest
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from recipe import export, restore

WORDS, HIDDEN, WIDE, POSITIONS = 40, 24, 48, 16


def random_weights(layers=2):
    rng = np.random.default_rng(0)

    def draw(*shape):
        return rng.normal(0, 0.3, shape).astype(np.float32)

    out = {
        "embeddings.word_embeddings.weight": draw(WORDS, HIDDEN),
        "embeddings.position_embeddings.weight": draw(POSITIONS, HIDDEN),
        "embeddings.token_type_embeddings.weight": draw(2, HIDDEN),
    }
    norms, dense = ["embeddings.LayerNorm"], {}
    for n in range(layers):
        p = f"encoder.layer.{n}"
        norms += [f"{p}.attention.output.LayerNorm", f"{p}.output.LayerNorm"]
        dense |= {f"{p}.attention.self.{part}": (HIDDEN, HIDDEN) for part in restore.PARTS}
        dense |= {f"{p}.attention.output.dense": (HIDDEN, HIDDEN), f"{p}.intermediate.dense": (WIDE, HIDDEN), f"{p}.output.dense": (HIDDEN, WIDE)}
    for name in norms:
        out |= {f"{name}.weight": 1 + draw(HIDDEN), f"{name}.bias": draw(HIDDEN)}
    for name, shape in dense.items():
        out |= {f"{name}.weight": draw(*shape), f"{name}.bias": draw(shape[0])}
    return out


def joined(weights):
    """`weights` with the values and the product after attention in one: the export moves factors from one to the other."""
    out = dict(weights)
    for name in weights:
        if name.endswith("value.weight"):
            layer = name.removesuffix("self.value.weight")
            dense = out.pop(f"{layer}output.dense.weight")
            out[name], bias = dense @ out[name], f"{layer}self.value.bias"
            out[bias] = dense @ out[bias]
    return out


class Restore(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.weights = random_weights()
        save_file(self.weights, str(self.folder / "weights.safetensors"))
        rows = np.random.default_rng(1).integers(0, WORDS, (200, 12)).tolist()
        export.export(self.folder / "weights.safetensors", self.folder, rows)

    def compare(self, found, tolerance):
        self.assertEqual(set(found), set(self.weights))
        places, kind = "embeddings.position_embeddings.weight", "embeddings.token_type_embeddings.weight"
        want = self.weights | {places: self.weights[places] + self.weights[kind][0], kind: np.zeros((2, HIDDEN))}
        found = joined(found)
        for name, array in joined(want).items():
            self.assertEqual(found[name].shape, array.shape, name)
            self.assertLessEqual(np.linalg.norm(found[name] - array), tolerance * np.linalg.norm(array), name)

    def test_weights_come_back_from_the_quantised_graph(self):
        self.compare(restore.restored(self.folder), 0.08)

    def test_weights_come_back_exactly_from_the_plain_graph(self):
        self.compare(restore.weights(restore.constants(self.folder / "model.fp32.onnx")), 1e-6)

    def test_another_graph_is_refused(self):
        with self.assertRaises(ValueError):
            restore.weights({"x": np.zeros(1)})


if __name__ == "__main__":
    unittest.main()
