"""Whose words a span is, as its article attributes them: by rules over reporting verbs and quotation marks."""
