"""Two small repairs: examples without a trailing blank line, and summaries of properties that hold a colon."""

from __future__ import annotations

from typing import Any

from docutils import nodes

COLON = "\ue000"  # stands for a colon while napoleon reads, which takes what is before a property's colon for its type


def tidy_examples(app: Any, doctree: nodes.document) -> None:
    """Drop the blank line that a doctest needs before the closing fence of a code block."""
    for block in doctree.findall(nodes.literal_block):
        text = block.astext().rstrip()
        block.rawsource = text
        block.children = [nodes.Text(text)]


def hide_colons(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Before napoleon."""
    if what in ("property", "attribute", "data"):
        lines[:] = [line.replace(": ", f"{COLON} ") for line in lines]


def show_colons(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """After napoleon."""
    lines[:] = [line.replace(COLON, ":") for line in lines]


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.connect("doctree-read", tidy_examples)
    app.connect("autodoc-process-docstring", hide_colons, priority=400)
    app.connect("autodoc-process-docstring", show_colons, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
