import random
import unittest

from recipe import requests


class Requests(unittest.TestCase):
    def test_every_intent_is_said_in_both_languages_and_no_line_has_two_intents(self):
        intents = requests.intents()
        seen = {}
        for name, lines in intents.items():
            self.assertEqual({line.language for line in lines}, {"zh", "en"}, name)
            for line in lines:
                self.assertNotIn("{", line.text)
                self.assertEqual(seen.setdefault(line.text, name), name, line.text)
        self.assertGreater(len(intents), 500)

    def test_what_stands_beside_keeps_the_request(self):
        rng = random.Random(0)
        for _ in range(20):
            self.assertIn("取消订单", requests.beside("取消订单", "zh", rng))
