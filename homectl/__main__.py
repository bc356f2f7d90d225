"""`python -m homectl` is the command line."""

import sys

from homectl.cli import main

if __name__ == "__main__":
    sys.exit(main())
