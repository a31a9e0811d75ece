"""A throwaway cluster, held as a lasting one is, with an empty portal that each database is copied from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from scripts.benchmarks.portal import Portal
from scripts.postgresql import OPTIONS, throwaway_cluster

# What is saved survives a power cut, as in production: a save waits for the disk.
LASTING = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
EMPTY = "empty"


@dataclass
class Databases:
    """``folder`` holds the cluster's socket; ``url`` leads there, but for the name of a database."""

    folder: Path
    url: str
    open: list[Portal] = field(default_factory=list)

    def create(self, name: str, copied_from: str = EMPTY) -> str:
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{copied_from}"')
        return name

    def portal(self, name: str) -> Portal:
        """Another process of the portal on that database."""
        self.open.append(Portal(f"{self.url}/{name}"))
        return self.open[-1]

    def fill(self, name: str, function: str, *arguments: Any) -> Any:
        """A database of that name, filled by a function and analysed as autovacuum would; its answer."""
        with self.portal(self.create(name)) as portal:
            answer = portal.call(function, *arguments)
        self.run("VACUUM ANALYZE", name)
        return answer

    def version(self) -> str:
        return str(self.run("SHOW server_version")[0][0]).split()[0]

    def run(self, statement: str, name: str = "postgres") -> list[Any]:
        connection = psycopg2.connect(host=self.folder, user="portal", dbname=name)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


@contextmanager
def databases(folder: Path) -> Iterator[Databases]:
    with throwaway_cluster(folder, {**OPTIONS, **LASTING}) as url:
        made = Databases(folder, url.rpartition("/")[0])
        try:
            made.create(EMPTY, "template1")
            with made.portal(EMPTY) as portal:
                portal.call("portal.migrate")
            yield made
        finally:
            for portal in made.open:
                portal.close()
