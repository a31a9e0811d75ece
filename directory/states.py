"""The shape of a transition; each app's ``states.py`` lists its own."""

from __future__ import annotations

from dataclasses import dataclass

from directory.errors import WrongState
from directory.roles import Permission


@dataclass(frozen=True)
class Transition:
    """``verb`` leads from ``source`` to ``target``, for holders of ``permission``, if ``needs`` holds."""

    verb: str
    source: str
    target: str
    permission: Permission
    needs: str = ""


def target_of(transitions: list[Transition], verb: str, source: str, refusal: str) -> str:
    """The state that ``verb`` leads to from ``source``.

    Raises ``WrongState`` with the sentence ``refusal`` if the table has no such transition.
    """
    for transition in transitions:
        if (transition.verb, transition.source) == (verb, source):
            return transition.target
    raise WrongState(refusal, state=source, verb=verb)
