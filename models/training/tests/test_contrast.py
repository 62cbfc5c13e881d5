import random
import unittest
from collections import Counter

import torch

from recipe import classes, contrast, network, sampling


class Drawing(unittest.TestCase):
    def test_every_line_is_dealt_before_any_comes_again(self):
        deck = sampling.Deck({"a": ["1", "2"], "b": ["3"]}, random.Random(0))
        dealt = Counter(deck.deal() for _ in range(9))
        self.assertEqual(dealt, {("1", "a"): 3, ("2", "a"): 3, ("3", "b"): 3})


class Losses(unittest.TestCase):
    def setUp(self):
        # Rows 0 and 1 share an intent and a direction; row 2 is alone.
        self.z = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        self.labels = torch.tensor([5, 5, 7])

    def margin(self, row, cosine):
        turned = cosine * self.z[[row]] + (1 - cosine**2) ** 0.5 * self.z[[row]].flip(1)
        return contrast.margin_loss(self.z, torch.tensor([row]), turned, self.labels, 0.2, 0.4).item()

    def test_a_reversed_text_is_kept_between_the_margin_and_the_floor(self):
        self.assertAlmostEqual(self.margin(0, 0.9), 0.1, 5)
        self.assertAlmostEqual(self.margin(0, 0.6), 0.0, 5)
        self.assertAlmostEqual(self.margin(0, 0.3), 0.1, 5)

    def test_without_another_utterance_of_the_intent_there_is_no_margin(self):
        self.assertAlmostEqual(self.margin(2, 0.9), 0.0, 5)

    def test_vectors_of_intents_begin_at_their_means(self):
        learnt = classes.Classes({"set": torch.tensor([[2.0, 0.0], [0.0, 2.0]])}, 0.05)
        right, wrong = (learnt.loss("set", self.z, torch.tensor(y)).item() for y in ([0, 0, 1], [1, 1, 0]))
        self.assertAlmostEqual(right, 0.0, 5)
        self.assertAlmostEqual(wrong, 20.0, 4)


class Encoder(unittest.TestCase):
    def test_texts_of_other_lengths_beside_it_do_not_change_a_text(self):
        torch.manual_seed(0)
        model = network.Encoder(50, 1, 32).eval()
        texts = [[random.Random(n).randrange(50) for _ in range(n)] for n in (9, 2, 30, 2, 5, 17, 9)]
        tokens, batch = model(texts)
        alone = torch.cat([model([text])[0] for text in texts])
        self.assertLess((tokens - alone).abs().max().item(), 1e-4)
        self.assertEqual(torch.bincount(batch.row).tolist(), [len(text) for text in texts])


if __name__ == "__main__":
    unittest.main()
