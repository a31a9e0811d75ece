"""The lists and workbooks of this room."""
