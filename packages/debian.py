"""The Debian packages: libsidekick with its soname's number, libsidekick-dev, sidekick-server and sidekick.

They need no more than glibc 2.17, so that one package is for every Debian and Ubuntu of a processor.
"""

import gzip
import shutil
import stat
from email.utils import formatdate

from archives import stage
from common import ABI, EPOCH, OUT, PACKAGES, ROOT, VERSION, WORK, fill, run, write
from contents import licences

_LIBRARY = f"libsidekick{ABI}"
_TRIPLET = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
_MAINTAINER = "The libsidekick authors <authors@libsidekick.dev>"


def packages(target):
    """Writes the packages of a target."""
    triplet = _TRIPLET[target.debian]
    staged = WORK / "debian" / target.debian / "staged"
    shutil.rmtree(staged.parent, ignore_errors=True)
    stage(target, staged, libdir=f"/usr/lib/{triplet}")
    _library(target, staged, f"usr/lib/{triplet}")
    if target.has_programs:
        _server(target, staged)
        _command_line(target, staged)
    _development(target, staged)


def _move(staged, root, *names):
    """Takes files of what was staged into the folder of a package."""
    for name in names:
        for file in sorted(staged.glob(f"usr/{name}")):
            place = root / file.relative_to(staged)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.rename(place)
    return root


def _library(target, staged, folder):
    root = _move(staged, staged.parent / _LIBRARY, f"{folder[4:]}/libsidekick.so.*")
    write(root / "DEBIAN/shlibs", f"libsidekick {ABI} {_LIBRARY} (>= {VERSION})\n")
    write(root / "DEBIAN/triggers", "activate-noawait ldconfig\n")
    names = (ROOT / "bindings/c/symbols.txt").read_text(encoding="utf-8").split()
    symbols = "".join(f" {name}@Base {VERSION}\n" for name in sorted(names))
    head = f"libsidekick.so.{ABI} {_LIBRARY} #MINVER#\n* Build-Depends-Package: libsidekick-dev\n"
    write(root / "DEBIAN/symbols", head + symbols)
    _pack(target, root, "libs", "Multi-Arch: same\nDepends: libc6 (>= 2.17)\n", ("libsidekick",))


def _server(target, staged):
    names = ["bin/sidekick-server", "share/sidekick/deployments", "share/sidekick/examples"]
    root = _move(staged, staged.parent / "sidekick-server", *names)
    about = "serves ONNX models on this machine"
    program = root / "usr/bin/sidekick-server"
    page = run("help2man", "--no-info", "--name", about, "--version-string", VERSION, program)
    # Its lines of output stay lines, and its second usage goes where the first is.
    page = page.replace(".IP\nlistening on", ".IP\n.nf\nlistening on")
    page = page.replace("ready\n.PP", "ready\n.fi\n.PP")
    second = ".IP\nsidekick\\-server <COMMAND>\n"
    usage = ".br\n.B sidekick-server\n<COMMAND>\n"
    page = page.replace(second, "").replace(".SH DESCRIPTION", f"{usage}.SH DESCRIPTION")
    _compress(root / "usr/share/man/man1/sidekick-server.1.gz", page)
    _pack(target, root, "science", "Depends: libc6 (>= 2.17)\n", ("sidekick-server",))


def _command_line(target, staged):
    names = ["bin/sidekick", "share/man/man1/*", "share/bash-completion", "share/zsh", "share/fish"]
    root = _move(staged, staged.parent / "sidekick", *names)
    # Debian's zsh looks here.
    (root / "usr/share/zsh/site-functions").rename(root / "usr/share/zsh/vendor-completions")
    for page in (root / "usr/share/man/man1").iterdir():
        _compress(page.with_name(f"{page.name}.gz"), page.read_text(encoding="utf-8"))
        page.unlink()
    depends = "Depends: libc6 (>= 2.17)\nRecommends: sidekick-server\n"
    _pack(target, root, "science", depends, ("sidekick-cli",))


def _development(target, staged):
    """Everything else."""
    root = staged.parent / "libsidekick-dev"
    staged.rename(root)
    for folder in sorted(root.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    depends = f"Depends: {_LIBRARY} (= {VERSION}), libc6-dev\nSuggests: pkg-config\n"
    _pack(target, root, "libdevel", f"Multi-Arch: same\n{depends}", ("libsidekick",))


def _pack(target, root, section, fields, roots):
    """Adds what every package has, and writes the file."""
    name = root.name
    doc = root / "usr/share/doc" / name
    write(doc / "copyright", (PACKAGES / "debian/copyright").read_text(encoding="utf-8"))
    date = formatdate(EPOCH)
    changes = fill(PACKAGES / "debian/changelog", MAINTAINER=_MAINTAINER, DATE=date)
    _compress(doc / "changelog.gz", changes)
    _compress(doc / "third-party.txt.gz", licences(roots, target.rust))
    size = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file()) // 1024 + 1
    control = f"""Package: {name}
Source: libsidekick
Version: {VERSION}
Architecture: {target.debian}
Maintainer: {_MAINTAINER}
Installed-Size: {size}
{fields}Section: {section}
Priority: optional
Homepage: https://libsidekick.dev
"""
    write(
        root / "DEBIAN/control",
        control + (PACKAGES / "debian" / f"{name.replace(ABI, '')}.description").read_text(),
    )
    _set_modes(root)
    files = sorted(path for path in (root / "usr").rglob("*") if path.is_file() and not path.is_symlink())
    sums = run("md5sum", *(path.relative_to(root) for path in files), cwd=root)
    write(root / "DEBIAN/md5sums", sums)
    file = OUT / f"{name}_{VERSION}_{target.debian}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, file)


def _compress(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _set_modes(root):
    """As Debian asks for: libraries are not executable."""
    for path in root.rglob("*"):
        if path.is_symlink():
            continue
        executable = path.is_dir() or "bin" in path.parts[-2:]
        path.chmod(0o755 if executable else 0o644)
    root.chmod(stat.S_IRWXU | 0o055)
