from .case import Case as Case
from .case import make as make
from .notation import NotationError as NotationError
from .suites import SUITES as SUITES
from .suites import UnknownName as UnknownName
from .suites import find_case as find_case
from .suites import suite_cases as suite_cases
