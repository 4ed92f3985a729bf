"""The Go module with static libraries beside it: go build needs no Rust, and no installed library."""

import shutil

from common import OUT, PACKAGES, ROOT, VERSION, WORK, fill, tar, write
from contents import write_contents


def module(targets):
    """Writes the archive of the module."""
    folder = WORK / "go" / f"libsidekick-go-{VERSION}"
    shutil.rmtree(folder.parent, ignore_errors=True)
    (folder / "include").mkdir(parents=True)
    shutil.copy(ROOT / "include/sidekick.h", folder / "include")
    for file in (ROOT / "bindings/go").iterdir():
        if file.name == "go.mod" or file.suffix == ".go" and not file.name.endswith("_test.go"):
            shutil.copy(file, folder)
    for target in targets:
        (folder / "lib" / target.go).mkdir(parents=True)
        shutil.copy(target.built / "libsidekick.a", folder / "lib" / target.go)
    links = "\n".join(_link(target) for target in targets)
    (folder / "cgo_link.go").write_text(fill(PACKAGES / "go/cgo_link.go.in", LINKS=links))
    write(folder / "README.md", fill(PACKAGES / "go/README.md"))
    write_contents(folder, ("libsidekick",), targets[0].rust, "libsidekick")
    tar(folder, OUT / f"{folder.name}.tar.gz")


def _link(target):
    """The line that links a target's library. The tag musl is for systems without glibc."""
    system, processor, *musl = target.go.split("_")
    native = (target.built / "native-static-libs").read_text().split()
    # Of the options of a linker, cgo allows some; Go has it link programs that have the header anyway.
    native = " ".join(word for word in native if word.startswith("-l"))
    condition = f"{system},{processor}"
    if system == "linux":
        condition += ",musl" if musl else ",!musl"
    return f"#cgo {condition} LDFLAGS: ${{SRCDIR}}/lib/{target.go}/libsidekick.a -Wl,--as-needed {native}"
