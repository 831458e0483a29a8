"""Start the desktop app."""

import sys

from fewshot_gui.app import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
