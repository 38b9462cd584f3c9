"""The plan of the house, held by reading every module's imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import negotiation as ng

ROOT = Path(ng.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

BASE = {"errors", "arrays", "door", "words"}
CORE = BASE | {"model", "games", "solvers", "reduce", "bargain", "runs", "analysis", "scenarios"}
MAY_USE = {  # one line a layer; every layer may also use itself
    "errors": set[str](),
    "arrays": {"errors"},
    "door": {"errors"},
    "words": set[str](),
    "model": BASE,
    "games": BASE,
    "solvers": BASE | {"games"},
    "bargain": BASE | {"games"},
    "reduce": BASE | {"model", "games", "bargain"},
    "runs": BASE,
    "analysis": BASE | {"model", "games", "solvers", "reduce", "bargain", "runs"},
    "scenarios": BASE | {"model"},
    "simulation": CORE,
    "show": CORE | {"simulation"},
    "interop": CORE | {"simulation"},
    "testing": CORE | {"simulation"},
}
HEAVY = {
    "scipy",
    "numba",
    "pandas",
    "matplotlib",
    "nashpy",
    "flint",
    "hypothesis",
    "pydantic",
    "tomli_w",
    "quantecon",
    "dask",
    "distributed",
    "loky",
    "cloudpickle",
    "threadpoolctl",
    "pyarrow",
    "IPython",
}
LOADED_ON_USE = {  # modules whose whole content needs a heavy library; nobody imports them before it is needed
    "negotiation.model.scenario_": {"pydantic", "tomli_w"},
    "negotiation.solvers.kernels.": {"numba"},
    "negotiation.simulation.kernels.": {"numba"},
    "negotiation.analysis.ensembles.kernels.": {"numba"},
    "negotiation.testing": {"hypothesis"},
}
# Lines of code in a module. A kernel keeps its helpers beside it: numba's cache does not see changes in other files.
MOST_LINES, MOST_LINES_OF_A_KERNEL = 300, 450


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path) for path in MODULES}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path, nodes: list[ast.AST]) -> set[str]:
    """The modules that import statements among `nodes` name, in dotted form."""
    found = set()
    package = name_of(path).split(".") if path.name == "__init__.py" else name_of(path).split(".")[:-1]
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {full if (full := f"{base}.{alias.name}") in NAMES else base for alias in node.names}
    return found


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def run_time_nodes(node: ast.AST, *, into_functions: bool) -> list[ast.AST]:
    """Every node below, without what only a type checker sees, with or without the bodies of functions."""
    out = []
    for child in ast.iter_child_nodes(node):
        if is_for_types_only(child) or (isinstance(child, ast.FunctionDef) and not into_functions):
            continue
        out += [child, *run_time_nodes(child, into_functions=into_functions)]
    return out


def layer(module: str) -> str:
    return (*module.split("."), "")[1]


def strings_that_name_modules(path: Path) -> set[str]:
    """Modules imported by name at run time, as a registry does."""
    found = {n.value for n in ast.walk(tree_of(path)) if isinstance(n, ast.Constant)}
    return {name for name in NAMES - {"negotiation"} if name in found}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_follow_the_plan(path: Path) -> None:
    """A layer imports itself and the layers it is allowed to use, in functions and for types too."""
    own = layer(name_of(path))
    if not own:
        pytest.skip("the front door")
    assert own in MAY_USE, f"the layer {own!r} is not in the plan: say in MAY_USE what it may use"
    used = imported(path, list(ast.walk(tree_of(path)))) | strings_that_name_modules(path)
    ours = {layer(m) for m in used if m.split(".")[0] == "negotiation" and m != "negotiation"}
    assert ours <= MAY_USE[own] | {own}
    assert "negotiation" not in used, "the front door is for users; import the module that defines the name"


def test_no_cycles() -> None:
    """Modules import each other in one direction, even in functions."""
    graph = {
        name_of(p): (imported(p, run_time_nodes(tree_of(p), into_functions=True)) & NAMES) - {"negotiation"}
        for p in MODULES
    }
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"modules import each other: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_libraries_are_loaded_on_use(path: Path) -> None:
    """Libraries that are slow to import stand in functions, or in modules that are themselves loaded on use."""
    top = {m.split(".")[0] for m in imported(path, run_time_nodes(tree_of(path), into_functions=False))}
    allowed = set[str]().union(*(heavy for start, heavy in LOADED_ON_USE.items() if name_of(path).startswith(start)))
    assert top & HEAVY <= allowed


def test_import_loads_numpy_only() -> None:
    """A fresh ``import negotiation``, the model and a small game load none of the heavy libraries."""
    code = (
        "import sys; import negotiation as ng\n"
        "talks = ng.Negotiation(['A', 'B'], [ng.Issue('x', owner='A')], [ng.Stake('B', 'x', 'lifted', 1)])\n"
        "ng.payoffs(talks, talks.package('x')); ng.is_enough(talks, talks.package('x'))\n"
        "ng.regret(ng.NormalFormGame([[[1]], [[1]]]), ([1], [1]))\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_say_what_they_are_for_and_stay_small(path: Path) -> None:
    """A docstring, and few enough lines of code, prose apart, to be read at one sitting."""
    assert ast.get_docstring(tree_of(path))
    assert n_lines_of_code(path) <= (MOST_LINES_OF_A_KERNEL if path.parent.name == "kernels" else MOST_LINES)


def n_lines_of_code(path: Path) -> int:
    """Lines that are not blank, comment or docstring."""
    prose = set[int]()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            prose |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return sum(bool(text.strip()) and not text.lstrip().startswith("#") and k not in prose for k, text in lines)


# --- the public names ------------------------------------------------------------------------------

STUB = [line for line in (ROOT / "__init__.pyi").read_text().splitlines() if line.startswith("from .")]


@pytest.mark.parametrize("name", sorted(ng.__all__))
def test_public_names_exist_and_are_documented(name: str) -> None:
    """Every name of the front door leads somewhere, and help() has something to say."""
    assert (getattr(ng, name).__doc__ or "").strip()


def test_public_names_are_sorted() -> None:
    """By module, then by name, so that a merge never hides one."""
    names = [line for line in STUB if line.startswith("from .") and not line.startswith("from . ")]
    assert names == sorted(names, key=lambda line: line.split()[1::2])
    assert len({line.split()[-1] for line in STUB}) == len(STUB)


def test_every_exception_is_ours_and_a_built_in() -> None:
    """``except ValueError`` works for those who do not know us."""
    errors = [getattr(ng.errors, name) for name in ng.errors.__all__]
    for error in errors:
        assert issubclass(error, ng.NegotiationError)
        built_in = [kind for kind in error.__mro__ if kind.__module__ == "builtins"]
        assert error is ng.NegotiationError or built_in[0] is not Exception
