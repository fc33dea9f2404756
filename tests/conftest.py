"""What every room's tests share: the generators of ``strategies.py`` and patience on a busy machine."""

import os
import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # so that a test may import strategies, and nothing else
# the same examples every time where a change is judged, new ones wherever somebody works
settings.register_profile("earlywarn", deadline=None, derandomize=bool(os.environ.get("CI")), max_examples=50)
settings.load_profile("earlywarn")
