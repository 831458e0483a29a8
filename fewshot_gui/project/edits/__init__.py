"""Every kind of edit, one file each: how it changes the board, is undone, is saved, is read and is called.

A file registers its steps (see `base.STEPS`) by name; a plug-in's entry point in the group "fewshot.edits" adds others.
May import the board, values and the disk, not the document or the store.
"""
