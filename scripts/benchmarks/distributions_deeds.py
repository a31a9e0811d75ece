"""What is timed of the distributions room, inside a process: proposals, allocations, bare SQL."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from directory.models import User
from distributions.actions import Reasons, allocate
from distributions.board import Sieve
from distributions.models import Allocation
from distributions.support_plan import Draft, choices_for
from distributions.support_plan_token import signed
from donors.models import SupplyLine
from needs.models import Need

Span = tuple[float, float]
Pair = tuple[int, int]  # supply line, need


def proposal(username: str) -> dict[str, float]:
    """Seconds: the proposal alone, and with all that a page says of it, from tables to signed form."""
    user = User.objects.get(username=username)
    start = perf_counter()
    draft = Draft(user, choices_for(user)[0], Sieve(), Reasons())
    read = perf_counter()
    found = draft.proposal
    proposed = perf_counter()
    words = (len(draft.lines), len(draft.gaps), len(signed(draft)))
    done = perf_counter()
    return {
        "alone": proposed - read,
        "whole": done - start,
        "lines": len(found.shares),
        "gaps": words[1],
        "bytes": words[2],
    }


def queries_of_allocation(username: str, pair: Pair) -> int:
    """The deed's own, the client key's among them; who the user is and sees is read once for each request.
    Of several in one message each counts."""
    user, supply_line, need = _sides(username, pair)
    allocate(by=user, supply_line=supply_line, need=need, quantity=1)  # what a process reads once
    with CaptureQueriesContext(connection) as queries:
        allocate(by=user, supply_line=supply_line, need=need, quantity=1, key=uuid.uuid4())
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    asked = [row["sql"] for row in queries if not row["sql"].startswith(control)]
    return sum(max(1, sql.count("EXECUTE portal_")) for sql in asked)


def _sides(username: str, pair: Pair) -> tuple[User, SupplyLine, Need]:
    user = User.objects.select_related("agency").get(username=username)
    assert user.reach.communes
    return user, SupplyLine.objects.get(pk=pair[0]), Need.objects.select_related("place").get(pk=pair[1])


def allocators(username: str, pairs: Sequence[Pair], times: int) -> list[Span]:
    """A thread with its own connection for each pair: ``times`` allocations of one piece, by the action."""

    def prepare(pair: Pair) -> Callable[[], object]:
        user, supply_line, need = _sides(username, pair)
        return lambda: allocate(by=user, supply_line=supply_line, need=need, quantity=1, key=uuid.uuid4())

    return _at_once(prepare, pairs, times)


def bare_updates(username: str, pairs: Sequence[Pair], times: int) -> list[Span]:
    """The same transaction by SQL alone: key, locks, guarded updates, the rows of ledger and history."""
    user = User.objects.get(username=username).pk
    kind = ContentType.objects.get_for_model(Allocation).pk

    def prepare(pair: Pair) -> Callable[[], object]:
        return lambda: _bare(user, kind, pair)

    return _at_once(prepare, pairs, times)


def _at_once(
    prepare: Callable[[Pair], Callable[[], object]], pairs: Sequence[Pair], times: int
) -> list[Span]:
    spans: list[Span] = []
    together = threading.Barrier(len(pairs))

    def work(pair: Pair) -> None:
        try:
            deed = prepare(pair)
            deed()  # a lasting connection has done it before
            together.wait()
            for _time in range(times):
                start = perf_counter()
                deed()
                spans.append((start, perf_counter()))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(pair,)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(spans) < len(pairs) * times:
        raise RuntimeError("Some deeds were refused.")
    return spans


def _bare(user: int, kind: int, pair: Pair) -> None:
    line, need = pair
    with transaction.atomic(), connection.cursor() as cursor:
        key = _one(cursor, KEY, [str(uuid.uuid4()), user])
        cursor.execute(LOCK_SUPPLY, [line])
        cursor.execute(LOCK_NEED, [need])
        allocation = _one(cursor, ALLOCATION, [line, need, user])
        for guarded, pk in ((SUPPLY, line), (NEED, need)):
            cursor.execute(guarded, [pk])
            if cursor.rowcount != 1:
                raise RuntimeError("Not enough left.")
        cursor.execute(BALANCE, [allocation])
        cursor.execute(MOVE, [allocation, user])
        cursor.execute(HISTORY, [kind, allocation, user, json.dumps({"quantity": 1})])
        cursor.execute(DONE, [allocation, key])


def _one(cursor: Any, sql: str, values: list[Any]) -> int:
    cursor.execute(sql, values)
    return int(cursor.fetchone()[0])


KEY = """INSERT INTO directory_requestkey (key, action, arguments, user_id, result_model, result_id, at)
    VALUES (%s, 'allocate', '', %s, '', NULL, now()) RETURNING id"""
LOCK_SUPPLY = "SELECT * FROM donors_supplybalance WHERE line_id = %s FOR NO KEY UPDATE"
LOCK_NEED = "SELECT * FROM needs_needbalance WHERE need_id = %s FOR NO KEY UPDATE"
ALLOCATION = """INSERT INTO distributions_allocation
    (supply_line_id, need_id, quantity, by_id, at, out_of_scope_reason, overlap_with, overlap_reason)
    VALUES (%s, %s, 1, %s, now(), '', '', '') RETURNING id"""
SUPPLY = """UPDATE donors_supplybalance SET allocated = allocated + 1 WHERE line_id = %s
    AND quantity >= allocated + refused + withdrawn + written_off + moved + 1"""
NEED = """UPDATE needs_needbalance SET covered = covered + 1 WHERE need_id = %s AND quantity >= covered + 1"""
BALANCE = """INSERT INTO distributions_allocationbalance
    (allocation_id, quantity, open, in_transit, delivered, returned, lost, missing, reversed)
    VALUES (%s, 1, 1, 0, 0, 0, 0, 0, 0)"""
MOVE = """INSERT INTO distributions_allocationmove
    (allocation_id, kind, quantity, by_id, at, occurred_on, reason)
    VALUES (%s, 'allocate', 1, %s, now(), current_date, '')"""
HISTORY = """INSERT INTO directory_historyentry
    (content_type_id, object_id, verb, from_state, to_state, by_id, at, reason, details)
    VALUES (%s, %s, 'allocate', '', '', %s, now(), '', %s)"""
DONE = """UPDATE directory_requestkey SET result_model = 'distributions.allocation', result_id = %s
    WHERE id = %s"""
