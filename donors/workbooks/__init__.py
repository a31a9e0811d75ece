"""The lists of this room as workbooks."""
