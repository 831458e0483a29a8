"""Parts of the main window and its dialogs. They show the project and emit `Intents`.

May import widgets, items and `project`; no controllers, no jobs, no torch.
"""
