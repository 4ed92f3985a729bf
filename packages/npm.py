"""The npm package: bindings/node with the shared libraries inside."""

import json
import shutil

from common import OUT, ROOT, VERSION, WORK, run, write
from contents import licences


def package(targets):
    """Writes the package as npm packs it."""
    folder = WORK / "npm"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "bindings/node", folder)
    for target in targets:
        (folder / "lib" / target.node).mkdir()
        shutil.copy(target.built / target.library, folder / "lib" / target.node)
    write(folder / "LICENSE-THIRD-PARTY.txt", licences(("libsidekick",), targets[0].rust))
    manifest = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    manifest["version"] = VERSION
    # An npm that installs for another system or processor refuses at once.
    manifest["os"] = sorted({target.node.partition("-")[0] for target in targets})
    manifest["cpu"] = sorted({target.node.partition("-")[2] for target in targets})
    write(folder / "package.json", json.dumps(manifest, indent=2) + "\n")
    run("npm", "pack", "--silent", "--pack-destination", OUT, cwd=folder)
