"""The deployment `language`: a word or a sentence -> its language, from hashed character n-grams.

Trained on Debian's word lists. A held-out word is drawn from the words that, lower-cased, stand in exactly one of the
lists, so that it has one right answer; it is kept out of all training samples. Other forms of the same word may be
among those. Words that several lists share are trained on under each of their languages.
"""

import csv
from collections import Counter
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array, diags_array
from sklearn.linear_model import LogisticRegression

from shared import REPOSITORY, SEED, Graph, held_out, require_agreement, run, write_deployment

# Language, file in the word list folder, Debian package.
LISTS = {
    "Danish": ("danish", "wdanish"),
    "Dutch": ("dutch", "wdutch"),
    "English": ("american-english", "wamerican"),
    "French": ("french", "wfrench"),
    "German": ("ngerman", "wngerman"),
    "Italian": ("italian", "witalian"),
    "Spanish": ("spanish", "wspanish"),
    "Swedish": ("swedish", "wswedish"),
}
LANGUAGES = list(LISTS)
NGRAMS = {"min": 2, "max": 4, "buckets": 12288}
HELD_OUT_WORDS = 100
TRAINING_WORDS = 60_000
TRAINING_PHRASES = 10_000
PHRASE_WORDS = (2, 10)
COMMA_SHARE = 0.15
ENDINGS = ["", ".", "?", "!"]
# How often a word of 1, 2, 3... letters stands in running text, about: lists are full of long words, sentences are not.
LENGTH_WEIGHTS = np.array([3, 17, 21, 16, 11, 8.5, 8, 6, 4, 3, 2, 1.5, 1, 0.6, 0.4])
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


def require_lists(folder):
    missing = [package for file, package in LISTS.values() if not (folder / file).is_file()]
    if missing:
        raise SystemExit(f"train.py: word lists missing in {folder}: run `apt-get install {' '.join(missing)}` first")


def is_word(entry, language):
    """Lower-case letters only, which leaves out names and abbreviations; German nouns keep their capital."""
    rest = entry[1:] if language == "German" else entry
    return entry.isalpha() and rest == rest.lower()


def read_words(path, language):
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        # The Swedish list is older than UTF-8.
        text = content.decode("latin-1")
    return sorted({entry.lower() for entry in text.splitlines() if is_word(entry, language)})


def phrases(words, random):
    """Made-up sentences: words drawn so that their lengths are those of running text, with punctuation."""
    lengths = np.minimum([len(word) for word in words], len(LENGTH_WEIGHTS))
    totals = np.bincount(lengths, minlength=len(LENGTH_WEIGHTS) + 1)
    weights = LENGTH_WEIGHTS[lengths - 1] / totals[lengths]
    sizes = random.integers(PHRASE_WORDS[0], PHRASE_WORDS[1], TRAINING_PHRASES, endpoint=True)
    drawn = iter(random.choice(words, sizes.sum(), p=weights / weights.sum()))
    commas = iter(np.where(random.random(sizes.sum()) < COMMA_SHARE, ", ", " "))
    endings = iter(random.choice(ENDINGS, len(sizes)))
    texts = ("".join(next(drawn) + next(commas) for _ in range(size)) for size in sizes)
    return [text.rstrip(", ") + next(endings) for text in texts]


def split(words, shared, random):
    """Held-out words of one language, and the words left to train on."""
    unseen = sorted(random.choice([word for word in words if word not in shared], HELD_OUT_WORDS, replace=False))
    return unseen, sorted(set(words).difference(unseen))


def samples(words, random):
    count = min(TRAINING_WORDS, len(words))
    return [*random.choice(words, count, replace=False), *phrases(words, random)]


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
    require_lists(places.dictionaries)
    random = np.random.default_rng(SEED)
    words = {language: read_words(places.dictionaries / file, language) for language, (file, _) in LISTS.items()}
    in_lists = Counter(word for entries in words.values() for word in entries)
    shared = {word for word, count in in_lists.items() if count > 1}
    unseen, texts, labels = [], [], []
    for language in LANGUAGES:
        held, seen = split(words[language], shared, random)
        unseen += [(word, language) for word in held]
        drawn = samples(seen, random)
        texts += drawn
        labels += [LANGUAGES.index(language)] * len(drawn)
    print(f"language: training on {len(texts)} words and phrases of {len(LANGUAGES)} languages", flush=True)
    classifier = LogisticRegression(C=10, max_iter=100).fit(encode(texts), labels)

    model = build_model(classifier)
    metrics = {
        "word accuracy": measure(model, classifier, unseen),
        "sentence accuracy (sentences.csv)": measure(model, classifier, read_rows(SENTENCES)),
    }

    places.data.mkdir(parents=True, exist_ok=True)
    write_rows(places.data / "language.csv", unseen)
    declaration = {
        "id": "language",
        "title": "Language of a text",
        "description": f"Which language a word or a sentence is in: {', '.join(LANGUAGES)}. "
        "Trained on word lists; a sentence is surer than a single word.",
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
        "held_out": held_out(len(unseen), metrics, "language.csv"),
    }
    write_deployment(places.deployments / "language", declaration, model)
