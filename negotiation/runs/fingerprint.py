"""One number for a job: equal for equal arguments, in every process and on every machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
import inspect
from collections.abc import Mapping, Sequence, Set
from enum import Enum
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from negotiation.errors import WrongTypeError

OURS = __name__.split(".")[0]


def fingerprint(value: object) -> str:
    """A digest (sha256, hexadecimal) of a value: numbers, text, arrays, containers, dataclasses, functions, classes.

    Notes
    -----
    Not made from a pickle, whose bytes depend on which objects happen to be shared. Mappings and sets count whatever their
    order; fields of a dataclass that do not take part in comparisons are left out. Functions and classes from outside this
    library count with their source, so a job changes when its function is edited.

    Raises
    ------
    WrongTypeError
        Something that has no state to look at, for example an open file.

    Examples
    --------
    >>> fingerprint({"a": 1, "b": 2.0}) == fingerprint({"b": 2.0, "a": 1})
    True
    """
    return hashlib.sha256(_text(value)).hexdigest()


def _text(value: Any) -> bytes:
    """A spelling of the value in which different values differ."""
    kind, parts = _taken_apart(value)
    spelled = [p if isinstance(p, bytes) else _text(p) for p in parts]
    return b"%s(%s)" % (kind.encode(), b",".join(b"%d:%s" % (len(p), p) for p in spelled))


def _taken_apart(value: Any) -> tuple[str, Sequence[Any]]:
    """The kind of a value and what it is made of; bytes are spelled as they are."""
    if value is None or isinstance(value, bool | int | str):
        return type(value).__name__, [str(value).encode()]
    if isinstance(value, float | np.floating):
        return "float", [float(value).hex().encode()]
    if isinstance(value, bytes | bytearray):
        return "bytes", [hashlib.sha256(value).digest()]
    if isinstance(value, np.ndarray) and value.dtype != object:
        plain = np.ascontiguousarray(value)
        return "array", [plain.dtype.str.encode(), str(plain.shape).encode(), hashlib.sha256(plain.tobytes()).digest()]
    if isinstance(value, np.generic):
        return _taken_apart(value.item())
    if isinstance(value, Enum):
        return _name(type(value)), [value.name]
    if isinstance(value, dt.date | dt.timedelta | PurePath):
        return type(value).__name__, [str(value).encode()]
    if isinstance(value, np.random.SeedSequence):
        return "seed", [value.entropy, value.spawn_key]
    return _composed(value)


def _composed(value: Any) -> tuple[str, Sequence[Any]]:
    """Containers, functions and objects."""
    if isinstance(value, Mapping):
        return _name(type(value)), sorted(_text((k, v)) for k, v in value.items())
    if isinstance(value, Set):
        return "set", sorted(map(_text, value))
    if isinstance(value, list | tuple):
        return "list", value
    if isinstance(value, functools.partial):
        return "partial", [value.func, value.args, value.keywords]
    if isinstance(value, MethodType):
        return "method", [value.__func__.__qualname__, value.__self__]
    if isinstance(value, type | FunctionType | BuiltinFunctionType):
        return _name(value), [_source(value), _closed_over(value)]
    if dataclasses.is_dataclass(value):
        fields = [f.name for f in dataclasses.fields(value) if f.compare or f.hash]
        return _name(type(value)), [_source(type(value)), *((name, getattr(value, name)) for name in fields)]
    if hasattr(value, "__dict__"):
        return _name(type(value)), [_source(type(value)), vars(value)]
    raise WrongTypeError(
        f"{value!r} of type {type(value).__qualname__} cannot be part of a job kept in a directory, since it cannot be told "
        "whether another one is the same; use a frozen dataclass, numbers, text and arrays."
    )


def _name(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def _source(thing: Any) -> str:
    """The source of what is not ours (which the version stands for); the compiled code where there is no source."""
    if (thing.__module__ or "").split(".")[0] in (OURS, "builtins", "numpy", "scipy"):
        return ""
    try:
        return inspect.getsource(thing)
    except (OSError, TypeError):
        code = getattr(thing, "__code__", None)
        return "" if code is None else f"{code.co_code.hex()} {code.co_names} {_constants(code)}"


def _constants(code: Any) -> list[str]:
    return [_constants(c).__repr__() if hasattr(c, "co_consts") else repr(c) for c in code.co_consts]


def _closed_over(thing: Any) -> list[Any]:
    """What a function has taken from around it, and its defaults."""
    cells = getattr(thing, "__closure__", None) or ()
    return [*(cell.cell_contents for cell in cells), *(getattr(thing, "__defaults__", None) or ())]
