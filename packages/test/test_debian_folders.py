"""From target/dist alone, in a fresh Debian without Rust: C, C++, Python and Go programs predict."""

import os
import re
import shutil
from pathlib import Path

import conftest
import pytest
from conftest import ANSWER, PREDICT


def pkg_config(folder, how=""):
    """Builds and runs the C and the C++ program by pkg-config."""
    flags = f"$(pkg-config --cflags --libs {how} sidekick)"
    assert folder.sh(f"{how_c(flags)} && ./by_c $URL seven.png") == ANSWER
    assert folder.sh(f"g++ -std=c++17 classify.cpp {flags} -o by_cpp && ./by_cpp $URL seven.png") == ANSWER


def how_c(flags):
    return f"gcc -std=c99 -Wall -Wextra -pedantic -Werror classify.c {flags} -o by_c"


def cmake(folder, version, prefix=""):
    """The same by CMake, shared and static."""
    folder.sh(f"cmake -S . -B cmake -DWANTED={version} {prefix} && cmake --build cmake")
    for program in ("shared_c", "static_c", "shared_cpp", "static_cpp"):
        assert folder.sh(f"cmake/{program} $URL seven.png") == ANSWER
    assert "libsidekick" not in folder.sh("ldd cmake/static_c")
    assert "libsidekick" in folder.sh("ldd cmake/shared_c")
    folder.sh("rm -rf cmake")


def test_the_archive_is_used_where_it_is_and_installed(debian, dist, version):
    name = f"libsidekick-{version}-x86_64-linux"
    debian.put(dist / f"{name}.tar.gz")
    debian.sh(f"tar xf {name}.tar.gz")
    cmake(debian, version, f"-DCMAKE_PREFIX_PATH=/build/{name}")
    there = f"PKG_CONFIG_PATH=/build/{name}/lib/pkgconfig"
    flags = f"$({there} pkg-config --cflags --libs sidekick) -Wl,-rpath,/build/{name}/lib"
    assert debian.sh(f"{how_c(flags)} && ./by_c $URL seven.png") == ANSWER

    debian.sh(f"{name}/install.sh")
    pkg_config(debian)
    static = "gcc classify.c -o by_c $(pkg-config --cflags sidekick) /usr/local/lib/libsidekick.a"
    debian.sh(f"{static} $(pkg-config --static --libs-only-l sidekick | sed s/-lsidekick//)")
    assert debian.sh("./by_c $URL seven.png") == ANSWER
    assert "libsidekick" not in debian.sh("ldd by_c")
    cmake(debian, version)
    debian.sh(f"{name}/install.sh --uninstall")
    assert debian.sh("find /usr/local -name '*sidekick*'") == ""
    debian.sh(f"PREFIX=relative {name}/install.sh && test -f relative/lib/libsidekick.a")
    debian.sh(f"PREFIX=relative {name}/install.sh --uninstall && test ! -e relative/share && test ! -e relative/lib")

    other = "PREFIX=/opt/s LIBDIR=/opt/s/lib64 INCLUDEDIR=/opt/s/inc DESTDIR=/build/staged"
    debian.sh(f"{other} {name}/install.sh && mv staged/opt/s /opt/s")
    there = "PKG_CONFIG_PATH=/opt/s/lib64/pkgconfig"
    flags = f"$({there} pkg-config --cflags --libs sidekick) -Wl,-rpath,/opt/s/lib64"
    assert debian.sh(f"{how_c(flags)} && ./by_c $URL seven.png") == ANSWER
    cmake(debian, version, "-Dsidekick_DIR=/opt/s/lib64/cmake/sidekick")


def test_the_server_of_the_archive_serves_there(debian, dist, version):
    name = f"libsidekick-{version}-x86_64-linux"
    debian.put(dist / f"{name}.tar.gz")
    server = f"/build/{name}/bin/sidekick-server /build/{name}/share/sidekick/deployments/penguins"
    ready = debian.sh(f"tar xf {name}.tar.gz && (timeout 5 {server} --listen 127.0.0.1:0 || true)")
    assert ready.endswith("ready\n") and "deployment penguins http://127.0.0.1:" in ready


