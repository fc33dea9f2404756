"""What a run computes, each part once and only when it is asked for.

The order of the rooms can be read off here, from the tables to what a reader is told. Each file is one
stage and builds on the one before it: ``inputs``, ``race``, ``scored``, ``told``. Nothing is written and
nothing is tracked; the verbs of ``workflow`` do that.
"""

from earlywarn.pipeline.race import DEFAULT
from earlywarn.pipeline.told import Told as Pipeline

__all__ = ["DEFAULT", "Pipeline"]
