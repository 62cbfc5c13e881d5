import unittest

import torch

from recipe import network

TEXTS = [[1, 2, 3], [4, 5], [6, 7, 8, 9, 10]]


class Network(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.model = network.Encoder(50, 3, 32)

    def test_embedding_is_free_of_dropout_and_training_goes_on_with_it(self):
        plain = network.embed_all(self.model, TEXTS)
        self.model.set_dropout(0.5)
        torch.testing.assert_close(network.embed_all(self.model, TEXTS), plain)
        self.assertTrue(self.model.training)
        self.assertGreater((self.model.embed(TEXTS) - plain).abs().max().item(), 0.01)

    def test_training_sees_nearly_the_same_vectors(self):
        cosine = (self.model.embed(TEXTS) * network.embed_all(self.model, TEXTS)).sum(1)
        self.assertGreater(cosine.min().item(), 0.999)

    def test_layers_that_are_kept_are_counted_anew(self):
        last = self.model.encoder["layer"][2]
        self.model.keep_layers([0, 2])
        self.assertIs(self.model.encoder["layer"][1], last)
        names = {k.split(".")[2] for k in self.model.state_dict() if k.startswith("encoder.layer.")}
        self.assertEqual(names, {"0", "1"})
        self.assertEqual(self.model.embed(TEXTS).shape, (3, network.HIDDEN))


if __name__ == "__main__":
    unittest.main()
