"""The lists of this room as tables for Excel. One file per noun."""
