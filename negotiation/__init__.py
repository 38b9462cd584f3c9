"""Game-theoretic analysis and simulation of negotiations.

``import negotiation as ng`` gives one flat list of public names. Nothing is loaded until it is used: the list lives in
``__init__.pyi``, which type checkers read too, so there is only one.
"""

import lazy_loader as _lazy

_load, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load a public name when it is first used; for a name that does not exist, say which is near."""
    if name in __all__ or name.startswith("_"):
        return _load(name)
    from difflib import get_close_matches

    near = get_close_matches(name, __all__, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "; dir(negotiation) lists its names"
    raise AttributeError(f"negotiation has no attribute {name!r}{hint}")
