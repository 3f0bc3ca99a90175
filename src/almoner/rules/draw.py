"""Drawing lots so that anybody can check the draw afterwards.

Everybody's ticket is SHA-256(seed|id); whoever has the smallest ticket comes first. The seed must
be something that nobody could choose once the ids stood fast.
"""

import hashlib


def ticket(seed: str, id: str) -> str:
    """SHA-256 of `seed|id` in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(f"{seed}|{id}".encode()).hexdigest()
