"""The archives: a folder that can be used where it is, or installed by the script in it."""

import shutil

from common import ABI, OUT, PACKAGES, ROOT, VERSION, WORK, fill, run, tar, write, zip
from contents import write_contents

_SHARED = "The shared library needs glibc @GLIBC@ or newer and nothing else."
_STATIC = """There is a static library alone: use `pkg-config --static`, and `-static` to need nothing.
Without pkg-config, link with `-Wl,--eh-frame-hdr` as well: GCC leaves that table out of static programs.
Without it a defect of the library, which is an error otherwise, ends the program."""
_WINDOWS = """A program of mingw-w64 links `lib/libsidekick.dll.a` and needs `bin/sidekick.dll` beside it. Or
it links `lib/libsidekick.a` and needs nothing. The library needs Windows 10 and nothing else."""


def stage(target, root, prefix="/usr", libdir=None):
    """Installs what was built for a target below a root, as `make install` does."""
    libdir = libdir or f"{prefix}/lib"
    where = {"PREFIX": prefix, "LIBDIR": libdir, "INCLUDEDIR": f"{prefix}/include", "DESTDIR": str(root)}
    built = {"LIB": str(target.built), "PROGRAMS": str(target.built), "VERSION": VERSION, "ABI": ABI}
    run(ROOT / "bindings/c/install", "install" if target.has_programs else "library", **built, **where)


def archive(target):
    """Writes the archive of a target."""
    name = f"libsidekick-{VERSION}-{target.name}"
    folder = WORK / "archives" / name
    shutil.rmtree(folder, ignore_errors=True)
    stage(target, folder.parent, prefix=f"/{name}")
    _make_relocatable(folder / "lib/pkgconfig/sidekick.pc")
    doc = folder / "share/doc/libsidekick"
    write_contents(doc, ("libsidekick",), target.rust, "libsidekick")
    if target.programs:
        write_contents(doc / "programs", target.programs, target.rust, "programs")
    readme = fill(PACKAGES / "archive/README.md", TARGET=target.name, NEEDS=_needs(target))
    write(folder / "README.md", readme)
    shutil.copy(PACKAGES / "archive/install.sh", folder)
    pack = zip if target.is_windows else tar
    pack(folder, OUT / target.archive)


def _needs(target):
    if target.is_windows:
        return _WINDOWS
    return _SHARED.replace("@GLIBC@", target.glibc) if target.glibc else _STATIC


def _make_relocatable(pc):
    text = pc.read_text(encoding="utf-8").split("\n", 3)[3]
    where = "prefix=${pcfiledir}/../..\nlibdir=${prefix}/lib\nincludedir=${prefix}/include\n"
    write(pc, where + text)
