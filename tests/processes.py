"""Real processes, each with a connection of its own, that do something at the same moment."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from django.db import connection

from directory.errors import Refusal

PATIENCE = 60
GO_HOME = "go home"
FORK = multiprocessing.get_context("fork")

Tally = dict[str, int]


@contextmanager
def crew(size: int, deed: Callable[..., object]) -> Iterator[Callable[..., Tally]]:
    """``at_once(…)``: every one of ``size`` processes does ``deed(number, …)``, all starting together.

    It answers how often each came out: the code of a refusal, the name of an error, or of what was made.
    A process that does not come back fails the test: they have locked each other up.
    """
    together, pipes, processes = FORK.Barrier(size), [], []
    for number in range(size):
        ours, theirs = FORK.Pipe()
        process = FORK.Process(target=_work, args=(theirs, number, deed, together), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)

    def at_once(*arguments: Any) -> Tally:
        for pipe in pipes:
            pipe.send(arguments)
        return dict(Counter(_answer(pipe) for pipe in pipes))

    try:
        yield at_once
    finally:
        for pipe in pipes:
            pipe.send(GO_HOME)
        for process in processes:
            process.join(PATIENCE)
            process.kill()


def _answer(pipe: Connection) -> str:
    assert pipe.poll(PATIENCE), "A process does not come back."
    return str(pipe.recv())


def _work(pipe: Connection, number: int, deed: Callable[..., object], together: Barrier) -> None:
    """In the process: until it is sent home. The parent's connection is the parent's."""
    parents, connection.connection = connection.connection, None
    while (arguments := pipe.recv()) != GO_HOME:
        together.wait(PATIENCE)
        pipe.send(_outcome(deed, number, arguments))
    connection.close()
    del parents


def _outcome(deed: Callable[..., object], number: int, arguments: tuple[Any, ...]) -> str:
    try:
        return type(deed(number, *arguments)).__name__
    except Refusal as refusal:
        return refusal.code
    except Exception as error:
        return f"{type(error).__name__}: {error}"
