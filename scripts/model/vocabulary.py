"""The vocabulary of a SentencePiece unigram model in the layout that xqg reads without parsing
(src/encode/neural/unigram.ts): a safetensors container with the pieces in the order of their
bytes."""

import json

import numpy as np

from weights import Vocabulary


def vocabulary_container(vocabulary: Vocabulary) -> bytes:
    special = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unknown}
    # <mask> is the last one.
    special.add(len(vocabulary.pieces) - 1)
    # Special pieces are never found in text.
    ids = sorted(set(range(len(vocabulary.pieces))) - special, key=vocabulary.pieces.__getitem__)
    codes = sorted(vocabulary.characters)
    replacements = [vocabulary.characters[code] for code in codes]
    tensors = {
        "pieces.begin": _begins([vocabulary.pieces[id] for id in ids]),
        "pieces.id": np.array(ids, "<u4"),
        "pieces.score": vocabulary.scores[ids].astype("<f4"),
        "characters.code": np.array(codes, "<u4"),
        "characters.begin": _begins(replacements),
        "characters.replacement": np.array([c for text in replacements for c in text], "<u4"),
        "pieces.text": np.frombuffer(b"".join(vocabulary.pieces[id] for id in ids), np.uint8),
    }
    metadata = {
        "bos": str(vocabulary.bos),
        "eos": str(vocabulary.eos),
        "unknown": str(vocabulary.unknown),
    }
    return _safetensors(tensors, metadata)


def _begins(parts: list) -> np.ndarray:
    """Where each part begins in their concatenation, and where the last one ends."""
    return np.cumsum([0, *map(len, parts)]).astype("<u4")


KINDS = {"uint8": "U8", "uint32": "U32", "float32": "F32"}


def _safetensors(tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> bytes:
    header, at = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        header[name] = {
            "dtype": KINDS[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [at, at + tensor.nbytes],
        }
        at += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    content = b"".join(tensor.tobytes() for tensor in tensors.values())
    return len(text).to_bytes(8, "little") + text + content
