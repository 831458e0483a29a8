"""Kinds of edits, one file each: how each changes the board, is undone, is saved, is read and is called.

May import the board, values and the disk; not the document, not the store.

To add a kind of edit, write one module here, or in a plug-in that names it as an entry point of the group
"fewshot.edits" (tests/gui/project/toy_edit.py is one):

1. A frozen dataclass that is a `base.Change`: `apply` changes the board, `inverted` returns the step that undoes it,
   `write` changes the project file in the same way.
2. `read` puts on the board what the step left in the file, `rebuild` returns the steps for an empty project. What the
   board has no place for is kept in `board.extras` and, in the file, in rows of `state` with a key of its own: older
   versions open such a project and leave them alone.
3. `announce` emits the signal that tells the views; steps that name paths replace them in `relocated`.
4. `STEPS.register("name of the step", TheStep)`.
5. A function that looks at the board and returns a `base.Plan`: the undo text and the steps.

`Document.edit(plan)` makes the edit: undo, saving and signals follow.
"""
