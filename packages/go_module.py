"""The Go module with static libraries beside it: go build needs no Rust, and no installed library."""

import shutil

from common import OUT, PACKAGES, ROOT, VERSION, WORK, fill, tar, write
from contents import write_contents


def module(targets):
    """Writes the archive of the module."""
    folder = WORK / "go" / f"libsidekick-go-{VERSION}"
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    # All beside the sources: `go mod vendor` copies no other folders.
    shutil.copy(ROOT / "include/sidekick.h", folder)
    for file in (ROOT / "bindings/go").iterdir():
        if file.name == "go.mod" or file.suffix == ".go" and not file.name.endswith("_test.go"):
            shutil.copy(file, folder)
    for target in targets:
        shutil.copy(target.built / "libsidekick.a", folder / _library(target))
    links = "\n".join(_link(target) for target in targets)
    (folder / "cgo_link.go").write_text(fill(PACKAGES / "go/cgo_link.go.in", LINKS=links))
    others = " && ".join(f"!({' && '.join(_conditions(target))})" for target in targets)
    (folder / "a_other.go").write_text(fill(PACKAGES / "go/a_other.go.in", OTHERS=others))
    write(folder / "README.md", fill(PACKAGES / "go/README.md"))
    write_contents(folder, ("libsidekick",), targets[0].rust, "libsidekick")
    tar(folder, OUT / f"{folder.name}.tar.gz")


def _library(target):
    return f"libsidekick_{target.go}.a"


def _conditions(target):
    """When a target's library is linked. The tag musl is for systems without glibc."""
    system, processor, *musl = target.go.split("_")
    return [system, processor] + (["musl" if musl else "!musl"] if system == "linux" else [])


def _link(target):
    """The line that links a target's library."""
    native = (target.built / "native-static-libs").read_text().split()
    # Of the options of a linker, cgo allows some; Go has it link programs that have the header anyway.
    native = " ".join(word for word in native if word.startswith("-l"))
    # The unwinder is linked in: small images have no libgcc_s.
    native = native.replace("-lgcc_s", "-lgcc_eh")
    conditions = ",".join(_conditions(target))
    return f"#cgo {conditions} LDFLAGS: ${{SRCDIR}}/{_library(target)} -Wl,--as-needed {native}"
