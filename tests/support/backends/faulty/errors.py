"""Exceptions that are odd, or lie about themselves."""

import unittest
from typing import Any

from .fault import Fault, collected

FAULTS: dict[str, Fault] = {}
fault = collected(FAULTS)


@fault("REJECTED", "ValueError: no")
def plain_error(Y: Any) -> Any:
    """Raises ValueError."""
    raise ValueError("no")


@fault("REJECTED", "Nowhere")
def module_is_none(Y: Any) -> Any:
    """Raises an exception whose `__module__` is None."""
    raise type("Nowhere", (Exception,), {"__module__": None})("here")


@fault("REJECTED", "Nowhere")
def module_is_a_number(Y: Any) -> Any:
    """Raises an exception whose `__module__` is a number."""
    raise type("Nowhere", (Exception,), {"__module__": 3})("here")


@fault("REJECTED", "Odd")
def name_has_a_surrogate(Y: Any) -> Any:
    """Raises an exception whose class says that its name is half of a character."""
    meta = type("Meta", (type,), {"__name__": property(lambda cls: "\ud800")})
    raise meta("Odd", (Exception,), {})("here")


@fault("REJECTED", "Odd")
def metaclass_raises(Y: Any) -> Any:
    """Raises an exception whose metaclass raises whatever it is asked."""

    def refuse(cls: Any, name: str) -> Any:
        raise RuntimeError(name)

    raise type("Meta", (type,), {"__getattribute__": refuse})("Odd", (Exception,), {})("here")


@fault("REJECTED", "Mute without a text")
def text_raises(Y: Any) -> Any:
    """Raises an exception whose `__str__` raises."""
    raise type("Mute", (Exception,), {"__str__": lambda self: 1 / 0})


@fault("REJECTED", "Mute without a text")
def text_exits(Y: Any) -> Any:
    """Raises an exception whose `__str__` raises SystemExit."""

    def leave(self: Any) -> str:
        raise SystemExit(0)

    raise type("Mute", (Exception,), {"__str__": leave})


@fault("REJECTED", "Mute without a text")
def text_is_none(Y: Any) -> Any:
    """Raises an exception whose `__str__` returns None."""
    raise type("Mute", (Exception,), {"__str__": lambda self: None})


@fault("REJECTED", "here")
def text_of_its_own_kind(Y: Any) -> Any:
    """Raises an exception whose text is a string that cannot be encoded."""

    class Text(str):
        __slots__ = ()

        def encode(self, *given: Any) -> Any:
            raise RuntimeError

    raise type("Odd", (Exception,), {"__str__": lambda self: Text("here")})


@fault("REJECTED", r"half \ud800 of it")
def text_has_surrogates(Y: Any) -> Any:
    """Raises an exception whose text has half a character."""
    raise ValueError("half \ud800 of it")


@fault("REJECTED", "red")
def text_has_escapes(Y: Any) -> Any:
    """Raises an exception whose text colours the terminal, clears it and sets its title."""
    raise ValueError("\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07 \x07 \u202e bell")


@fault("REJECTED", "x ...")
def text_is_long(Y: Any) -> Any:
    """Raises an exception with a text of 50 MB."""
    raise ValueError("x " * 25_000_000)


@fault("REJECTED", "many lines")
def text_has_many_lines(Y: Any) -> Any:
    """Raises an exception with a text of a thousand lines."""
    raise ValueError("many lines\n" * 1000)


@fault("REJECTED", "a | b")
def text_is_markup(Y: Any) -> Any:
    """Raises an exception whose text is HTML and Markdown."""
    raise ValueError("a | b <script>alert(1)</script> ](x) `")


@fault("REJECTED", "nul")
def text_has_nul(Y: Any) -> Any:
    """Raises an exception whose text has a zero byte."""
    raise ValueError("nul\0nul")


@fault("REJECTED", "TwoPart")
def does_not_unpickle(Y: Any) -> Any:
    """Raises an exception that cannot be made again from its parts."""

    class TwoPart(Exception):
        def __init__(self, what: str, where: str) -> None:
            super().__init__(f"{what} {where}")

    raise TwoPart("no", "here")


@fault("REJECTED", "here")
def holds_a_lock(Y: Any) -> Any:
    """Raises an exception that holds what cannot be sent."""
    import threading

    raise ValueError("here", threading.Lock())


@fault("REJECTED", "ExceptionGroup")
def group_of_errors(Y: Any) -> Any:
    """Raises a group of exceptions."""
    raise ExceptionGroup("several", [ValueError("a"), TypeError("b")])


@fault("REJECTED", "outer")
def causes_itself(Y: Any) -> Any:
    """Raises an exception that is its own cause."""
    error = ValueError("outer")
    error.__cause__ = error
    raise error


@fault("REJECTED", "RecursionError")
def recurses(Y: Any) -> Any:
    """Calls itself without end."""

    def again(n: int) -> int:
        return again(n + 1) + 1

    return again(0)


@fault("REJECTED", "StopIteration")
def stops_iteration(Y: Any) -> Any:
    """Raises StopIteration."""
    raise StopIteration


@fault("CRASHED", "exit status 1")
def generator_exit(Y: Any) -> Any:
    """Raises GeneratorExit."""
    raise GeneratorExit


@fault("CRASHED", "exit status 1")
def interrupted(Y: Any) -> Any:
    """Raises KeyboardInterrupt."""
    raise KeyboardInterrupt


@fault("CRASHED", "exit status 0")
def exits_politely(Y: Any) -> Any:
    """Raises SystemExit."""
    raise SystemExit


@fault("CRASHED", "exit status 3")
def exits_with_a_status(Y: Any) -> Any:
    """Raises SystemExit(3)."""
    raise SystemExit(3)


@fault("CRASHED", "exit status 1")
def exits_with_words(Y: Any) -> Any:
    """Raises SystemExit with a text."""
    raise SystemExit("good bye")


@fault("CRASHED", "exit status 1")
def error_of_no_kind(Y: Any) -> Any:
    """Raises a BaseException."""
    raise type("Base", (BaseException,), {})("here")


@fault("DECLINED", "not today")
def skips(Y: Any) -> Any:
    """Skips."""
    raise unittest.SkipTest("not today")


@fault("OUT_OF_MEMORY", "MemoryError")
def says_memory(Y: Any) -> Any:
    """Raises MemoryError, though there is enough."""
    raise MemoryError


@fault("CRASHED", "exit status 1")
def memory_error_that_lies(Y: Any) -> Any:
    """Raises a BaseException that says it is a MemoryError."""
    raise type("MemoryError", (BaseException,), {})("here")
