#!/bin/sh
# Installs what is beside it: PREFIX=/usr/local ./install.sh. LIBDIR, INCLUDEDIR and DESTDIR are heard too.
# ./install.sh --uninstall, with the same settings, removes it.
set -eu
cd "$(dirname "$0")"
PREFIX=${PREFIX:-/usr/local}
LIBDIR=${LIBDIR:-$PREFIX/lib}
INCLUDEDIR=${INCLUDEDIR:-$PREFIX/include}

# Where a file of the archive goes.
place() {
    case $1 in
        lib/*) echo "${DESTDIR:-}$LIBDIR/${1#lib/}" ;;
        include/*) echo "${DESTDIR:-}$INCLUDEDIR/${1#include/}" ;;
        *) echo "${DESTDIR:-}$PREFIX/$1" ;;
    esac
}

put() {
    find lib include bin share \( -type f -o -type l \) 2>/dev/null | LC_ALL=C sort | while read -r file; do
        target=$(place "$file")
        mkdir -p "$(dirname "$target")"
        rm -f "$target"
        cp -P "$file" "$target"
    done
    # Until now the file finds its neighbours from where it lies.
    pc=$(place lib/pkgconfig/sidekick.pc)
    sed -e "s|^prefix=.*|prefix=$PREFIX|" -e "s|^libdir=.*|libdir=$LIBDIR|" \
        -e "s|^includedir=.*|includedir=$INCLUDEDIR|" lib/pkgconfig/sidekick.pc > "$pc"
    case $LIBDIR,$INCLUDEDIR in
        "$PREFIX/lib,$PREFIX/include") ;;
        *) sed -i "s|\${CMAKE_CURRENT_LIST_DIR}/../../../include|$INCLUDEDIR|" \
            "$(place lib/cmake/sidekick/sidekickConfig.cmake)" ;;
    esac
    if [ -z "${DESTDIR:-}" ] && [ "$(id -u)" = 0 ] && command -v ldconfig >/dev/null; then ldconfig; fi
    echo "libsidekick is in $PREFIX; ./install.sh --uninstall removes it"
}

remove() {
    find lib include bin share \( -type f -o -type l \) 2>/dev/null | while read -r file; do
        rm -f "$(place "$file")"
    done
    for folder in share/doc/libsidekick share/sidekick include/sidekick lib/cmake/sidekick \
        lib/cmake lib/pkgconfig; do
        find "$(place "$folder/x" | sed 's|/x$||')" -depth -type d -empty -delete 2>/dev/null || true
    done
}

case ${1:-} in
    "") put ;;
    --uninstall) remove ;;
    *) echo "usage: [PREFIX=/usr/local] ./install.sh [--uninstall]" >&2; exit 2 ;;
esac
