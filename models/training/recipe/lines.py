class Line:
    """One utterance: its text, its language, and the same utterance in the other language if known."""

    __slots__ = ("text", "language", "twin")

    def __init__(self, text, language, twin=None):
        self.text, self.language, self.twin = text, language, twin
