"""What a deployment tells of itself."""

import copy
from dataclasses import FrozenInstanceError

import numpy
import pytest
import sidekick
from served import SERVER_URL, deployment


def test_specs_are_objects_in_the_deployments_order(echo):
    names = [spec.name for spec in echo.feature_specs_in]
    assert names == ["number", "category", "flag", "text", "picture", "grey", "array"]
    number, category, flag, text, picture, grey, array = echo.feature_specs_in
    assert (number.dtype, number.shape, number.categories) == ("numeric", (1,), ())
    assert (category.dtype, category.shape, category.categories) == ("categorical", (3,), ("a", "b", "c"))
    assert (flag.dtype, flag.categories) == ("binary", ("no", "yes"))
    assert text.dtype == "text"
    assert (picture.dtype, picture.shape) == ("image", (4, 4, 3))
    assert (array.dtype, array.shape, array.is_array, number.is_array) == ("numeric", (2, 3), True, False)
    assert [spec.name for spec in echo.feature_specs_out][:3] == ["number", "flag", "category"]


def test_specs_are_found_by_name_and_are_keys(echo):
    specs = echo.feature_specs_in
    assert specs["category"] is specs[1] and specs[-1].name == "array" and specs[:2] == [specs[0], specs[1]]
    assert specs.names == ("number", "category", "flag", "text", "picture", "grey", "array")
    with pytest.raises(KeyError, match="no feature 'Number'; .*number, category"):
        specs["Number"]
    assert {spec: spec.name for spec in specs}[echo.feature_specs_in[1]] == "category"
    assert len({*specs, *echo.feature_specs_in}) == 7
    with pytest.raises(FrozenInstanceError):
        specs[0].name = "changed"


def test_changes_to_specs_do_not_reach_the_deployment(echo, row):
    specs = echo.feature_specs_in
    specs[0] = specs[1]
    specs.clear()
    echo.feature_specs_out.clear()
    assert echo.feature_specs_in[0].name == "number"
    assert echo.predict(**row)["number"] == 1.5


def test_the_protocol_is_reported(echo):
    assert echo.protocol == "deployment_api"


def test_the_table_of_a_model_of_tensors_has_their_types(echo):
    with sidekick.Deployment(f"{SERVER_URL}/v2/models/simple", "simple-token") as model:
        header, first = repr(model.feature_specs_in).splitlines()[:2]
        assert header.split() == ["name", "dtype", "shape", "element", "categories"]
        assert first.split() == ["INPUT0", "numeric", "16", "int32"]
        assert "  INPUT0  numeric  16     int32" in repr(model) and "<th>element</th>" in model._repr_html_()
        assert repr(copy.deepcopy(model.feature_specs_in)) == repr(model.feature_specs_in)
    assert "element" not in repr(echo) + echo._repr_html_()


def test_a_model_of_the_open_inference_protocol_is_a_deployment():
    base = f"{SERVER_URL}/v2/models"
    with sidekick.Deployment(f"{base}/reciprocal", "reciprocal-token") as model:
        assert model.protocol == "open_inference"
        assert (model.feature_specs_in[0].name, model.feature_specs_in[0].dtype) == ("number", "numeric")
        assert model.predict(number=4)["reciprocal"] == 0.25
        assert [row["reciprocal"] for row in model.predict_many([{"number": n} for n in (1, 2)])] == [1, 0.5]
    with sidekick.Deployment(f"{base}/simple", "simple-token") as model:
        values = numpy.arange(16, dtype=numpy.int32)
        result = model.predict(INPUT0=values, INPUT1=numpy.ones(16, numpy.int64))
        assert (result["OUTPUT0"] == values + 1).all() and (result["OUTPUT1"] == values - 1).all()
        assert result["OUTPUT0"].dtype == numpy.int32
        columns = model.predict_columns({"INPUT0": numpy.stack([values]), "INPUT1": numpy.stack([values])})
        assert (columns["OUTPUT0"] == [2 * values]).all()
        with pytest.raises(ValueError, match="0.5 is not a whole number that INT32 holds"):
            model.predict(INPUT0=numpy.full(16, 0.5), INPUT1=values)
    for wire in ("auto", "binary", "json"):
        with sidekick.Deployment(f"{base}/reciprocal", "reciprocal-token", wire=wire) as model:
            assert model.predict(number=4)["reciprocal"] == 0.25
            assert model.batch_limit is None
    with sidekick.Deployment(f"{base}/fixed", "fixed-token") as model:
        assert model.batch_limit == 1
    with sidekick.Deployment(f"{base}/half", "half-token") as model:
        result = model.predict(x=numpy.array([0.5, -2], numpy.float16))["y"]
        assert result.dtype == numpy.float16 and list(result) == [0.5, -2]
    with pytest.raises(ValueError, match="names no model of its server"):
        sidekick.Deployment(f"{SERVER_URL}/v2", "")


def test_specs_compare_and_show_as_the_dataclass():
    spec = sidekick.FeatureSpec("n", "numeric", (1,))
    assert spec == sidekick.FeatureSpec("n", "numeric", (1,), ())
    assert repr(spec) == "FeatureSpec(name='n', dtype='numeric', shape=(1,), categories=())"


def test_the_repr_is_a_table_without_the_token(echo):
    lines = repr(echo).splitlines()
    assert lines[:4] == [
        f"Deployment {SERVER_URL}/deployment/echo/forward",
        "inputs",
        "  name      dtype        shape      categories",
        "  number    numeric      1",
    ]
    assert "  category  categorical  3          a, b, c" in lines
    assert "outputs" in lines
    assert "echo-token" not in repr(echo) + echo._repr_html_() + str(vars(echo))
    assert repr(echo.feature_specs_in).splitlines()[1] == "number    numeric      1"
    digit = repr(deployment("digits").feature_specs_out).splitlines()[1]
    assert digit == "digit  categorical  10     0, 1, 2, 3, 4, 5, ... (10)"


def test_notebooks_get_an_escaped_table(echo):
    assert "<td>category</td><td>categorical</td><td>3</td><td>a, b, c</td>" in echo._repr_html_()
    awkward = sidekick.FeatureSpecs([sidekick.FeatureSpec("<b>", "text", (1,))])
    assert "<td>&lt;b&gt;</td>" in awkward._repr_html_()


def test_the_version_is_the_librarys():
    assert sidekick.__version__.count(".") == 2
