"""From the cells of a book to rows that are added, changed, left alone or refused, before anything is saved.

Read ``plan`` (what a preview is), then ``importer`` (one kind of workbook), then ``columns`` and ``table``
(the kinds that are one list under known headings).
"""
