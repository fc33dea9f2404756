"""Numbers that we compute from what was known: stateless, vectorised, nothing fitted and nothing filled in.

A *builder* takes a snapshot and returns a labelled array: shape (area, indicator) when it does the same
to every indicator, shape (area,) when it speaks of the area as a whole. NaN means not known.
"""
