"""Checks manifests of KServe against the classes of its SDK, strictly: manifest.py FILE..."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

import kserve
import yaml
from kubernetes import client


def check(value, kind, path):
    """Checks a value against a type as the SDK names it; a key that the type has not ends the program."""
    if listed := re.fullmatch(r"[lL]ist\[(.+)\]", kind):
        require(isinstance(value, list), path, f"is no list of {listed[1]}")
        for place, item in enumerate(value):
            check(item, listed[1], f"{path}[{place}]")
    elif mapped := re.fullmatch(r"[dD]ict[(\[]str, (.+)[)\]]", kind):
        require(isinstance(value, dict), path, "is no object")
        for key, item in value.items():
            check(item, mapped[1], f"{path}.{key}")
    elif kind in PLAIN:
        require(isinstance(value, PLAIN[kind]), path, f"is {value!r}, not of the type {kind}")
    else:
        check_object(value, getattr(kserve, kind, None) or getattr(client, kind), path)


PLAIN = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object, "datetime": str}


def check_object(value, described, path):
    require(isinstance(value, dict), path, "is no object")
    names = {wire: name for name, wire in described.attribute_map.items()}
    for key, item in value.items():
        require(key in names, path, f"has no key {key!r}; {described.__name__} has {', '.join(sorted(names))}")
        check(item, described.openapi_types[names[key]], f"{path}.{key}")


def require(holds, path, problem):
    if not holds:
        sys.exit(f"{path} {problem}")


for file in sys.argv[1:]:
    for document in yaml.safe_load_all(Path(file).read_text(encoding="utf-8")):
        check_object(document, getattr(kserve, f"V1beta1{document['kind']}"), document["kind"])
        print(f"{file}: {document['kind']} has the form that KServe {version('kserve')} describes")
