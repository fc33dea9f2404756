"""How a log of any age becomes one of today: one file of ``versions`` for each change of its form."""
