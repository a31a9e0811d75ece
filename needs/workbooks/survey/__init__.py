"""The survey as a workbook: to be filled in, and read again, whoever laid it out.

``said`` is what any file says, row by row; ``filled`` reads it from the portal's own workbook, ``plain``
from anybody's list; ``plan`` lays it over the survey; ``importer`` ties them together.
"""
