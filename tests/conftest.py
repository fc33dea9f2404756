"""What every room's tests share: the generators of ``strategies.py`` and patience on a busy machine."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # so that a test may import strategies, and nothing else
settings.register_profile("earlywarn", deadline=None)
settings.load_profile("earlywarn")
