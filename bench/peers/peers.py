"""The Python programs of the benchmark: reads the names of tasks from stdin, one a line, does each once, and prints its milliseconds and
what it found as one line of JSON. The data lies in the folder of the first argument, the second is the number of threads."""

import json
import sys
import time
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
threads = int(sys.argv[2])
shape = json.loads((folder / "shape.json").read_text())


def matrix(name, columns):
    return np.fromfile(folder / f"{name}.f32", dtype=np.float32).reshape(-1, columns)


made = {}


def once(name, make):
    if name not in made:
        made[name] = make()
    return made[name]


def passages():
    return once("passages", lambda: matrix("passages", shape["dim"]))


def questions():
    return once("questions", lambda: matrix("questions", shape["dim"]))


def numpy_top(scores, k):
    rows = np.argpartition(-scores, k, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(scores, rows, 1), axis=1, kind="stable")
    return np.take_along_axis(rows, order, 1)


def flat():
    import faiss

    faiss.omp_set_num_threads(threads)

    def make():
        index = faiss.IndexFlatIP(shape["dim"])
        index.add(passages())
        return index

    return once("flat", make)


def exact(batch, numpy):
    def run(turn):
        first = turn % (len(questions()) - batch + 1)
        asked = questions()[first : first + batch]
        if numpy:
            return numpy_top(asked @ passages().T, shape["k"])[0]
        return flat().search(asked, shape["k"])[1][0]

    return run


def bandwidth(turn):
    """Reads the matrix once: what no scan of it can undercut."""
    return [float(passages().max())]


def gemm(turn):
    """A product of matrices in cache: the most that arithmetic gives."""
    square = once("square", lambda: np.ones((1024, 1024), np.float32))
    return [float((square @ square)[0, 0])]


def near():
    return once("near", lambda: matrix("near", shape["nearDim"]))


def hnsw():
    import faiss

    faiss.omp_set_num_threads(threads)

    def make():
        index = faiss.IndexHNSWFlat(shape["nearDim"], shape["connectivity"], faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = shape["expansion"]
        index.add(near())
        return index

    return once("hnsw", make)


def ann(turn):
    """The narrowest search that has the wished recall, found in the first turn."""
    asked = once("nearQuestions", lambda: matrix("nearQuestions", shape["nearDim"]))
    truth = once("nearTruth", lambda: np.array(json.loads((folder / "nearTruth.json").read_text())))
    index = hnsw()

    def find():
        for ef in shape["widths"]:
            index.hnsw.efSearch = ef
            found = index.search(asked, 10)[1]
            recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, truth)])
            if recall >= shape["recall"]:
                break
        return ef, float(recall)

    ef, recall = once("ef", find)
    index.hnsw.efSearch = ef
    started = time.perf_counter()
    for row in range(len(asked)):
        index.search(asked[row : row + 1], 10)
    return Timed((time.perf_counter() - started) * 1000, [ef, recall])


class Timed:
    def __init__(self, ms, found):
        self.ms = ms
        self.found = found


def bm25():
    import bm25s

    def make():
        texts = json.loads((folder / "texts.json").read_text())
        retriever = bm25s.BM25(k1=0.9, b=0.4, method="lucene", backend="numba")
        retriever.index([text.split(" ") for text in texts], show_progress=False)
        return retriever

    return once("bm25", make)


def lexical(turn):
    retriever = bm25()
    asked = once("asked", lambda: [q.split(" ") for q in json.loads((folder / "asked.json").read_text())])
    retriever.retrieve(asked[:1], k=10, show_progress=False, n_threads=0)
    started = time.perf_counter()
    first = None
    for question in asked:
        rows, _ = retriever.retrieve([question], k=10, show_progress=False, n_threads=0)
        first = rows[0] if first is None else first
    return Timed((time.perf_counter() - started) * 1000, [int(row) for row in first])


def judged():
    return once("judged", lambda: (json.loads((folder / "qrels.json").read_text()), json.loads((folder / "run.json").read_text())))


