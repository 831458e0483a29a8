"""Start the desktop app."""

from fewshot_gui.main import main

if __name__ == "__main__":
    main()
