"""The documents of a programme: briefings, workbook, calendar, page and records, each drawn from one plan."""
