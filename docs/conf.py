"""How the documentation is built: ``sphinx-build -W docs docs/_build/html``."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "negotiation"
author = "the negotiation developers"
copyright = author
release = "0.1.0"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "public_names",
    "tidy",
]
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "_templates"]
default_role = "py:obj"  # single backticks in docstrings name things of the library
autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # types are said in the docstrings, with shapes and units
napoleon_google_docstring = False
napoleon_use_param = False  # types are prose here ("shape (N,)"), not links
napoleon_use_rtype = False
suppress_warnings = ["ref.python"]  # a name in backticks that several classes have

templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["wrap.css"]
html_theme = "furo"
html_title = "negotiation"
html_copy_source = False
html_show_sphinx = False
