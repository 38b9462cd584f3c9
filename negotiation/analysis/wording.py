"""Numbers in sentences: as many digits as help, the same number of decimals for amounts that stand side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

MOST_DECIMALS = 4


def amounts(values: Sequence[float], *, signed: bool = False) -> list[str]:
    """Write amounts that will be compared: one number of decimals for all, none if all are whole.

    Examples
    --------
    >>> amounts([15, 13.4, 1.6])
    ['15.0', '13.4', '1.6']
    >>> amounts([1234567.891, 1234566.5])
    ['1,234,568', '1,234,566']
    """
    decimals = _decimals(values)
    sign = "+" if signed else ""
    return [f"{_no_minus_zero(v, decimals):{sign},.{decimals}f}" for v in values]


def amount(value: float, *, signed: bool = False) -> str:
    """Write one amount with about three significant digits, e.g. ``13.4``, ``1,235``."""
    return amounts([value], signed=signed)[0]


def percent(probability: float) -> str:
    """Write a probability or a discount factor as a percentage, e.g. ``47%``, ``99.5%``."""
    points = 100 * probability
    return f"{points:.0f}%" if abs(points - round(points)) < 0.05 and 1 <= points <= 99 else f"{points:.3g}%"


def listing(names: Iterable[str], joined_by: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *head, last = names
    return f"{', '.join(head)} {joined_by} {last}" if head else last


def changes(package: Mapping[str, str], other: Mapping[str, str]) -> str:
    """What is different in another package, option by option, e.g. ``ethane and magnets: lifted; samarium: in force``."""
    by_option: dict[str, list[str]] = {}
    for issue, option in other.items():
        if option != package[issue]:
            by_option.setdefault(option, []).append(issue)
    return "; ".join(f"{listing(issues)}: {option}" for option, issues in by_option.items())


def _decimals(values: Sequence[float]) -> int:
    """Three significant digits of the largest, two of the smallest, and not more than the numbers have."""
    sizes = [abs(v) for v in values if math.isfinite(v) and abs(v) > 1e-12]
    if not sizes:
        return 0
    wanted = max(2 - math.floor(math.log10(max(sizes))), 1 - math.floor(math.log10(min(sizes))), 0)
    most = min(wanted, MOST_DECIMALS if max(sizes) >= 0.01 else wanted)
    for decimals in range(most):
        if all(abs(v - round(v, decimals)) < 1e-9 * max(1.0, v) for v in sizes):
            return decimals
    return most


def _no_minus_zero(value: float, decimals: int) -> float:
    return 0.0 if math.isfinite(value) and round(value, decimals) == 0 else value
