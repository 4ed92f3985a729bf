#!/bin/sh
# Installs what is beside it: PREFIX=/usr/local ./install.sh. It also takes LIBDIR, INCLUDEDIR and DESTDIR.
# ./install.sh --uninstall, with the same settings, removes it.
set -eu
# A relative folder is one of the caller's.
absolute() {
    case $1 in
        ""|/*) echo "$1" ;;
        *) echo "$PWD/$1" ;;
    esac
}

PREFIX=$(absolute "${PREFIX:-/usr/local}")
LIBDIR=$(absolute "${LIBDIR:-$PREFIX/lib}")
INCLUDEDIR=$(absolute "${INCLUDEDIR:-$PREFIX/include}")
DESTDIR=$(absolute "${DESTDIR:-}")
cd "$(dirname "$0")"

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
    echo "libsidekick is in $PREFIX; install.sh --uninstall with the same settings removes it"
}

remove() {
    find lib include bin share \( -type f -o -type l \) 2>/dev/null | while read -r file; do
        rm -f "$(place "$file")"
    done
    # Folders that are empty now, the innermost first; those of others are not empty, or are the system's.
    find lib include bin share -depth -type d 2>/dev/null | while read -r folder; do
        case $PREFIX:$folder in
            /usr:*/*sidekick* | /usr/local:*/*sidekick*) ;;
            /usr:* | /usr/local:*) continue ;;
        esac
        target=$(place "$folder/x")
        rmdir "${target%/x}" 2>/dev/null || true
    done
}

case ${1:-} in
    "") put ;;
    --uninstall) remove ;;
    *) echo "usage: [PREFIX=/usr/local] ./install.sh [--uninstall]" >&2; exit 2 ;;
esac
