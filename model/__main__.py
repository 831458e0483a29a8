"""Run the command line: `python -m model` is the command `fewshot`."""

import sys

from model.cli.command import main

sys.exit(main())
