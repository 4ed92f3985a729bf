"""What describe returns: each part that clients read, in both forms."""

import pytest
from openapi_spec_validator import validate

ECHO = ["number", "category", "flag", "text", "picture", "grey", "array"]
FORWARD = "/deployment/{deploymentId}/forward"
TYPES = {
    "number": ("numeric", [1]),
    "category": ("categorical", [3]),
    "flag": ("binary", [1]),
    "text": ("text", [1]),
    "picture": ("image", [4, 4, 3]),
    "grey": ("image", [4, 4, 1]),
    "array": ("numeric", [2, 3]),
}


def inputs(document):
    return document["components"]["schemas"]["input-row"]["properties"]


def outputs(document):
    return document["components"]["schemas"]["output-row-batch"]["properties"]["rows"]["properties"]


@pytest.mark.parametrize(
    "id", ["echo", "echo-npy", "names", "integers", "single-text", "single-image", "single-array"]
)
def test_the_document_is_valid_openapi(server, id):
    """The older form cannot be: OpenAPI 3.0 does not allow its key `extensions` in a schema."""
    reply = server.deployment(id).describe()
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json()["openapi"].startswith("3.")
    validate(reply.json())


@pytest.mark.parametrize("id,marker", [("echo", True), ("echo-npy", False), ("echo-older", None)])
def test_tensorjson_marker(server, id, marker):
    path = server.deployment(id).describe().json()["paths"][FORWARD]
    assert path.get("x-peltarion-tensorjson") is marker


@pytest.mark.parametrize("id", ["echo", "echo-npy", "echo-older"])
@pytest.mark.parametrize("read", [inputs, outputs])
@pytest.mark.parametrize("name", ECHO)
def test_feature_has_type_and_shape(server, id, read, name):
    feature = read(server.deployment(id).describe().json())[name]
    if id == "echo-older":
        assert "x-peltarion" not in feature
        feature = feature["extensions"]
    else:
        assert "extensions" not in feature
    feature_type, shape = TYPES[name]
    assert feature["x-peltarion"] == {"type": feature_type, "shape": shape}


def test_categories_are_the_enum(server, echo):
    document = echo.describe().json()
    assert inputs(document)["category"]["enum"] == ["a", "b", "c"]
    assert inputs(document)["flag"]["enum"] == ["no", "yes"]
    assert outputs(document)["category"]["enum"] == ["a", "b", "c"]
    assert "enum" not in inputs(document)["number"]
    assert inputs(server.deployment("integers").describe().json())["category"]["enum"] == [1, 2, 3]


def test_features_stand_in_the_declared_order(echo):
    document = echo.describe().json()
    assert list(inputs(document)) == ECHO
    assert list(outputs(document)) == ["number", "flag", "category", "text", "picture", "grey", "array"]


def test_names_are_free_text(server):
    names = ["längd (cm)", 'a "quoted" name', "dot.ted", "雪 ☃", "back\\slash/slash", " padded "]
    deployment = server.deployment("names")
    document = deployment.describe().json()
    assert list(inputs(document)) == names
    assert list(outputs(document)) == names
    row = {name: place for place, name in enumerate(names)}
    assert deployment.predict(row) == [row]


def test_batch_reply_matches_the_schema_for_generic_tools(echo):
    """What the document says of a reply to tools that know nothing of this API is true."""
    from deployment_client import echo_row
    from openapi_schema_validator import OAS30Validator

    schemas = echo.describe().json()["components"]["schemas"]
    OAS30Validator(schemas["output-row"]).validate(echo.predict(echo_row())[0])
    OAS30Validator(schemas["input-row"]).validate(echo_row())
