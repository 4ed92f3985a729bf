"""Models of XGBoost and LightGBM, exported by onnxmltools: boosting.py FOLDER NAME..."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn import datasets
from store import Made, main
from xgboost import XGBClassifier, XGBRegressor

SEED = 16
TREES: dict[str, Any] = {"n_estimators": 20, "max_depth": 4, "n_jobs": 1, "random_state": SEED}


def boosted(load: Any, model: Any, convert: Any, **more: Any) -> Made:
    table = load()
    x = table.data.astype(np.float32)
    model.fit(x, table.target)
    converted = convert(model, initial_types=[("input", FloatTensorType([None, x.shape[1]]))], **more)
    return Made(converted.SerializeToString(), {"input": x[:: len(x) // 5][:5]})


def xgboost_wine() -> Made:
    return boosted(datasets.load_wine, XGBClassifier(**TREES), convert_xgboost)


def xgboost_cancer() -> Made:
    return boosted(datasets.load_breast_cancer, XGBClassifier(**TREES), convert_xgboost)


def xgboost_diabetes() -> Made:
    return boosted(datasets.load_diabetes, XGBRegressor(**TREES), convert_xgboost)


def lightgbm_wine() -> Made:
    return boosted(datasets.load_wine, LGBMClassifier(verbose=-1, **TREES), convert_lightgbm)


def lightgbm_cancer() -> Made:
    model = LGBMClassifier(verbose=-1, **TREES)
    return boosted(datasets.load_breast_cancer, model, convert_lightgbm, zipmap=False)


def lightgbm_diabetes() -> Made:
    return boosted(datasets.load_diabetes, LGBMRegressor(verbose=-1, **TREES), convert_lightgbm)


if __name__ == "__main__":
    main(globals())
