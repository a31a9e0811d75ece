"""What is reported. One file per noun."""

from reports.models.indicator import Indicator, IndicatorTarget
from reports.models.past_figure import PastFigure
from reports.models.period import ReportingPeriod
from reports.models.report import DistrictReport, ReportSection

__all__ = ["DistrictReport", "Indicator", "IndicatorTarget", "PastFigure", "ReportSection", "ReportingPeriod"]
