"""Deaths, forks, threads and signals."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from .fault import Fault, collected

FAULTS: dict[str, Fault] = {}
fault = collected(FAULTS)
SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]


def in_a_thread(does: Any, after: float = 0.0) -> None:
    def late() -> None:
        time.sleep(after)
        does()

    threading.Thread(target=late, daemon=True).start()


@fault("CRASHED", "SIGSEGV")
def segfaults(Y: Any) -> Any:
    """Reads memory that is not there."""
    ctypes.string_at(0)


@fault("CRASHED", "SIGABRT")
def aborts(Y: Any) -> Any:
    """Aborts."""
    os.abort()


@fault("CRASHED", "SIGFPE")
def divides(Y: Any) -> Any:
    """Ends by SIGFPE."""
    os.kill(os.getpid(), signal.SIGFPE)
    time.sleep(5)


@fault("CRASHED", "SIGILL")
def illegal(Y: Any) -> Any:
    """Ends by SIGILL."""
    os.kill(os.getpid(), signal.SIGILL)
    time.sleep(5)


@fault("CRASHED", "SIGKILL")
def killed(Y: Any) -> Any:
    """Ends by SIGKILL, as by the kernel when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(5)


@fault("CRASHED", "SIGTERM")
def terminated(Y: Any) -> Any:
    """Ends by SIGTERM."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)


@fault("CRASHED", "exit status 0")
def exits(Y: Any) -> Any:
    """Ends the process with status 0."""
    os._exit(0)


@fault("CRASHED", "exit status 9")
def exits_in_a_thread(Y: Any) -> Any:
    """Ends the process from a thread, while it computes."""
    in_a_thread(lambda: os._exit(9))
    time.sleep(1)
    return [Y]


@fault("CRASHED", "SIGKILL")
def kills_its_group(Y: Any) -> Any:
    """Kills its whole group of processes."""
    os.killpg(0, signal.SIGKILL)
    time.sleep(5)


@fault("CRASHED", "SIGKILL")
def kills_its_parent(Y: Any) -> Any:
    """Kills its parent."""
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(5)
    return [Y]


@fault("AGREES")
def forks_and_both_answer(Y: Any) -> Any:
    """Forks, and both halves answer."""
    os.fork()
    return [Y]


@fault("AGREES")
def forks_often(Y: Any) -> Any:
    """Forks five times, and 32 processes answer."""
    for _ in range(5):
        os.fork()
    return [Y]


@fault("CRASHED", "exit status 0")
def goes_to_the_background(Y: Any) -> Any:
    """Forks; the parent ends, and the child answers."""
    if os.fork():
        os._exit(0)
    return [Y]


@fault("AGREES")
def child_dies(Y: Any) -> Any:
    """Forks a child that aborts."""
    if not os.fork():
        os.abort()
    return [Y]


@fault("AGREES")
def child_lives_on(Y: Any) -> Any:
    """Forks a child that sleeps on, with all that the worker has open."""
    if not os.fork():
        time.sleep(600)
    return [Y]


@fault("CRASHED", "SIGABRT")
def dies_with_a_child(Y: Any) -> Any:
    """Forks a child that sleeps on, and aborts."""
    if not os.fork():
        time.sleep(600)
    os.abort()


@fault("AGREES")
def grandchild_leaves(Y: Any) -> Any:
    """Leaves a grandchild in a session of its own."""
    if not os.fork():
        os.setsid()
        if not os.fork():
            time.sleep(600)
        os._exit(0)
    return [Y]


@fault("AGREES")
def program_leaves(Y: Any) -> Any:
    """Starts a program in a session of its own, and leaves it behind."""
    subprocess.Popen(SLEEPS, start_new_session=True)
    return [Y]


@fault("AGREES")
def program_closes_nothing(Y: Any) -> Any:
    """Starts a program that is handed every descriptor, and leaves it behind."""
    subprocess.Popen(SLEEPS, close_fds=False)
    return [Y]


@fault("AGREES")
def threads_live_on(Y: Any) -> Any:
    """Leaves five threads behind that never end."""
    for _ in range(5):
        threading.Thread(target=time.sleep, args=(600,)).start()
    return [Y]


@fault("AGREES")
def thread_raises(Y: Any) -> Any:
    """Leaves a thread behind that raises."""
    in_a_thread(lambda: 1 / 0)
    return [Y]


@fault("AGREES")
def thread_prints(Y: Any) -> Any:
    """Leaves a thread behind that prints without end."""

    def on_and_on() -> None:
        while True:
            os.write(1, b"still here\n")
            time.sleep(0.001)

    in_a_thread(on_and_on)
    return [Y]


@fault("AGREES")
def thread_kills_later(Y: Any) -> Any:
    """Leaves a thread behind that ends the process a moment later."""
    in_a_thread(lambda: os.kill(os.getpid(), signal.SIGSEGV), after=0.02)
    return [Y]


@fault("AGREES")
def alarm_rings_later(Y: Any) -> Any:
    """Leaves an alarm behind that ends the process a moment later."""
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    return [Y]


@fault("TIMED_OUT", "no answer within")
def hangs(Y: Any) -> Any:
    """Sleeps without end."""
    time.sleep(600)


@fault("TIMED_OUT", "no answer within")
def spins(Y: Any) -> Any:
    """Computes without end."""
    while True:
        pass


@fault("TIMED_OUT", "no answer within")
def hangs_deaf(Y: Any) -> Any:
    """Sleeps without end, and hears no signal."""
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(each, signal.SIG_IGN)
    while True:
        time.sleep(600)


@fault("TIMED_OUT", "no answer within")
def hangs_in_a_program(Y: Any) -> Any:
    """Waits for a program that never ends."""
    subprocess.run(SLEEPS, check=False)


@fault("TIMED_OUT", "no answer within")
def stops_itself(Y: Any) -> Any:
    """Stops itself by SIGSTOP."""
    os.kill(os.getpid(), signal.SIGSTOP)
    return [Y]


@fault("TIMED_OUT", "no answer within")
def deadlock(Y: Any) -> Any:
    """Waits for a lock that it holds."""
    lock = threading.Lock()
    with lock, lock:
        return [Y]


@fault("AGREES")
def hears_everything(Y: Any) -> Any:
    """Handles every signal that can be, and does nothing."""
    for each in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(each, lambda *_: None)
    return [Y]


@fault("AGREES")
def blocks_everything(Y: Any) -> Any:
    """Blocks every signal."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    return [Y]


@fault("AGREES")
def ignores_children(Y: Any) -> Any:
    """Ignores the ends of its children."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    return [Y]


@fault("AGREES")
def leaves_its_session(Y: Any) -> Any:
    """Becomes a leader of nothing: another group of processes."""
    if not os.fork():
        os.setpgid(0, 0)
        time.sleep(600)
    return [Y]
