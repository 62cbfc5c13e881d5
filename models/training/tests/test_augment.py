import random
import unittest

from recipe import augment, sampling
from recipe.data import Line


class Rewriting(unittest.TestCase):
    def test_a_typo_changes_one_long_word_and_no_short_one(self):
        rng = random.Random(1)
        for _ in range(50):
            words = augment.typo("set an alarm for me", rng).split(" ")
            self.assertEqual(words[:2] + words[3:], ["set", "an", "for", "me"])
        self.assertEqual(augment.typo("go to it", rng), "go to it")

    def test_neighbours_lie_beside_or_in_the_next_row(self):
        self.assertIn("w", augment.neighbours("q"))
        self.assertIn("a", augment.neighbours("q"))
        self.assertEqual(augment.neighbours("1"), [])

    def test_punctuation_goes_but_the_words_stay(self):
        self.assertEqual(augment.bare("你好，查一下订单。", random.Random(0)), "你好查一下订单")
        self.assertEqual(augment.bare("？", random.Random(0)), "？")

    def test_only_small_words_are_cut(self):
        cut = augment.cut("please show me the open orders of today", random.Random(0))
        self.assertTrue({"show", "open", "orders", "today"} <= set(cut.split()))
        self.assertEqual(len(cut.split()), 6)

    def test_homophones_sound_alike(self):
        same = augment.Homophones(["订单定单钉", "是四事"], often=1)
        for _ in range(20):
            self.assertIn(same.swap("订", random.Random()), "定钉")
            self.assertIn(same.swap("是", random.Random()), "四事")

    def test_the_lexicon_keeps_what_pairs_confirm(self):
        entries = [("leave", "请假"), ("to vacate", "请假"), ("balance", "余额")]
        lexicon = augment.Lexicon(entries, [("I ask for leave today", "我今天请假")] * 5 + [("hello", "余额")] * 5)
        self.assertEqual(lexicon.zh_en, {"请假": "leave"})
        self.assertIn("leave", lexicon.switch("我要请假", "zh", random.Random(0)))
        self.assertIn("请假", lexicon.switch("need leave", "en", random.Random(0)))
        self.assertEqual(lexicon.switch("余额多少", "zh", random.Random(0)), "余额多少")


class Reversing(unittest.TestCase):
    def test_negation_is_put_in_and_taken_away(self):
        rng = random.Random(0)
        self.assertEqual(augment.negate("帮我取消订单", "zh", rng), "别帮我取消订单")
        self.assertIn("取消订单", augment.negate("取消订单", "zh", rng))
        self.assertEqual(augment.negate("不要取消订单", "zh", rng), "要取消订单")
        self.assertEqual(augment.negate("don't cancel it", "en", rng), "cancel it")
        self.assertEqual(augment.negate("i want to leave", "en", rng), "i don't want to leave")

    def test_questions_are_left_alone(self):
        rng = random.Random(0)
        self.assertIsNone(augment.negate("订单到哪了", "zh", rng))
        self.assertIsNone(augment.negate("where is my order", "en", rng))
        self.assertIsNone(augment.negate("病假要不要证明", "zh", rng))

    def test_antonyms_are_whole_words(self):
        rng = random.Random(0)
        self.assertEqual(augment.opposite("turn on the light", "en", rng), "turn off the light")
        self.assertEqual(augment.opposite("解锁账号", "zh", rng), "锁定账号")
        self.assertIsNone(augment.opposite("an address", "en", rng))


class Sampling(unittest.TestCase):
    def test_near_intents_meet_and_the_count_is_kept(self):
        import numpy as np

        names = [f"n{i}" for i in range(20)]
        centroids = sampling.Centroids(names, 20)
        vectors = np.eye(20, dtype=np.float32)
        vectors[1] = vectors[0]
        centroids.update(names, vectors)
        self.assertEqual(centroids.nearest("n0", 2), ["n0", "n1"])
        chosen = sampling.choose(centroids, 6, 3, random.Random(0))
        self.assertEqual(len(set(chosen)), 6)

    def test_utterances_are_as_many_as_asked_for(self):
        a, b = Line("a", "en"), Line("b", "zh")
        a.twin, b.twin = b, a
        self.assertEqual(len(sampling.utterances([a, b], 4, random.Random(0))), 4)
        self.assertEqual({x.text for x in sampling.utterances([a, b], 2, random.Random(0), twins=1)}, {"a", "b"})


if __name__ == "__main__":
    unittest.main()
