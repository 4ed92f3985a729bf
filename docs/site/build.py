#!/usr/bin/env python3
"""Makes the documentation site: build.py OUT. Its pages are the Markdown files of the tree, at the same paths.

A page that another one links to is in the site too; so is every other file, as text. A link to something that is not
there, or to a heading that no page has, is an error. The references of the languages are made by `make docs` beside it.
"""

import html
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
# The pages in the order in which they are read, below their headings.
CONTENTS = {
    "Begin": {"README.md": "Overview and quickstart", "docs/install.md": "Install", "CHANGELOG.md": "Changes"},
    "Guides": {
        "docs/c.md": "C", "docs/cpp.md": "C++", "docs/go.md": "Go", "docs/python.md": "Python",
        "docs/coming-from-the-original-client.md": "Coming from the original client",
        "bindings/node/README.md": "Node", "docs/cli.md": "Command line", "docs/legacy.md": "Other languages",
    },
    "Reference": {
        "reference/c/index.html": "C and C++", "reference/go.html": "Go", "reference/python/sidekick.html": "Python",
        "reference/rust/sidekick/index.html": "Rust",
    },
    "Servers": {
        "docs/connections.md": "Connections", "docs/open-inference.md": "Open Inference Protocol",
        "docs/model-description.md": "Model descriptions", "docs/engines.md": "Engines",
    },
    "The local server": {
        "server/README.md": "Start and limits", "server/DEPLOYMENTS.md": "Deployments", "docs/models.md": "Models",
        "docs/images.md": "Images", "docs/scaling.md": "Many machines", "examples/serve-your-own/README.md": "A model of your own",
    },
    "More": {
        "docs/platforms.md": "Platforms", "docs/security.md": "Security", "docs/architecture.md": "Architecture",
        "docs/decisions/README.md": "Decisions", "docs/testing.md": "Tests", "CONTRIBUTING.md": "Contributing",
        "docs/release.md": "Releases",
    },
}
COLOURS = HtmlFormatter(nowrap=True)
LARGEST_FILE = 200_000


