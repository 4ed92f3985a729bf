#!/usr/bin/env python3
"""Follows the links of the documentation site, without a network: links.py SITE. One that leads nowhere fails.

First it builds small sites with mistakes, which the builder has to find.
"""

import importlib.util
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
# Their generators make thousands of pages, whose links are theirs; they are led to, not followed.
GENERATED = ("reference/c", "reference/python", "reference/rust")
REFERENCES = [
    "reference/c/sidekick_8h.html", "reference/go.html", "reference/python/sidekick.html", "reference/rust/sidekick/index.html",
]


class Page(HTMLParser):
    """The links of a page, and what can be linked to in it."""

    def __init__(self, file):
        super().__init__()
        self.links, self.names, self.loads = [], set(), []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.names.update(attributes[name] for name in ("id", "name") if attributes.get(name))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        loaded = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        if loaded:
            self.loads.append(loaded)


def mistakes_of(site):
    pages = {}

    def page(file):
        if file not in pages:
            pages[file] = Page(file)
        return pages[file]

    found, followed = [], 0
    own = [file for file in site.rglob("*.html") if not str(file.relative_to(site)).startswith(GENERATED)]
    for file in own:
        name = file.relative_to(site)
        for load in page(file).loads:
            if urlsplit(load).scheme or load.startswith("//"):
                found.append(f"{name}: loads {load} from elsewhere")
        for link in page(file).links + page(file).loads:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file.resolve()
            followed += 1
            if not target.is_file() or site.resolve() not in target.parents:
                found.append(f"{name}: {link} is not there")
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in page(target).names:
                found.append(f"{name}: {link}: there is no such place")
    return found, len(own), followed


def check_builder():
    """The builder finds what is broken, and only that."""
    spec = importlib.util.spec_from_file_location("build", ROOT / "docs/site/build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    with tempfile.TemporaryDirectory() as folder:
        root, out = Path(folder) / "tree", Path(folder) / "site"
        (root / "docs").mkdir(parents=True)
        (root / "README.md").write_text("# A\n\n[b](docs/b.md#one-two) [none](none.md) [up](../x.md)\n\n## A\n\n[self](#a-1)\n")
        (root / "docs/b.md").write_text("# One `two`\n\n[a](../README.md) [no](../README.md#no) [file](c.txt)\n\n`[code](x.md)`\n")
        (root / "docs/c.txt").write_text("<b>")
        mistakes = build.Site(out, root).build(["README.md"])
        assert mistakes == [
            "README.md: none.md is not there", "README.md: ../x.md is not there", "docs/b.md: README.md has no heading #no",
        ], mistakes
        assert "&lt;b&gt;" in (out / "docs/c.txt.html").read_text()
        (out / "docs/b.html").write_text('<a href="c.txt.html">1</a> <a href="#x">2</a> <img src="https://h/i.png"> <a href="/etc">3</a>')
        broken, *_ = mistakes_of(out)
        for part in ("b.html: #x: there is no such place", "loads https://h/i.png from elsewhere", "b.html: /etc is not there"):
            assert any(part in line for line in broken), (part, broken)


def main():
    check_builder()
    site = Path(sys.argv[1])
    broken, pages, followed = mistakes_of(site)
    broken += [f"{name}: there is no such reference" for name in REFERENCES if not (site / name).is_file()]
    for line in broken:
        print(line, file=sys.stderr)
    print(f"the site: {pages} pages, {followed} links followed")
    sys.exit(1 if broken else 0)


main()
