"""What a shell completes: names, where an option takes one. Nothing is imported before it is
asked for."""

from collections.abc import Iterable


def suites(incomplete: str) -> list[str]:
    """Names of suites."""
    from convtranspose_cases import SUITES

    return _beginning(incomplete, SUITES)


def backends(incomplete: str) -> list[str]:
    """Names of backends that are registered."""
    from ...backends.registry import registered

    return _beginning(incomplete, registered())


def cases(incomplete: str) -> list[str]:
    """A suite's name until its slash is there, then the ids of its cases."""
    from convtranspose_cases import SUITES, suite_cases

    suite, slash, _ = incomplete.partition("/")
    if slash and suite in SUITES:
        return _beginning(incomplete, (case.id for case in suite_cases(suite)))
    return _beginning(incomplete, (f"{name}/" for name in SUITES))


def lists(incomplete: str) -> list[str]:
    """What `list` lists."""
    from ..lists import LISTS

    return _beginning(incomplete, LISTS)


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
