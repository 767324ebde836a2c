"""State of the process that a call leaves behind."""

import decimal
import faulthandler
import locale
import logging
import os
import random
import resource
import sys
import tempfile
import warnings
from typing import Any

import numpy as np

from .fault import Fault, collected

FAULTS: dict[str, Fault] = {}
fault = collected(FAULTS)


@fault("AGREES")
def directory_gone(Y: Any) -> Any:
    """Changes to a directory, and removes it."""
    os.chdir(tempfile.mkdtemp())
    os.rmdir(os.getcwd())
    return [Y]


@fault("AGREES")
def environment_gone(Y: Any) -> Any:
    """Empties the environment."""
    os.environ.clear()
    return [Y]


@fault("AGREES")
def locale_changed(Y: Any) -> Any:
    """Takes another locale."""
    locale.setlocale(locale.LC_ALL, "C")
    return [Y]


@fault("AGREES")
def warnings_raise(Y: Any) -> Any:
    """Has every warning raise."""
    warnings.simplefilter("error")
    return [Y]


@fault("AGREES")
def arithmetic_raises(Y: Any) -> Any:
    """Has NumPy raise where it would round."""
    np.seterr(all="raise")
    return [Y]


@fault("AGREES")
def printing_changed(Y: Any) -> Any:
    """Has NumPy print otherwise."""
    np.set_printoptions(precision=1, threshold=0, formatter={"all": lambda x: "?"})
    return [Y]


@fault("AGREES")
def seeds_changed(Y: Any) -> Any:
    """Seeds every generator of random numbers."""
    random.seed(0)
    np.random.seed(0)
    return [Y]


@fault("AGREES")
def decimals_changed(Y: Any) -> Any:
    """Computes decimals with one digit."""
    decimal.getcontext().prec = 1
    return [Y]


@fault("AGREES")
def logging_off(Y: Any) -> Any:
    """Turns all logging off, and all its handlers to what raises."""
    logging.disable()
    logging.raiseExceptions = True
    return [Y]


@fault("AGREES")
def deep_recursion(Y: Any) -> Any:
    """Allows a million calls within each other."""
    sys.setrecursionlimit(1_000_000)
    return [Y]


@fault("AGREES")
def shallow_recursion(Y: Any) -> Any:
    """Allows few calls within each other."""
    sys.setrecursionlimit(120)
    return [Y]


@fault("AGREES")
def slow_switching(Y: Any) -> Any:
    """Has threads take turns once an hour."""
    sys.setswitchinterval(3600.0)
    return [Y]


@fault("AGREES")
def faults_handled(Y: Any) -> Any:
    """Has Python tell of deaths."""
    faulthandler.enable()
    return [Y]


@fault("AGREES")
def mask_changed(Y: Any) -> Any:
    """Makes files that nobody may read."""
    os.umask(0o777)
    return [Y]


@fault("AGREES")
def nice(Y: Any) -> Any:
    """Gives way to all other processes."""
    os.nice(19)
    return [Y]


@fault("AGREES")
def no_files_of_size(Y: Any) -> Any:
    """Allows itself no file larger than 100 MB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (10**8, 10**8))
    return [Y]


@fault("AGREES")
def one_processor(Y: Any) -> Any:
    """Binds itself to one processor."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return [Y]


@fault("AGREES")
def digits_limited(Y: Any) -> Any:
    """Allows integers of 640 digits alone to be printed."""
    sys.set_int_max_str_digits(640)
    return [Y]
