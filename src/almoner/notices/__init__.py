"""Public notices actually issued."""
