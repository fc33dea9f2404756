"""A made-up world, in the same tables as the real one, with the truth behind it.

Each area has a **hidden quality** that drifts, and now and then breaks. Everything else follows it, each at
its own distance: indicators months behind, with noise, and published late; inspectors every three years,
with errors of their own; and people who look closely within weeks, some of them biased and some of them
only repeating others. So soft intelligence can know what no published figure shows yet. Turn
``soft_effect`` to nought and it knows nothing; turn ``effect`` to nought and nothing follows anything: the
world in which no model may find skill.
"""

from earlywarn.sources.synthetic.plan import FREQUENCIES, Plan
from earlywarn.sources.synthetic.world import TRUTH, World, synthetic_tables, synthetic_world, write_world

__all__ = ["FREQUENCIES", "TRUTH", "Plan", "World", "synthetic_tables", "synthetic_world", "write_world"]
