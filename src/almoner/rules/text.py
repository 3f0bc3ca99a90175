"""What is shown of text that came from elsewhere."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str, most: int = 100) -> str:
    """Text that cannot steer a terminal, cut to `most` characters with an ellipsis."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(letter if letter.isprintable() else REPLACEMENT for letter in cut)
