import unittest

try:
    from recipe import vocabulary
except ImportError:  # tokenizers is not installed
    vocabulary = None


@unittest.skipIf(vocabulary is None, "needs tokenizers")
class Vocabulary(unittest.TestCase):
    def test_traditional_forms_share_an_id(self):
        ids = {"订": 1, "后": 2, "後": 3, "干": 4, "乾": 5}
        count = vocabulary.alias(ids, {"訂": "订", "後": "后", "乾": "干", "龍": "龙"})
        self.assertEqual((count, ids["訂"], ids["後"], ids["乾"]), (2, 1, 2, 5))
        self.assertNotIn("龍", ids)

    def test_gb2312_is_whole(self):
        self.assertEqual(sum(1 for ch in vocabulary.gb2312() if vocabulary.is_han(ch)), 6763)
