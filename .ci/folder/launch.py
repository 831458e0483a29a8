"""Where the programs of the folder build begin: `fewshot-gui`, `fewshot`, and the process that decodes files."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Be the program that the file is called, or the one that `model.images.decoder_process` asks for."""
    if sys.argv[1:] == ["decoder-process"]:
        from model.images.decoder_main import main as decode

        decode()
    elif Path(sys.argv[0]).stem == "fewshot":
        from model.cli.command import main as run_command

        sys.exit(run_command())
    else:
        from fewshot_gui.main import main as run_window

        run_window()


if __name__ == "__main__":
    main()
