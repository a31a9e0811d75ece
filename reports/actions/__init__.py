"""Every write of this room that changes a state or more than one row. One file per noun."""

from reports.actions.period import open_period
from reports.actions.report import compile_report, issue_report, save_section
from reports.actions.target import set_targets

__all__ = ["compile_report", "issue_report", "open_period", "save_section", "set_targets"]
