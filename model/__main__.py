"""`python -m model` is the command `fewshot`."""

import sys

from model.cli import main

sys.exit(main())
