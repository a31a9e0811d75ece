"""Made-up figures for 2023, 2024 and the first half of 2025, so that every screen has something to show.

All of it goes through the portal's actions, each deed standing on its own day: history, balances and
reports come about as they would in an office. Every name is clearly a sample.
"""

from reports.demo.load import NotEmpty, is_loaded, load

__all__ = ["NotEmpty", "is_loaded", "load"]
