"""What a binary is made of, as cargo says: a bill of materials (CycloneDX), and the licences of others."""

import json
import uuid
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

from common import EPOCH, ROOT, VERSION, run, write

# Names under which crates have their licences.
_LICENCES = ("LICENSE*", "LICENCE*", "COPYING*", "NOTICE*", "UNLICENSE*", "license*", "LICENSES/*")


@cache
def _metadata(rust_target):
    return json.loads(
        run("cargo", "metadata", "--format-version=1", "--locked", "--filter-platform", rust_target)
    )


def crates(roots, rust_target):
    """The crates that packages of ours are compiled from, and what each depends on, by cargo's ids."""
    metadata = _metadata(rust_target)
    known = {package["id"]: package for package in metadata["packages"]}
    edges = {node["id"]: _linked(node) for node in metadata["resolve"]["nodes"]}
    waiting = [
        package["id"]
        for package in metadata["packages"]
        if package["name"] in roots and not package["source"]
    ]
    found = {}
    while waiting:
        crate = waiting.pop()
        if crate not in found:
            found[crate] = (known[crate], edges[crate])
            waiting += edges[crate]
    return found


def _linked(node):
    """What a crate links; not what its tests or its build script use."""
    return [each["pkg"] for each in node["deps"] if any(kind["kind"] is None for kind in each["dep_kinds"])]


def bill(roots, rust_target, name):
    """The bill of materials, as CycloneDX 1.5."""
    found = crates(roots, rust_target)
    reference = {
        crate: f"pkg:cargo/{package['name']}@{package['version']}" for crate, (package, _) in found.items()
    }
    components = [_component(package, reference[crate]) for crate, (package, _) in found.items()]
    depends = [
        {"ref": reference[crate], "dependsOn": sorted({reference[each] for each in needs})}
        for crate, (_, needs) in found.items()
    ]
    kind = "application" if name == "programs" else "library"
    main = {"type": kind, "bom-ref": name, "name": name, "version": VERSION}
    depends.append({"ref": name, "dependsOn": sorted(f"pkg:cargo/{root}@{VERSION}" for root in roots)})
    components.sort(key=lambda each: each["bom-ref"])
    depends.sort(key=lambda each: each["ref"])
    # The same contents have the same number.
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([name, rust_target, components, depends]))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": _time(),
            "component": main,
            "properties": [_property("target", rust_target)],
        },
        "components": components,
        "dependencies": depends,
    }


def _component(package, reference):
    component = {
        "type": "library",
        "bom-ref": reference,
        "name": package["name"],
        "version": package["version"],
        "purl": reference,
        # An older way to write OR.
        "licenses": [{"expression": (package["license"] or "").replace("/", " OR ")}],
    }
    if not package["license"]:
        del component["licenses"]
    if package["repository"]:
        component["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return component


def _property(name, value):
    return {"name": name, "value": value}


def _time():
    return datetime.fromtimestamp(EPOCH, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def licences(roots, rust_target):
    """The licences of all crates of others, each text once."""
    users = {}
    lines = []
    for package, _ in sorted(
        crates(roots, rust_target).values(), key=lambda each: (each[0]["name"], each[0]["version"])
    ):
        if not package["source"]:
            continue
        label = f"{package['name']} {package['version']}"
        lines.append(f"{label}: {package['license']}")
        for text in _texts(Path(package["manifest_path"]).parent):
            users.setdefault(text, []).append(label)
    lines.append("Rust's standard library: MIT OR Apache-2.0")
    head = "This software contains the crates below. Their licences and notices follow.\n\n" + "\n".join(
        lines
    )
    rule = "=" * 100
    parts = [f"{rule}\n{', '.join(labels)}\n{rule}\n\n{text}" for text, labels in users.items()]
    return "\n\n".join([head, *parts]) + "\n"


def _texts(folder):
    files = sorted({file for pattern in _LICENCES for file in folder.glob(pattern) if file.is_file()})
    for file in files:
        yield file.read_text(encoding="utf-8", errors="replace").strip()


def write_contents(folder, roots, rust_target, name):
    """Our licences, those of others, and the bill of materials."""
    for licence in ("LICENSE-APACHE", "LICENSE-MIT"):
        write(folder / licence, (ROOT / licence).read_text(encoding="utf-8"))
    write(folder / "LICENSE-THIRD-PARTY.txt", licences(roots, rust_target))
    write(folder / f"{name}.cdx.json", json.dumps(bill(roots, rust_target, name), indent=1) + "\n")
