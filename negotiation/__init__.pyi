# The public names, and where each lives. Read at run time (lazily) and by type checkers.
from .errors import DiscountFactorError as DiscountFactorError
from .errors import DistributionError as DistributionError
from .errors import DuplicateNameError as DuplicateNameError
from .errors import EmptyPackageError as EmptyPackageError
from .errors import GameShapeError as GameShapeError
from .errors import NegotiationError as NegotiationError
from .errors import NotFiniteError as NotFiniteError
from .errors import OwnershipError as OwnershipError
from .errors import ParameterError as ParameterError
from .errors import ProbabilityError as ProbabilityError
from .errors import ScenarioFileError as ScenarioFileError
from .errors import SizeLimitError as SizeLimitError
from .errors import SolverMismatchError as SolverMismatchError
from .errors import UnitMismatchError as UnitMismatchError
from .errors import UnknownNameError as UnknownNameError
from .errors import WrongTypeError as WrongTypeError
from .games.normal_form import NormalFormGame as NormalFormGame
from .games.profile import Profile as Profile
from .games.profile import action_values as action_values
from .games.profile import expected_payoffs as expected_payoffs
from .games.profile import regret as regret
from .solvers.api import Solver as Solver
from .solvers.api import solve as solve
from .solvers.result import Equilibrium as Equilibrium
from .solvers.result import NashSubset as NashSubset
from .solvers.result import Solution as Solution
from .solvers.result import Status as Status
from . import testing as testing

__version__: str
