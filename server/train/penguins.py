"""The deployment `penguins`: island, sex and four numbers of a penguin -> its species and its body mass."""

import csv
from importlib.metadata import distribution

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

from shared import SEED, Graph, fold_scaler, held_out, require_agreement, run, write_deployment

CATEGORIES = {
    "island": ["Biscoe", "Dream", "Torgersen"],
    "sex": ["female", "male"],
    "species": ["Adelie", "Chinstrap", "Gentoo"],
}
# Our feature names and the columns of the package; body mass, the fifth number, is what we predict.
COLUMNS = {
    "island": "island",
    "sex": "sex",
    "bill length (mm)": "bill_length_mm",
    "bill depth (mm)": "bill_depth_mm",
    "flipper length (mm)": "flipper_length_mm",
    "year": "year",
    "species": "species",
    "body mass (g)": "body_mass_g",
}
FEATURES = list(COLUMNS)[:6]
HELD_OUT_ROWS = 67


def load():
    """The penguins of the package `palmerpenguins` that have every value, under our names."""
    path = distribution("palmerpenguins").locate_file("palmerpenguins/data/penguins.csv")
    with open(path, encoding="utf-8", newline="") as file:
        penguins = [row for row in csv.DictReader(file) if "NA" not in row.values()]
    return [{name: penguin[column] for name, column in COLUMNS.items()} for penguin in penguins]


def encode(penguin, name):
    if name in CATEGORIES:
        return [float(penguin[name] == category) for category in CATEGORIES[name]]
    return [float(penguin[name])]


def as_tensor(penguins):
    rows = [[value for name in FEATURES for value in encode(penguin, name)] for penguin in penguins]
    return np.array(rows, np.float32)


def build_model(scaler, classifier, regressor, mass_scaler):
    graph = Graph("penguins")
    features = graph.input("features", [9])

    scores = graph.dense(features, *fold_scaler(scaler, classifier.coef_.T, classifier.intercept_))
    graph.apply("Softmax", scores, to="species", axis=-1)
    graph.output("species", [3])

    weights, biases = list(regressor.coefs_), list(regressor.intercepts_)
    weights[0], biases[0] = fold_scaler(scaler, weights[0], biases[0])
    weights[-1] = weights[-1] * mass_scaler.scale_
    biases[-1] = biases[-1] * mass_scaler.scale_ + mass_scaler.mean_
    graph.dense_layers(features, weights, biases, to="body_mass")
    graph.output("body_mass", [1])
    return graph.model()


def write_rows(path, penguins):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(penguins)


def feature(name):
    if name in CATEGORIES:
        values = CATEGORIES[name]
        return {"name": name, "type": "categorical", "shape": [len(values)], "categories": values, "tensor": "features"}
    return {"name": name, "type": "numeric", "shape": [1], "tensor": "features"}


def value(penguin, name):
    return penguin[name] if name in CATEGORIES else number(penguin[name])


def number(text):
    return float(text) if "." in text else int(text)


def ranges(penguins):
    """The smallest and the largest number of each feature that is one."""
    numbers = {name: [number(penguin[name]) for penguin in penguins] for name in FEATURES if name not in CATEGORIES}
    return {name: [min(values), max(values)] for name, values in numbers.items()}


def train(places):
    penguins = load()
    species = np.array([CATEGORIES["species"].index(penguin["species"]) for penguin in penguins])
    masses = np.array([[float(penguin["body mass (g)"])] for penguin in penguins])
    rows = np.arange(len(penguins))
    seen, unseen = train_test_split(rows, test_size=HELD_OUT_ROWS, stratify=species, random_state=SEED)
    unseen = np.sort(unseen)
    print(f"penguins: training on {len(seen)} penguins", flush=True)

    tensor = as_tensor(penguins)
    scaler, mass_scaler = StandardScaler(), StandardScaler()
    scaled, scaled_masses = scaler.fit_transform(tensor[seen]), mass_scaler.fit_transform(masses[seen])
    classifier = LogisticRegression().fit(scaled, species[seen])
    # Few rows, so few units and much weight decay: chosen by cross-validation on the rows trained on.
    regressor = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", alpha=3, max_iter=1000, random_state=SEED)
    regressor.fit(scaled, scaled_masses.ravel())

    model = build_model(scaler, classifier, regressor, mass_scaler)
    probabilities, predicted_masses = run(model, features=tensor[unseen])
    scaled_unseen = scaler.transform(tensor[unseen])
    expected_masses = mass_scaler.inverse_transform(regressor.predict(scaled_unseen)[:, np.newaxis])
    require_agreement("penguins, species", probabilities, classifier.predict_proba(scaled_unseen), absolute=1e-4)
    require_agreement("penguins, body mass", predicted_masses, expected_masses)
    metrics = {
        "species accuracy": np.mean(probabilities.argmax(axis=1) == species[unseen]),
        "body mass mean absolute error (g)": np.abs(predicted_masses - masses[unseen]).mean(),
    }

    places.data.mkdir(parents=True, exist_ok=True)
    held = [penguins[row] for row in unseen]
    write_rows(places.data / "penguins.csv", held)
    species_output = {**feature("species"), "tensor": "species"}
    mass_output = {"name": "body mass (g)", "type": "numeric", "shape": [1], "tensor": "body_mass"}
    declaration = {
        "id": "penguins",
        "title": "Palmer penguins",
        "description": "Species and body mass of a penguin from island, sex, bill length, bill depth, flipper length "
        "and, as the fourth number, the year it was measured in (2007 to 2009).",
        "tokens": ["penguins-token"],
        "tensorjson": True,
        "inputs": [feature(name) for name in FEATURES],
        "outputs": [species_output, mass_output],
        "held_out": held_out(
            len(unseen),
            metrics,
            "penguins.csv",
            example={name: value(held[0], name) for name in FEATURES},
            ranges=ranges(held),
        ),
    }
    write_deployment(places.deployments / "penguins", declaration, model)
