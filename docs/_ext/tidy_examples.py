"""Drop the empty line that a doctest needs before the closing fence of a code block."""

from __future__ import annotations

from typing import Any

from docutils import nodes


def tidy(app: Any, doctree: nodes.document) -> None:
    """Strip trailing blank lines of every code block."""
    for block in doctree.findall(nodes.literal_block):
        text = block.astext().rstrip()
        block.rawsource = text
        block.children = [nodes.Text(text)]


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.connect("doctree-read", tidy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
