"""Controllers: each connects some intents of the user to the document, the jobs and the window.

May import everything of the app but `app`, `demo` and `main`.
"""
