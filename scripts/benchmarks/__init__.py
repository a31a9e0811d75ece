"""Benchmarks, a module for each room of the portal; ``./scripts/bench`` runs them.

``needs.py`` says what is measured against what; ``needs_data.py`` and ``needs_pages.py`` do it inside
processes of the portal, each with a database of its own.
"""
