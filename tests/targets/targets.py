"""The targets, and how each is proved."""

from dataclasses import dataclass, field

import steps
import windows
from build import OLDEST_RUST


@dataclass
class Target:
    name: str
    # As Rust calls it, and as Zig does.
    triple: str
    zig: str
    steps: list
    # What the table says: what it is called, how it is built, what it needs. Nothing built: no line.
    title: str = ""
    built: str = ""
    needs: str = ""
    # The version of glibc that Cargo links for.
    glibc: str = ""
    # What starts a program of the target here.
    runner: list = field(default_factory=list)
    rustflags: str = ""
    cflags: list = field(default_factory=list)
    packages: list = field(default_factory=list)
    is_reference: bool = False

    @property
    def rust(self):
        return self.triple + (f".{self.glibc}" if self.glibc else "")

    @property
    def tools(self):
        return ["zig", f"rust={self.triple}", *self.packages]


@dataclass
class WindowsTarget(Target):
    """mingw-w64 links it, not Zig."""

    built: str = "mingw-w64"
    needs: str = "Windows 10"

    @property
    def tools(self):
        return [f"rust={self.triple}", *(f"deb={package}" for package in self.packages)]


GLIBC = "glibc 2.17 or newer"
BY_ZIG = "`cargo-zigbuild`, for glibc 2.17"


def qemu(processor, libraries):
    return [f"qemu-{processor}-static", "-L", f"/usr/{libraries}"]


TARGETS = [
    Target(
        name="oldest-rust",
        triple="x86_64-unknown-linux-gnu",
        zig="x86_64-linux-gnu",
        packages=[f"rust@{OLDEST_RUST}"],
        steps=[steps.oldest_rust],
    ),
    Target(
        name="linux-x86_64",
        title="Linux x86-64",
        triple="x86_64-unknown-linux-gnu",
        zig="x86_64-linux-gnu.2.17",
        glibc="2.17",
        built=BY_ZIG,
        needs=GLIBC,
        packages=["debian=bullseye"],
        steps=[steps.builds, steps.needs_glibc_2_17, steps.conformance, steps.debian_11],
        is_reference=True,
    ),
    Target(
        name="linux-aarch64",
        title="Linux aarch64",
        triple="aarch64-unknown-linux-gnu",
        zig="aarch64-linux-gnu.2.17",
        glibc="2.17",
        built=BY_ZIG,
        needs=GLIBC,
        runner=qemu("aarch64", "aarch64-linux-gnu"),
        packages=["deb=qemu-user-static", "deb=libc6-arm64-cross"],
        steps=[steps.builds, steps.needs_glibc_2_17, steps.conformance, steps.c_tests, steps.unit_tests],
    ),
    Target(
        name="linux-musl",
        title="Linux x86-64, musl",
        triple="x86_64-unknown-linux-musl",
        zig="x86_64-linux-musl",
        built="`cargo-zigbuild`, with `-C target-feature=-crt-static` for the shared library",
        needs="musl 1.2",
        rustflags="-C target-feature=-crt-static",
        packages=["deb=musl"],
        steps=[steps.builds, steps.needs_no_glibc, steps.conformance, steps.static_program],
    ),
    Target(
        name="linux-i686",
        title="Linux i686",
        triple="i686-unknown-linux-gnu",
        zig="x86-linux-gnu.2.17",
        glibc="2.17",
        built=BY_ZIG + "; C programs with `-msse2 -mfpmath=sse`",
        needs=GLIBC + ", SSE2",
        cflags=["-msse2", "-mfpmath=sse"],
        packages=["deb=libc6-i386"],
        steps=[steps.builds, steps.needs_glibc_2_17, steps.conformance, steps.c_tests, steps.stdcall, steps.unit_tests],
    ),
    Target(
        name="linux-s390x",
        title="Linux s390x (big-endian)",
        triple="s390x-unknown-linux-gnu",
        zig="s390x-linux-gnu.2.17",
        glibc="2.17",
        built=BY_ZIG,
        needs=GLIBC,
        runner=qemu("s390x", "s390x-linux-gnu"),
        packages=["deb=qemu-user-static", "deb=libc6-s390x-cross"],
        steps=[steps.builds, steps.needs_glibc_2_17, steps.conformance, steps.c_tests, steps.unit_tests],
    ),
    WindowsTarget(
        name="windows-x64",
        title="Windows x64",
        triple="x86_64-pc-windows-gnu",
        zig="x86_64-windows-gnu",
        packages=["gcc-mingw-w64-x86-64-posix", "g++-mingw-w64-x86-64-posix", "wine", "wine64", "maven"],
        steps=[
            windows.builds,
            windows.conformance,
            windows.c_tests,
            windows.examples,
            windows.go_programs,
            windows.python_wheel,
            windows.rust_tests,
        ],
    ),
    WindowsTarget(
        name="windows-i686",
        title="Windows x86",
        triple="i686-pc-windows-gnu",
        zig="x86-windows-gnu",
        packages=["gcc-mingw-w64-i686-posix"],
        cflags=["-msse2", "-mfpmath=sse"],
        steps=[windows.builds, windows.programs_link, windows.stdcall_links],
    ),
    *[
        Target(
            name=f"macos-{processor}",
            title=f"macOS {processor}",
            triple=f"{processor}-apple-darwin",
            zig=f"{processor}-macos",
            built="`cargo-zigbuild check`: it compiles",
            needs="unknown",
            steps=[steps.compiles],
        )
        for processor in ["x86_64", "aarch64"]
    ],
]
