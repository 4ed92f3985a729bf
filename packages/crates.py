"""The crates, as cargo would publish them."""

import json
import shutil

from common import OUT, ROOT, VERSION, run


def names():
    """The crates of the workspace."""
    metadata = json.loads(run("cargo", "metadata", "--format-version=1", "--no-deps"))
    return sorted(package["name"] for package in metadata["packages"])


def crates():
    """Writes a .crate file for each; that they build is for the tests."""
    run("cargo", "package", "--workspace", "--no-verify", "--allow-dirty", "--quiet")
    (OUT / "crates").mkdir(exist_ok=True)
    for name in names():
        shutil.copy(ROOT / f"target/package/{name}-{VERSION}.crate", OUT / "crates")
