"""DataFrames in and out."""

import base64
from io import BytesIO

import numpy
import pandas
import polars
import pyarrow
import pytest
from PIL import Image

import sidekick
from served import DATA, answering, deployment, feature

TABLE = pandas.read_csv(DATA / "penguins.csv", index_col=False)


@pytest.fixture(scope="module")
def penguins():
    return deployment("penguins")


def test_a_frame_goes_in_and_comes_out(penguins):
    frame = TABLE.set_index(TABLE.index + 100)
    result = penguins.predict_frame(frame)
    assert list(result.columns) == ["species", "species probability", "body mass (g)"]
    assert list(result.index) == list(frame.index)
    assert (result["species"] == frame["species"]).all()
    rows = penguins.predict_many(frame.to_dict("records"))
    assert list(result["body mass (g)"]) == [row["body mass (g)"] for row in rows]
    assert list(result["species probability"]) == [max(row["species"].values()) for row in rows]
    assert abs(result["body mass (g)"] - frame["body mass (g)"]).mean() == pytest.approx(233.22, abs=0.01)


def test_every_probability_has_a_column_on_request(penguins):
    result = penguins.predict_frame(TABLE.head(3), probabilities=True, progress=True)
    labels = ["species: Adelie", "species: Chinstrap", "species: Gentoo"]
    assert list(result.columns) == ["species", "species probability", *labels, "body mass (g)"]
    assert (result[labels].max(axis=1) == result["species probability"]).all()


def test_categories_and_integers_of_pandas_are_taken(penguins):
    frame = TABLE.astype({"island": "category", "year": "Int64", "sex": "string"})
    pandas.testing.assert_frame_equal(penguins.predict_frame(frame), penguins.predict_frame(TABLE))


def test_no_rows_give_the_columns(penguins):
    result = penguins.predict_frame(TABLE.head(0), probabilities=True)
    assert len(result) == 0 and "species: Gentoo" in result.columns


def test_a_missing_or_doubled_column_is_a_value_error(penguins):
    with pytest.raises(ValueError, match='^the frame has no column called "sex"; '):
        penguins.predict_frame(TABLE.drop(columns="sex"))
    with pytest.raises(ValueError, match='2 columns called "sex"'):
        penguins.predict_frame(pandas.concat([TABLE, TABLE[["sex"]]], axis=1))


def test_a_missing_value_names_its_row_and_feature(penguins):
    frame = TABLE.head(5).copy()
    frame.loc[3, "year"] = float("nan")
    with pytest.raises(ValueError, match='^row 3: feature "year": '):
        penguins.predict_frame(frame)
    with pytest.raises(TypeError, match='^row 2: feature "sex": '):
        penguins.predict_frame(TABLE.head(5).assign(sex=["male", "male", None, "male", "male"]))


def test_images_and_arrays_stand_in_cells(echo, row):
    frame = pandas.DataFrame([row, {**row, "number": 2}], index=["x", "y"])
    result = echo.predict_frame(frame)
    assert list(result["number"]) == [1.5, 2.0]
    assert result.loc["y", "picture"].format == "PNG"
    assert result.loc["x", "array"].tolist() == row["array"].tolist()


@pytest.mark.parametrize("make", [pandas.DataFrame, polars.DataFrame, pyarrow.table])
@pytest.mark.parametrize("listed", [("x", "y"), ()])
def test_columns_of_the_same_name_are_refused(make, listed):
    label = feature("categorical", 2, categories=listed)
    inputs, rows, frame = {"n": feature("numeric")}, [{"k": {"x": 0.25, "y": 0.75}}], make({"n": [1]})
    for name, probabilities in (("k probability", False), ("k: x", True)):
        given = [{**rows[0], name: 5}]
        with answering(inputs, {"k": label, name: feature("numeric")}, lambda _: given) as server:
            client = server.open()
            says = f'^predict_frame: two columns of the result would be called "{name}"; predict_columns'
            with pytest.raises(sidekick.InvalidValueError, match=says):
                client.predict_frame(frame, probabilities=probabilities)
            assert client.predict_columns(frame)[name].tolist() == [5]
    with answering(inputs, {"k": label, "k: x": feature("numeric")}, lambda _: given) as server:
        assert list(server.open().predict_frame(pandas.DataFrame({"n": [1]}))["k: x"]) == [5]


@pytest.mark.parametrize("make", [polars.DataFrame, pyarrow.table])
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_images_are_the_files_of_the_response(make, format):
    # Not as Pillow writes files by itself.
    options = {"quality": 97, "subsampling": 0} if format == "JPEG" else {"compress_level": 0}
    file = BytesIO()
    Image.fromarray(numpy.arange(192, dtype="u1").reshape(8, 8, 3)).save(file, format, **options)
    url = f"data:image/{format.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"
    output = {"image": feature("image", 8, 8, 3)}
    with answering({"n": feature("numeric")}, output, lambda rows: [{"image": url}] * len(rows)) as server:
        found = server.open().predict_frame(make({"n": [1, 2]}))
    assert list(found["image"].to_pylist() if make is pyarrow.table else found["image"]) == [file.getvalue()] * 2