class Site:
    def __init__(self, out, root=ROOT):
        self.out, self.root = out, root
        self.markdown = MarkdownIt("commonmark", {"html": True, "highlight": coloured}).enable(["table", "strikethrough"])
        # What is linked to and not yet written; the headings of each page; the links to headings.
        self.open, self.headings, self.anchors, self.mistakes = [], {}, [], []
        self.seen = set()
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True)
        self.tracked = set(tracked.stdout.split("\0")[:-1])

    def build(self, pages):
        for page in pages:
            self.want(page)
        while self.open:
            path = self.open.pop(0)
            source = self.root / path
            if path.endswith(".md"):
                self.write_page(path)
            elif source.is_dir():
                self.write_folder(path)
            else:
                self.write_file(path)
        for page, target, heading in self.anchors:
            if heading not in self.headings.get(target, ()):
                self.mistakes.append(f"{page}: {target} has no heading #{heading}")
        return self.mistakes

    def want(self, path):
        if path not in self.seen:
            self.seen.add(path)
            self.open.append(path)

    def write_page(self, path):
        tokens = self.markdown.parse((self.root / path).read_text(encoding="utf-8"))
        self.headings[path] = set()
        title = None
        for place, token in enumerate(tokens):
            if token.type == "heading_open":
                text = text_of(tokens[place + 1])
                title = title or text
                token.attrSet("id", self.slug(path, text))
            for child in [token, *(token.children or [])]:
                for name in ("href", "src"):
                    if child.attrGet(name):
                        child.attrSet(name, self.resolved(path, child.attrGet(name)))
        self.write(path, title or path, self.markdown.renderer.render(tokens, self.markdown.options, {}))

    def slug(self, path, text):
        """The name of a heading, as the web pages of repositories make it."""
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found, number = slug, 0
        while found in self.headings[path]:
            number += 1
            found = f"{slug}-{number}"
        self.headings[path].add(found)
        return found

    def resolved(self, page, link):
        """A link of a page as one of the site; what it leads to becomes a part of the site."""
        if re.match(r"[a-z]+:", link):
            return link
        path, _, heading = link.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if not (self.root / target).exists() or target.startswith(".."):
            self.mistakes.append(f"{page}: {link} is not there")
            return link
        if heading and target.endswith(".md"):
            self.anchors.append((page, target, heading))
        self.want(target)
        href = relative(page, address(target, self.root))
        return href + (f"#{heading}" if heading else "")

    def write_folder(self, path):
        inside = sorted(name for name in self.tracked if name.startswith(f"{path}/"))
        lines = "".join(f"<li><code>{html.escape(name)}</code></li>" for name in inside)
        self.write(path, path, f"<h1>{html.escape(path)}</h1><p>Files of this folder in the repository:</p><ul>{lines}</ul>")

    def write_file(self, path):
        source = self.root / path
        if source.suffix in (".svg", ".png", ".jpg"):
            (self.out / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, self.out / path)
            return
        text = source.read_bytes()[:LARGEST_FILE].decode("utf-8", "replace")
        try:
            code = highlight(text, get_lexer_for_filename(path), COLOURS)
        except ClassNotFound:
            code = html.escape(text)
        self.write(path, path, f"<h1>{html.escape(path)}</h1><pre><code>{code}</code></pre>")

    def write(self, path, title, content):
        own = address(path, self.root)
        contents = []
        for heading, pages in CONTENTS.items():
            contents.append(f"<h2>{heading}</h2><ul>")
            for page, name in pages.items():
                href = relative(path, address(page, self.root))
                current = ' aria-current="page"' if page == path else ""
                contents.append(f'<li><a href="{href}"{current}>{html.escape(name)}</a></li>')
            contents.append("</ul>")
        # A wide table scrolls by itself, not the page.
        content = content.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
        filled = (HERE / "page.html").read_text(encoding="utf-8").replace("{title}", html.escape(title))
        filled = filled.replace("{style}", relative(path, "style.css")).replace("{contents}", "".join(contents))
        target = self.out / own
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled.replace("{content}", content), encoding="utf-8")


def coloured(code, language, _):
    try:
        return highlight(code, get_lexer_by_name(language), COLOURS) if language else ""
    except ClassNotFound:
        return ""


def text_of(inline):
    return "".join(child.content for child in inline.children if child.type in ("text", "code_inline"))


def address(path, root=ROOT):
    """Where a file of the tree is in the site."""
    if path == "README.md":
        return "index.html"
    if path.startswith("reference/") or Path(path).suffix in (".svg", ".png", ".jpg"):
        return path
    if (root / path).is_dir():
        return f"{path}/files.html"
    return path.removesuffix(".md") + ".html"


def relative(page, target):
    return posixpath.relpath(target, posixpath.dirname(address(page)) or ".")


def main():
    out = Path(sys.argv[1])
    site = Site(out)
    pages = [page for pages in CONTENTS.values() for page in pages if not page.startswith("reference/")]
    pages += sorted(name for name in site.tracked if name.endswith(".md"))
    mistakes = site.build(pages)
    colours = [HtmlFormatter(style=style).get_style_defs("code") for style in ("default", "github-dark")]
    style = (HERE / "style.css").read_text(encoding="utf-8")
    dark = f"@media (prefers-color-scheme: dark) {{\n{colours[1]}\n}}\n"
    (out / "style.css").write_text(f"{style}\n{colours[0]}\n{dark}", encoding="utf-8")
    go = out / "reference/go.txt"
    if go.exists():
        text = html.escape(go.read_text(encoding="utf-8"))
        site.write("reference/go.html", "Go", f"<h1>Go</h1><pre><code>{text}</code></pre>")
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    print(f"{out}/index.html: {len(site.seen)} pages")
    sys.exit(1 if mistakes else 0)


if __name__ == "__main__":
    main()
