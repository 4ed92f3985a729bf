"""A Conan recipe, a vcpkg port and a Homebrew formula, beside the archives they use."""

import json
import shutil

from common import OUT, PACKAGES, ROOT, VERSION, WORK, fill, run, sha256, write


def conan(targets):
    """The recipe, which takes an archive from the folder above it."""
    folder = OUT / "conan"
    shutil.copytree(PACKAGES / "conan", folder)
    write(folder / "conanfile.py", fill(PACKAGES / "conan/conanfile.py"))
    lines = [
        f'  {target.name}:\n    file: "{target.archive}"\n    sha256: "{sha256(OUT / target.archive)}"'
        for target in targets
    ]
    write(folder / "conandata.yml", "archives:\n" + "\n".join(lines) + "\n")


def vcpkg(targets):
    """The port, which takes an archive from two folders above it."""
    folder = OUT / "vcpkg/libsidekick"
    manifest = json.loads((PACKAGES / "vcpkg/vcpkg.json").read_text(encoding="utf-8"))
    manifest["version"] = VERSION
    write(folder / "vcpkg.json", json.dumps(manifest, indent=2) + "\n")
    sums = {f"{target.name.partition('-')[0].upper()}": sha256(OUT / target.archive) for target in targets}
    words = {"X86_64": sums.get("X86_64", ""), "AARCH64": sums.get("AARCH64", "")}
    write(folder / "portfile.cmake", fill(PACKAGES / "vcpkg/portfile.cmake", **words))
    shutil.copy(PACKAGES / "vcpkg/usage", folder)


def homebrew():
    """The sources as one archive, and the formula that builds from them."""
    sources = OUT / f"libsidekick-{VERSION}-sources.tar.gz"
    prefix = f"libsidekick-{VERSION}/"
    made = WORK / "sources.tar"
    run(
        "git",
        "archive",
        "--format=tar",
        f"--prefix={prefix}",
        "-o",
        made,
        "HEAD",
        "--",
        ".",
        ":!fuzz/corpus",
        cwd=ROOT,
    )
    run("sh", "-c", f"gzip -9n < '{made}' > '{sources}'")
    formula = fill(PACKAGES / "homebrew/libsidekick.rb", SHA256=sha256(sources))
    write(OUT / "homebrew/libsidekick.rb", formula)
