"""What was known when: the only room that cuts time.

A *snapshot* is everything that had been published before the midnight at which an as-of date begins.
Feature builders are handed snapshots and nothing else, so none of them can look ahead.
"""
