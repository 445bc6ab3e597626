"""The encoder as an ONNX graph. The 4-bit blocks of the weights are kept as they are:
onnxruntime's MatMulNBits and GatherBlockQuantized take blocks of the same size."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from weights import BLOCK, Weights

OPSET = 21
IR_VERSION = 10
MICROSOFT = "com.microsoft"
ALIGNMENT = 4096
"""Offsets in the file of tensors: a page, so that onnxruntime maps it into memory."""
INLINE_BYTES = 1024
"""Smaller tensors stay in the graph."""
ACTIVATION_BLOCKS = 4
"""MatMulNBits `accuracy_level`: activations are quantized to 8 bits in blocks, row by row."""


def encoder_graph(weights: Weights) -> onnx.ModelProto:
    """input_ids, attention_mask (batch x sequence) -> last_hidden_state (batch x sequence x hidden)."""
    return _Builder(weights).model()


def save_with_tensors(model: onnx.ModelProto, graph_path: str, tensors_path: str) -> None:
    """Writes the graph, and its large tensors to a file beside it."""
    location = tensors_path.replace("\\", "/").rsplit("/", 1)[-1]
    with open(tensors_path, "wb") as file:
        for tensor in model.graph.initializer:
            content = tensor.raw_data
            if len(content) < INLINE_BYTES:
                continue
            file.write(b"\0" * (-file.tell() % ALIGNMENT))
            place = {"location": location, "offset": file.tell(), "length": len(content)}
            file.write(content)
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in place.items():
                tensor.external_data.add(key=key, value=str(value))
    with open(graph_path, "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


class _Builder:
    def __init__(self, weights: Weights):
        self.weights = weights
        self.sizes = weights.sizes
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        states = self.embeddings()
        padding = self.node("Cast", ["attention_mask"], "padding", to=TensorProto.INT32)
        for layer in range(self.sizes.layers):
            states = self.layer(f"l{layer}.", states, padding)
        self.node("Identity", [states], "last_hidden_state")
        shape = ["batch", "sequence"]
        graph = helper.make_graph(
            self.nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, shape)
                for name in ("input_ids", "attention_mask")
            ],
            [
                helper.make_tensor_value_info(
                    "last_hidden_state", TensorProto.FLOAT, [*shape, self.sizes.hidden]
                )
            ],
            self.initializers,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)

    def embeddings(self) -> str:
        sizes = self.sizes
        scales, nibbles = self.weights.blocks("emb.word", sizes.pieces, sizes.hidden)
        # GatherBlockQuantized reads signed nibbles.
        self.initializers.append(
            TensorProto(
                name="emb.word",
                data_type=TensorProto.INT4,
                dims=[sizes.pieces, sizes.hidden],
                raw_data=_packed(nibbles ^ 8).tobytes(),
            )
        )
        self.constant("emb.word.scale", scales)
        words = self.node(
            "GatherBlockQuantized",
            ["emb.word", "input_ids", "emb.word.scale"],
            "words.half",
            MICROSOFT,
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK,
        )
        words = self.node("Cast", [words], "words", to=TensorProto.FLOAT)
        # All tokens are of the first type.
        types = self.weights.floats("emb.type").reshape(sizes.token_types, sizes.hidden)
        positions = self.weights.floats("emb.pos").reshape(sizes.positions, sizes.hidden)
        self.constant("emb.pos", positions + types[0])
        self.constant("begin", np.array([0], np.int64))
        self.constant("axis", np.array([1], np.int64))
        shape = self.node("Shape", ["input_ids"], "shape")
        length = self.node("Gather", [shape, "axis"], "length")
        positions = self.node("Slice", ["emb.pos", "begin", length, "begin"], "positions")
        embedded = self.node("Add", [words, positions], "embedded")
        gain, bias = self.floats("emb.ln.w"), self.floats("emb.ln.b")
        return self.node(
            "LayerNormalization",
            [embedded, gain, bias],
            "embeddings",
            axis=-1,
            epsilon=float(sizes.epsilon),
        )

    def layer(self, name: str, states: str, padding: str) -> str:
        hidden, wide = self.sizes.hidden, self.sizes.feed_forward
        parts = [
            self.linear(states, [f"{name}{part}"], hidden, hidden) for part in ("q", "k", "v")
        ]
        attention = self.node(
            "MultiHeadAttention",
            [*parts, "", padding],
            f"{name}attention",
            MICROSOFT,
            num_heads=self.sizes.heads,
        )
        attention = self.linear(attention, [f"{name}ao"], hidden, hidden)
        states = self.add_and_normalize(states, attention, f"{name}aln")
        inner = self.linear(states, [f"{name}fi"], wide, hidden)
        inner = self.node("Gelu", [inner], f"{name}gelu", MICROSOFT)
        inner = self.linear(inner, [f"{name}fo"], hidden, wide)
        return self.add_and_normalize(states, inner, f"{name}oln")

    def linear(self, states: str, names: list[str], rows: int, columns: int) -> str:
        name = names[0]
        scales, nibbles = self.weights.blocks(f"{name}.w", rows, columns)
        blocks = _packed(nibbles).reshape(rows, columns // BLOCK, BLOCK // 2)
        self.constant(f"{name}.w", blocks)
        self.constant(f"{name}.scale", scales.astype(np.float32).reshape(-1))
        return self.node(
            "MatMulNBits",
            [states, f"{name}.w", f"{name}.scale", "", "", self.floats(f"{name}.b")],
            f"{name}.out",
            MICROSOFT,
            K=columns,
            N=rows,
            bits=4,
            block_size=BLOCK,
            accuracy_level=ACTIVATION_BLOCKS,
        )

    def add_and_normalize(self, states: str, change: str, name: str) -> str:
        gain, bias = self.floats(f"{name}.w"), self.floats(f"{name}.b")
        return self.node(
            "SkipLayerNormalization",
            [states, change, gain, bias],
            f"{name}.out",
            MICROSOFT,
            epsilon=float(self.sizes.epsilon),
        )

    def floats(self, name: str) -> str:
        return self.constant(name, self.weights.floats(name))

    def constant(self, name: str, value: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output


def _packed(nibbles: np.ndarray) -> np.ndarray:
    """Two nibbles a byte, the first one low."""
    return (nibbles[..., 0::2] | (nibbles[..., 1::2] << 4)).astype(np.uint8)
