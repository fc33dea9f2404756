"""The way in: the only room that opens input.

Whatever a figure came from, it leaves here in the same tidy tables, and every row carries ``known_on``: the
first day on which it could have been read. All later rooms ask only that date, never the file.
"""
