"""Models of scikit-learn, exported by skl2onnx: scikit_learn.py FOLDER NAME..."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType, StringTensorType
from sklearn import datasets
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.cluster import KMeans
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from store import Made, main

DATA = Path(__file__).resolve().parents[3] / "examples" / "data"
SEED = 16
# Every so many examples of a table one is asked for.
EXAMPLES = 5


def exported(model: Any, types: list[tuple[str, Any]], **more: Any) -> bytes:
    return to_onnx(model, initial_types=types, **more).SerializeToString()


def numbers(load: Any, model: Any, classes: bool = False, **more: Any) -> Made:
    """A model of one of the tables that scikit-learn has, with one tensor of all columns."""
    table = load()
    wanted = table.target_names[table.target].astype(object) if classes else table.target
    x = table.data.astype(np.float32)
    model.fit(x, wanted)
    options = {id(model): more.pop("options")} if "options" in more else None
    types = [("X", FloatTensorType([None, x.shape[1]]))]
    return Made(exported(model, types, options=options, **more), {"X": examples(x)})


def examples(x: np.ndarray) -> np.ndarray:
    return x[:: max(1, len(x) // EXAMPLES)][:EXAMPLES]


def iris_logistic_regression() -> Made:
    return numbers(datasets.load_iris, make_pipeline(StandardScaler(), LogisticRegression()), classes=True)


def iris_naive_bayes() -> Made:
    return numbers(datasets.load_iris, GaussianNB(), options={"zipmap": False})


def iris_decision_tree() -> Made:
    model = DecisionTreeClassifier(max_depth=4, random_state=SEED)
    return numbers(datasets.load_iris, model, classes=True, options={"zipmap": "columns"})


def wine_random_forest() -> Made:
    return numbers(datasets.load_wine, RandomForestClassifier(20, random_state=SEED))


def wine_stacking() -> Made:
    parts = [("tree", DecisionTreeClassifier(max_depth=3, random_state=SEED)), ("bayes", GaussianNB())]
    return numbers(datasets.load_wine, StackingClassifier(parts, LogisticRegression(), cv=3), classes=True)


def wine_voting() -> Made:
    parts = [("forest", RandomForestClassifier(8, random_state=SEED)), ("bayes", GaussianNB())]
    model = VotingClassifier(parts, voting="soft", flatten_transform=False)
    return numbers(datasets.load_wine, model, options={"zipmap": False})


def wine_discriminant() -> Made:
    return numbers(datasets.load_wine, make_pipeline(MinMaxScaler(), LinearDiscriminantAnalysis()))


def cancer_gradient_boosting() -> Made:
    model = GradientBoostingClassifier(n_estimators=30, random_state=SEED)
    return numbers(datasets.load_breast_cancer, model, classes=True)


def cancer_ada_boost() -> Made:
    model = AdaBoostClassifier(n_estimators=10, random_state=SEED)
    return numbers(datasets.load_breast_cancer, model)


def cancer_isolation_forest() -> Made:
    table = datasets.load_breast_cancer()
    x = table.data[:, :6].astype(np.float32)
    model = IsolationForest(n_estimators=20, random_state=SEED).fit(x)
    # The converter knows no newer version of its own operators.
    types = [("X", FloatTensorType([None, 6]))]
    return Made(exported(model, types, target_opset={"": 18, "ai.onnx.ml": 3}), {"X": examples(x)})


def digits_svc() -> Made:
    """Decision values of pairs of classes: an array."""
    return numbers(datasets.load_digits, SVC(), options={"zipmap": False, "raw_scores": True})


def digits_nearest_neighbours() -> Made:
    """Numbers between 0 and 16, whole ones: distances of neighbours are exact."""
    table = datasets.load_digits()
    x, labels = table.data[:400].astype(np.float32), table.target[:400]
    model = KNeighborsClassifier(5).fit(x, labels)
    return Made(
        exported(model, [("X", FloatTensorType([None, 64]))]), {"X": table.data[400:405].astype(np.float32)}
    )


def digits_pca_linear_svc() -> Made:
    machine = CalibratedClassifierCV(LinearSVC(random_state=SEED), cv=3)
    return numbers(datasets.load_digits, make_pipeline(PCA(16, random_state=SEED), machine))


def iris_k_means() -> Made:
    """Labels of clusters, and the distance to each."""
    return numbers(datasets.load_iris, KMeans(3, n_init=3, random_state=SEED))


def diabetes_ridge() -> Made:
    return numbers(datasets.load_diabetes, make_pipeline(StandardScaler(), Ridge()))


def diabetes_neural_network() -> Made:
    model = MLPRegressor(hidden_layer_sizes=(16,), max_iter=300, random_state=SEED)
    return numbers(datasets.load_diabetes, make_pipeline(StandardScaler(), model))


def diabetes_polynomial() -> Made:
    return numbers(datasets.load_diabetes, make_pipeline(PolynomialFeatures(2), ElasticNet(alpha=0.1)))


def diabetes_extra_trees() -> Made:
    return numbers(datasets.load_diabetes, ExtraTreesRegressor(20, random_state=SEED))


def diabetes_gaussian_process() -> Made:
    """Computed in FP64: the inverse of a kernel matrix wants its digits."""
    table = datasets.load_diabetes()
    x = table.data[:65, :4] * 20
    model = GaussianProcessRegressor(RBF(1.0, "fixed"), alpha=0.1, normalize_y=True).fit(
        x[:60], table.target[:60]
    )
    return Made(exported(model, [("X", DoubleTensorType([None, 4]))]), {"X": x[60:]})


def diabetes_double() -> Made:
    table = datasets.load_diabetes()
    model = LinearRegression().fit(table.data, table.target)
    return Made(exported(model, [("X", DoubleTensorType([None, 10]))]), {"X": examples(table.data)})


def counts_naive_bayes() -> Made:
    """Whole numbers: a tensor of INT64."""
    random = np.random.default_rng(SEED)
    x = random.poisson([[1, 4, 2, 6]], (90, 4))
    x[:, 0] += 3 * (np.arange(90) % 3)
    model = MultinomialNB().fit(x, np.array(["few", "some", "many"], object)[np.arange(90) % 3])
    return Made(exported(model, [("counts", Int64TensorType([None, 4]))]), {"counts": examples(x)})


def penguins() -> pd.DataFrame:
    table = pd.read_csv(DATA / "penguins.csv").rename(
        columns=lambda name: name.removesuffix(" (mm)").replace(" ", "_")
    )
    return table.astype({"year": np.float32})


TEXTS = ["island", "sex"]
MEASURES = ["bill_length", "bill_depth", "flipper_length", "year"]


def penguins_types() -> list[tuple[str, Any]]:
    texts = [(name, StringTensorType([None, 1])) for name in TEXTS]
    return texts + [(name, FloatTensorType([None, 1])) for name in MEASURES]


def penguins_tensors(table: pd.DataFrame) -> dict[str, np.ndarray]:
    rows = table.iloc[:: len(table) // EXAMPLES][:EXAMPLES]
    texts = {name: rows[[name]].to_numpy(object) for name in TEXTS}
    return texts | {name: rows[[name]].to_numpy(np.float32) for name in MEASURES}


def penguins_columns() -> Made:
    """A table of strings and numbers: one input for each column."""
    table = penguins()
    columns = ColumnTransformer([("texts", OneHotEncoder(), TEXTS), ("numbers", StandardScaler(), MEASURES)])
    model = make_pipeline(columns, LogisticRegression(max_iter=500)).fit(
        table[TEXTS + MEASURES], table["species"]
    )
    return Made(exported(model, penguins_types()), penguins_tensors(table))


def penguins_body_mass() -> Made:
    table = penguins()
    columns = ColumnTransformer([("texts", OrdinalEncoder(), TEXTS)], remainder="passthrough")
    model = make_pipeline(columns, GradientBoostingRegressor(n_estimators=20, random_state=SEED))
    model.fit(table[TEXTS + MEASURES], table["body_mass_(g)"])
    return Made(exported(model, penguins_types()), penguins_tensors(table))


def penguins_strings() -> Made:
    """One tensor of strings."""
    table = penguins()
    x = table[TEXTS].to_numpy(object)
    model = make_pipeline(OneHotEncoder(), DecisionTreeClassifier(random_state=SEED)).fit(x, table["species"])
    return Made(exported(model, [("columns", StringTensorType([None, 2]))]), {"columns": examples(x)})


def sentences() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Texts to learn from with their languages, and texts to ask for."""
    table = pd.read_csv(DATA / "language.csv").iloc[::2]
    asked = pd.read_csv(DATA / "sentences.csv")["text"].to_numpy(object)[::8][:EXAMPLES]
    return table["text"].to_numpy(object), table["language"].to_numpy(object), asked.reshape(-1, 1)


def of_texts(vectorizer: Any, last: Any) -> Made:
    texts, languages, asked = sentences()
    model = make_pipeline(vectorizer, last).fit(texts, languages)
    # The model lowers letters by a locale of the machine: C is on every one.
    types, options = [("text", StringTensorType([None, 1]))], {id(vectorizer): {"locale": "C"}}
    return Made(exported(model, types, options=options), {"text": asked})


def language_tfidf() -> Made:
    return of_texts(TfidfVectorizer(max_features=600), LogisticRegression(max_iter=300))


def language_counts() -> Made:
    return of_texts(CountVectorizer(max_features=400), MultinomialNB())


def text_embedding() -> Made:
    """Sixteen numbers for a text."""
    return of_texts(TfidfVectorizer(max_features=400), TruncatedSVD(16, random_state=SEED))


if __name__ == "__main__":
    main(globals())
