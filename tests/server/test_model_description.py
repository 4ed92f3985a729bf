"""The schema of model descriptions, on the documents that a test of the client reads too: both accept the same ones."""

import json
from pathlib import Path

import jsonschema

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/model-description.schema.json").read_text())
DOCUMENTS = json.loads((ROOT / "tests/model-descriptions.json").read_text())


def test_the_schema_accepts_what_the_client_accepts():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    assert len(DOCUMENTS["good"]) > 20 and len(DOCUMENTS["bad"]) > 20
    refused = [document for document in DOCUMENTS["good"] if not validator.is_valid(document)]
    accepted = [document for document in DOCUMENTS["bad"] if validator.is_valid(document)]
    assert (refused, accepted) == ([], [])


def test_the_example_of_the_page_is_a_description():
    page = (ROOT / "docs/model-description.md").read_text()
    examples = [part.split("```")[0] for part in page.split("```json\n")[1:]]
    assert len(examples) == 1
    jsonschema.validate(json.loads(examples[0]), SCHEMA, jsonschema.Draft202012Validator)
