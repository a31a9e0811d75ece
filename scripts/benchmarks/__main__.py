"""./scripts/bench: a room or several, measured; the table printed, and written down if asked."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from scripts.benchmarks.databases import Databases, databases
from scripts.benchmarks.table import Line, machine, table
from scripts.run_tests import scratch

ROOMS = ("needs", "donors", "distributions", "workbooks")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    options = arguments()
    missed = []
    with scratch() as folder:
        os.environ["VAR_DIR"] = str(folder)
        with databases(folder / "postgresql") as made:
            for room in options.rooms:
                lines = list(as_they_come(measure(room, made, quick=options.quick)))
                measured = f"{table(lines)}\n\n{machine(made.version())}"
                print(measured)
                if options.write:
                    write(room, measured)
                missed += [line.what for line in lines if line.kept is False]
    if missed:
        print(f"\nPromises missed: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed and options.strict else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/bench")
    parser.add_argument("rooms", nargs="+", choices=ROOMS, metavar="ROOM", help=", ".join(ROOMS))
    parser.add_argument("--quick", action="store_true", help="tiny data, to see that it runs")
    parser.add_argument("--strict", action="store_true", help="exit code 1 when a promise is missed")
    parser.add_argument("--write", action="store_true", help=f"put the table into docs/{PAGE.name}")
    return parser.parse_args()


def measure(room: str, made: Databases, *, quick: bool) -> Iterable[Line]:
    module = import_module(f"scripts.benchmarks.{room}")
    lines: Iterable[Line] = module.measure(made, module.QUICK if quick else module.WHOLE)
    return lines


def as_they_come(lines: Iterable[Line]) -> Iterator[Line]:
    """A whole run takes minutes: say how far it is, beside what is printed in the end."""
    for line in lines:
        print(f"{line.what}: {line.measured}", file=sys.stderr, flush=True)
        yield line


def write(room: str, measured: str) -> None:
    """Between the two marks of the room."""
    begin, end = f"<!-- {room}: begin -->", f"<!-- {room}: end -->"
    before, _begin, rest = PAGE.read_text().partition(begin)
    _old, _end, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{measured}\n{end}{after}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