def pytrec(turn):
    import pytrec_eval

    qrels, run = judged()
    started = time.perf_counter()
    values = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.10", "recall.100", "map"}).evaluate(run)
    mean = np.mean([value["ndcg_cut_10"] for value in values.values()])
    return Timed((time.perf_counter() - started) * 1000, [round(float(mean), 6)])


def ranx_eval(turn):
    import ranx

    qrels, run = judged()
    started = time.perf_counter()
    values = ranx.evaluate(ranx.Qrels(qrels), ranx.Run(run), ["ndcg@10", "recall@100", "map"])
    return Timed((time.perf_counter() - started) * 1000, [round(float(values["ndcg@10"]), 6)])


def static(turn):
    from model2vec import StaticModel
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    def make():
        words = json.loads((folder / "words.json").read_text())
        vocabulary = {word: row for row, word in enumerate(words)}
        tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=words[0]))
        tokenizer.normalizer = normalizers.Lowercase()
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        return StaticModel(matrix("words", shape["wordDim"]), tokenizer)

    model = once("static", make)
    texts = once("english", lambda: json.loads((folder / "english.json").read_text()))
    started = time.perf_counter()
    vectors = model.encode(texts, use_multiprocessing=False, show_progress_bar=False)
    return Timed((time.perf_counter() - started) * 1000, [int(vectors.shape[0])])


def fusion(turn):
    """As released: every query's vector is kept, alpha times each is added to (1 - alpha) times the passage's."""
    queries = once("queries", lambda: matrix("queries", shape["dim"]).reshape(shape["fused"], -1, shape["dim"]))
    started = time.perf_counter()
    fused = (1 - 0.01) * passages()[: shape["fused"]] + 0.01 * queries.sum(axis=1)
    return Timed((time.perf_counter() - started) * 1000, [round(float(fused[3, 3]), 4)])


def pipeline(turn):
    """The straightforward build: draw queries word by word, encode passage and queries, add, index vectors and terms."""
    import bm25s
    import faiss

    static(0)
    model = made["static"]
    texts = once("piped", lambda: json.loads((folder / "piped.json").read_text()))
    tables = once("tables", lambda: json.loads((folder / "tables.json").read_text()))
    random = np.random.default_rng(0)
    started = time.perf_counter()
    index = faiss.IndexFlatIP(shape["wordDim"])
    fields = []
    for text in texts:
        words = [word for word in text.split(" ") if word in tables]
        vector = model.encode([text])[0]
        field = text.split(" ")
        total = np.zeros_like(vector)
        for lang in shape["pipedLanguages"]:
            drawn = []
            for _ in range(5):
                pivots = random.choice(words, 5)
                query = [random.choice(tables[word][lang]) for word in pivots if tables[word].get(lang)]
                field += query
                drawn.append(" ".join(pivots))
            # The same tables: a translation has the vector of its pivot.
            total += model.encode(drawn).sum(axis=0)
        fused = (1 - 0.01) * vector + 0.01 * total
        index.add(fused.reshape(1, -1).astype(np.float32))
        fields.append(field)
    retriever = bm25s.BM25(k1=0.9, b=0.4, method="lucene")
    retriever.index(fields, show_progress=False)
    return Timed((time.perf_counter() - started) * 1000, [index.ntotal])


TASKS = {
    "faiss one": exact(1, False),
    "numpy one": exact(1, True),
    "faiss batch": exact(32, False),
    "numpy batch": exact(32, True),
    "bandwidth": bandwidth,
    "gemm": gemm,
    "faiss hnsw": ann,
    "bm25s": lexical,
    "pytrec_eval": pytrec,
    "ranx": ranx_eval,
    "model2vec": static,
    "numpy fusion": fusion,
    "python pipeline": pipeline,
}

print(json.dumps({"numpy": np.__version__}), flush=True)
for line in sys.stdin:
    name, turn = line.rstrip("\n").split("\t")
    started = time.perf_counter()
    found = TASKS[name](int(turn))
    ms = (time.perf_counter() - started) * 1000
    if isinstance(found, Timed):
        ms, found = found.ms, found.found
    print(json.dumps({"ms": ms, "found": [value.item() if hasattr(value, "item") else value for value in found]}), flush=True)