def test_debian_packages_are_installed_and_removed(debian, dist, version):
    for file in dist.glob("*_amd64.deb"):
        debian.put(file, f"debs/{file.name}")
    debian.sh("apt-get install -y --no-install-recommends /build/debs/*.deb")
    pkg_config(debian)
    cmake(debian, version)
    assert "sidekick-server" in debian.sh("sidekick-server --help")
    described = debian.sh("SIDEKICK_TOKEN=digits-token sidekick describe --url $URL")
    assert "digit" in described and "image" in described
    penguins = "/usr/share/sidekick/deployments/penguins"
    assert "ready" in debian.sh(f"timeout 5 sidekick-server {penguins} --listen 127.0.0.1:0 || true")
    debian.sh("apt-get purge -y sidekick libsidekick-dev sidekick-server 'libsidekick0*'")
    assert debian.sh("find /usr -name '*sidekick*'") == ""


def test_the_wheel_is_installed_without_a_network(debian, dist, version):
    wheel = next(dist.glob(f"libsidekick-{version}-py3-none-*x86_64.whl"))
    debian.put(wheel)
    (debian.path / "build/predict.py").write_text(PREDICT)
    debian.sh("python3 -m venv v && sed -i s,@URL@,$URL, predict.py")
    debian.sh(f"v/bin/pip install --no-index {wheel.name}")
    assert debian.sh("v/bin/python predict.py") == ANSWER


def test_the_go_module_is_built_without_rust(debian, dist, version):
    name = f"libsidekick-go-{version}"
    debian.put(dist / f"{name}.tar.gz")
    go = Path(conftest.run("go", "env", "GOROOT").strip())
    # No Debian of these has a Go that is new enough; Go's own archive is one folder.
    shutil.copytree(go, debian.path / "usr/local/go", symlinks=True, copy_function=link)
    # The one line that docs/go.md has.
    module = "-require libsidekick.dev/go/sidekick@v@V@ -replace libsidekick.dev/go/sidekick=../@NAME@"
    module = module.replace("@V@", version).replace("@NAME@", name)
    settings = "GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local GOROOT=/usr/local/go"
    offline = f"export {settings} PATH=$PATH:/usr/local/go/bin"
    debian.sh(f"tar xf {name}.tar.gz; mkdir program; cp classify.go program/main.go")
    debian.sh(f"{offline}; cd program; go mod init outside; go mod edit {module}; go build -o ../by_go .")
    assert debian.sh("./by_go $URL seven.png") == ANSWER
    # Nothing is needed but the C library.
    assert not set(re.findall(r"lib(?:sidekick|gcc)\S*", debian.sh("ldd by_go")))
    vendored = "vendor/libsidekick.dev/go/sidekick"
    debian.sh(f"{offline}; cd program; go mod vendor; ls {vendored}/sidekick.h {vendored}/libsidekick_linux_*.a")
    listed = "go list -f '{{.GoFiles}}' libsidekick.dev/go/sidekick"
    assert "a_other.go" not in debian.sh(f"{offline}; cd program; {listed}")
    assert "a_other.go" in debian.sh(f"{offline}; cd program; GOOS=freebsd CGO_ENABLED=1 {listed}")


def link(source, target):
    """Go is large: a hard link where that can be had."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.mark.target("x86_64-linux-musl")
def test_a_program_that_needs_nothing_at_all(debian, dist, version):
    name = f"libsidekick-{version}-x86_64-linux-musl"
    debian.put(dist / f"{name}.tar.gz")
    flags = f"$(PKG_CONFIG_PATH=/build/{name}/lib/pkgconfig pkg-config --static --cflags --libs sidekick)"
    debian.sh(f"tar xf {name}.tar.gz && musl-gcc -static classify.c {flags} -o by_musl")
    assert debian.sh("./by_musl $URL seven.png") == ANSWER
    assert "not a dynamic executable" in debian.sh("ldd by_musl 2>&1 || true")
