"""Draw a random sample of deliveries to look at."""

from __future__ import annotations

import secrets
import uuid
from datetime import date

from django.utils.translation import gettext as _

from directory import history
from directory.deeds import action
from directory.errors import Forbidden
from directory.models import Unit, User
from distributions.models import SupervisionSample
from distributions.permissions import may_supervise
from distributions.problems import Problems
from distributions.sample import SEEDS, draw, drawn_from
from distributions.wording import day


@action
def draw_sample(
    *,
    by: User,
    scope: Unit,
    from_on: date,
    to_on: date,
    size: int,
    seed: int | None = None,
    key: uuid.UUID | None = None,
) -> SupervisionSample:
    """``size`` of the deliveries confirmed for some days, by chance; ``seed`` to draw a sample again.

    Raises ``Forbidden``, ``Refusal`` for days out of order, a size below 1, no delivery to draw from.
    """
    if not may_supervise(by, scope):
        raise Forbidden(_("Only the coordinating office of %(scope)s draws samples.") % {"scope": scope})
    problems = Problems()
    if size < 1:
        problems.add("size", _("A sample holds 1 delivery or more."), "size")
    if from_on > to_on:
        problems.add("days", _("The last day lies before the first. Correct one of them."), "to_on")
    population = [] if problems.found else drawn_from(scope, from_on, to_on)
    if not problems.found and not population:
        problems.add(
            "nothing",
            _("No delivery was confirmed for %(from)s to %(to)s. Choose other days.")
            % {"from": day(from_on), "to": day(to_on)},
            "from_on",
        )
    problems.refuse()
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    chosen = draw(population, size, seed)
    sample = SupervisionSample.objects.create(
        scope=scope,
        from_on=from_on,
        to_on=to_on,
        seed=seed,
        size=len(chosen),
        population=len(population),
        by=by,
    )
    sample.distributions.set(chosen)
    history.record(sample, "draw sample", by=by, seed=seed, size=len(chosen), population=len(population))
    return sample
