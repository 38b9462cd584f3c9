"""Game-theoretic analysis and simulation of negotiations.

``import negotiation as ng`` gives one flat list of public names. Nothing is loaded until it is used: the list lives in
``__init__.pyi``, which type checkers read too, so there is only one.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

__version__ = "0.1.0"
