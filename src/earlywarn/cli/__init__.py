"""The command line: ``earlywarn run``, ``earlywarn intel add`` and so on.

Only words are exchanged here. Everything heavy is imported by the verb that needs it, so ``--help`` is
quick. Exit codes: 0 done; 2 something to mend in the command, the configuration or the data; 1 a fault
of ours; 130 stopped by the user.
"""

from earlywarn.cli import intel_reading, intel_writing
from earlywarn.cli.checking import check
from earlywarn.cli.commands import verbs
from earlywarn.cli.importing import import_files
from earlywarn.cli.intel import intel
from earlywarn.cli.planning import plan
from earlywarn.cli.simulate import simulate
from earlywarn.cli.updating import update

__all__ = ["intel_reading", "intel_writing", "main", "verbs"]

for command in (check, import_files, intel, plan, simulate, update):
    verbs.add_command(command)


def main() -> None:
    """Run the command line, as the script ``earlywarn`` does."""
    verbs(prog_name="earlywarn")
