"""``python -m earlywarn``: the command line, for when the script is not on the path."""

from earlywarn.cli import main

if __name__ == "__main__":
    main()
