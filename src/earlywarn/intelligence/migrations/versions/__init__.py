"""The changes of the log's form, in the order of their numbers."""
