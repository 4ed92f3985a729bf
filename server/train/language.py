"""The deployment `language`: a word or a sentence -> its language, from hashed character n-grams.

Trained on words, word pairs and sentences of web pages and news: the text that the packages in
corpora/Cargo.toml carry. Held-out sentences are kept out whole; each of their words may occur in other
sentences, as words do.
"""

import csv
import json
import re
import subprocess
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, diags_array
from sklearn.linear_model import LogisticRegression

from shared import REPOSITORY, SEED, Graph, held_out, require_agreement, run, write_deployment

LANGUAGES = ["Danish", "Dutch", "English", "French", "German", "Italian", "Spanish", "Swedish"]
CORPORA = REPOSITORY / "server/train/corpora/Cargo.toml"
NGRAMS = {"min": 2, "max": 4, "buckets": 12288}
HELD_OUT_SENTENCES = 100
# A held-out sentence is short, and has no digits or signs, and no capital after its first letter (which
# leaves out most names; German nouns have one).
LETTER, SMALL_LETTER = r"[^\W\d_]", r"[^\W\d_A-ZÄÖÜÅÆØÉÈÀÇ]"
GERMAN_SENTENCE = re.compile(f"{LETTER}+(,? {LETTER}+){{3,19}}[.?!]")
SENTENCE = re.compile(f"{LETTER}{SMALL_LETTER}*(,? {SMALL_LETTER}+){{3,19}}[.?!]")
# Sentences are trained on in pieces of so many words, as short texts are harder than long ones.
PIECE_WORDS = (1, 8)
SENTENCES = REPOSITORY / "examples/data/sentences.csv"


@lru_cache(maxsize=None)
def fnv1a(ngram):
    hashed = 2166136261
    for byte in ngram.encode():
        hashed = (hashed ^ byte) * 16777619 & 0xFFFFFFFF
    return hashed


@lru_cache(maxsize=None)
def word_buckets(word):
    marked = f"^{word}$"
    lengths = range(NGRAMS["min"], NGRAMS["max"] + 1)
    ngrams = [marked[at : at + length] for length in lengths for at in range(len(marked) - length + 1)]
    return [fnv1a(ngram) % NGRAMS["buckets"] for ngram in ngrams]


def encode(texts):
    """Texts as the vectors that DEPLOYMENTS.md declares, one sparse row each."""
    columns = [[bucket for word in text.lower().split() for bucket in word_buckets(word)] for text in texts]
    ends = np.cumsum([0] + [len(row) for row in columns])
    counts = np.ones(ends[-1], np.float32)
    matrix = csr_array((counts, np.concatenate(columns), ends), shape=(len(texts), NGRAMS["buckets"]))
    matrix.sum_duplicates()
    lengths = np.sqrt((matrix * matrix).sum(axis=1))
    return csr_array(diags_array(1 / lengths, dtype=np.float32) @ matrix)


def corpora():
    """The folder of each language's text, which cargo has fetched."""
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--manifest-path", str(CORPORA)]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise SystemExit("train.py: cargo, which fetches the text to train on, is not installed") from None
    except subprocess.CalledProcessError as failed:
        reason = failed.stderr.strip().splitlines()[-1:]
        raise SystemExit(f"train.py: cargo could not fetch the text to train on: {' '.join(reason)}") from None
    packages = {package["name"]: package for package in json.loads(found.stdout)["packages"]}
    manifests = {language: packages[f"lingua-{language.lower()}-language-model"] for language in LANGUAGES}
    return {language: Path(package["manifest_path"]).parent / "testdata" for language, package in manifests.items()}


def lines(folder, name):
    return sorted(set((folder / name).read_text(encoding="utf-8").splitlines()))


def split(sentences, language, random):
    """Held-out sentences of one language, and the sentences left to train on."""
    pattern = GERMAN_SENTENCE if language == "German" else SENTENCE
    fit = [sentence for sentence in sentences if pattern.fullmatch(sentence)]
    unseen = sorted(random.choice(fit, HELD_OUT_SENTENCES, replace=False))
    return unseen, sorted(set(sentences).difference(unseen))


def pieces(sentence, random):
    """The sentence in runs of a few words each."""
    words = sentence.split()
    while words:
        size = random.integers(*PIECE_WORDS, endpoint=True)
        yield " ".join(words[:size])
        words = words[size:]


def samples(folder, sentences, random):
    words = {word for sentence in sentences for word in sentence.lower().split() if word.isalpha()}
    single, pairs = lines(folder, "single-words.txt"), lines(folder, "word-pairs.txt")
    return [*single, *pairs, *sorted(words), *sentences,
            *(piece for text in sentences for piece in pieces(text, random))]


def build_model(classifier):
    graph = Graph("language")
    scores = graph.dense(graph.input("text", [NGRAMS["buckets"]]), classifier.coef_.T, classifier.intercept_)
    graph.apply("Softmax", scores, to="language", axis=-1)
    graph.output("language", [len(LANGUAGES)])
    return graph.model()


def read_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [(row["text"], row["language"]) for row in csv.DictReader(file)]


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("text", "language"), *rows])


def measure(model, classifier, rows):
    """The share of rows the ONNX model gets right."""
    texts = encode([text for text, _ in rows])
    [probabilities] = run(model, text=texts.toarray())
    require_agreement("language", probabilities, classifier.predict_proba(texts))
    return np.mean([LANGUAGES[best] == language for best, (_, language) in zip(probabilities.argmax(axis=1), rows)])


def train(places):
    random = np.random.default_rng(SEED)
    unseen, texts, labels = [], [], []
    for language, folder in corpora().items():
        held, seen = split(lines(folder, "sentences.txt"), language, random)
        unseen += [(sentence, language) for sentence in held]
        drawn = samples(folder, seen, random)
        texts += drawn
        labels += [LANGUAGES.index(language)] * len(drawn)
    print(f"language: training on {len(texts)} words and sentences of {len(LANGUAGES)} languages", flush=True)
    classifier = LogisticRegression(C=10, max_iter=100).fit(encode(texts), labels)

    model = build_model(classifier)
    metrics = {
        "sentence accuracy": measure(model, classifier, unseen),
        "sentence accuracy (sentences.csv)": measure(model, classifier, read_rows(SENTENCES)),
    }

    places.data.mkdir(parents=True, exist_ok=True)
    write_rows(places.data / "language.csv", unseen)
    declaration = {
        "id": "language",
        "title": "Language of a text",
        "description": f"Which language a word or a sentence is in: {', '.join(LANGUAGES)}. "
        "Trained on sentences of web pages and news; a sentence is surer than a single word.",
        "tokens": ["language-token"],
        "tensorjson": True,
        "inputs": [{"name": "text", "type": "text", "shape": [1], "ngrams": NGRAMS, "tensor": "text"}],
        "outputs": [
            {
                "name": "language",
                "type": "categorical",
                "shape": [len(LANGUAGES)],
                "categories": LANGUAGES,
                "tensor": "language",
            }
        ],
        "held_out": held_out(len(unseen), metrics, "language.csv", example={"text": unseen[0][0]}),
    }
    write_deployment(places.deployments / "language", declaration, model)
