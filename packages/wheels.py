"""The Python packages: a wheel for each target, and the source distribution with the crates."""

import shutil
import tarfile

from build import VENV
from common import OUT, ROOT, VERSION, WORK, run, tar, write
from contents import licences

_SOURCES = WORK / "python" / f"libsidekick-{VERSION}"


def sources():
    """Writes the source distribution; packed again, since setuptools keeps the times of files."""
    shutil.rmtree(_SOURCES.parent, ignore_errors=True)
    _build("--sdist", ROOT / "bindings/python", _SOURCES.parent)
    packed = _SOURCES.parent / f"{_SOURCES.name}.tar.gz"
    with tarfile.open(packed) as archive:
        archive.extractall(_SOURCES.parent)
    tar(_SOURCES, OUT / packed.name)


def wheel(target):
    """Writes the wheel of a target, from the source distribution and the built library."""
    folder = WORK / "python" / target.name / _SOURCES.name
    shutil.rmtree(folder.parent, ignore_errors=True)
    shutil.copytree(_SOURCES, folder)
    write(folder / "LICENSE-THIRD-PARTY.txt", licences(("libsidekick",), target.rust))
    library = target.built / target.library
    _build(
        "--wheel", f"-C--build-option=--plat-name={target.python}", folder, OUT, SIDEKICK_LIBRARY=str(library)
    )


def _build(kind, *arguments, **environment):
    *options, folder, out = arguments
    out.mkdir(parents=True, exist_ok=True)
    run(
        VENV / "bin/python",
        "-m",
        "build",
        kind,
        "--no-isolation",
        *options,
        "--outdir",
        out,
        folder,
        **environment,
    )
