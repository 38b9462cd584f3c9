"""Nested tables as TOML that is pleasant to edit: short lists and tables on one line, long ones under a header.

The writing of keys and values is tomli-w's; it has no say about what goes on one line, so the layout is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w

_WIDTH = 100


def scenario_layout(table: Mapping[str, Any]) -> str:
    """The text of a TOML file, blank lines between its tables."""
    return "\n".join(_lines(table, ())).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Plain entries first, as TOML wants it, then tables, then lists of tables."""
    tables, lists = {}, {}
    for key, value in table.items():
        if _is_list_of_tables(value):
            lists[key] = value
        elif isinstance(value, dict) and len(_inline(value)) > _WIDTH:
            tables[key] = value
        else:
            yield f"{_key(key)} = {_inline(value) if isinstance(value, dict | list) else _scalar(value)}"
    for key, value in tables.items():
        yield f"\n[{_header((*path, key))}]"
        yield from _lines(value, (*path, key))
    for key, value in lists.items():
        for item in value:
            yield f"\n[[{_header((*path, key))}]]"
            yield from _lines(item, (*path, key))


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _header(path: tuple[str, ...]) -> str:
    return ".".join(map(_key, path))


def _key(key: str) -> str:
    """A key, in quotes where it needs them."""
    return tomli_w.dumps({key: 0}).removesuffix(" = 0\n")


def _inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(k)} = {_inline(v)}' for k, v in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return _scalar(value, blocks=False)


def _scalar(value: Any, *, blocks: bool = True) -> str:
    """A number, date or text; a text of several lines as a block, unless it holds what a block cannot."""
    block = blocks and isinstance(value, str) and "\n" in value and "\r" not in value
    return tomli_w.dumps({"x": value}, multiline_strings=block).removeprefix("x = ").removesuffix("\n")
