"""A 64-bit simhash of a text (Charikar 2002): near-duplicate texts differ in few bits."""

import re
from hashlib import blake2b

_WORD = re.compile(r"\w+")
_BITS = 64
_RUN = 3


def simhash(text: str) -> int:
    """Return the simhash over runs of three words, as a signed 64-bit integer, which is what databases keep."""
    words = _WORD.findall(text.casefold())
    weights = [0] * _BITS
    for start in range(max(1, len(words) - _RUN + 1)):
        digest = int.from_bytes(blake2b(" ".join(words[start : start + _RUN]).encode(), digest_size=8).digest())
        for bit in range(_BITS):
            weights[bit] += 1 if digest >> bit & 1 else -1
    value = sum(1 << bit for bit, weight in enumerate(weights) if weight > 0)
    return value - (1 << _BITS) if value >> (_BITS - 1) else value
