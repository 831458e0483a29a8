"""One value with all that a controller needs to do its work."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.controllers.questions import Questions
from fewshot_gui.intents import Intents
from fewshot_gui.jobs.files import FileJobs
from fewshot_gui.jobs.pictures import PictureLoader
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.jobs.thumbnails import ThumbnailLoader
from fewshot_gui.jobs.tiles import TileLoader
from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.results import Results
from fewshot_gui.project.session import Session
from fewshot_gui.project.stacks import Stacks
from fewshot_gui.settings import Settings
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.views.review_view import ReviewView
from fewshot_gui.views.status_bar import StatusBar


@dataclass(frozen=True)
class AppServices:
    """What the app is made of, handed to every controller. Made once, by `App`.

    session: the open project, with `document` and `results`
    library: the images found in the project's folders
    settings: what the user chose, kept between runs
    runner: training, classifying and explaining, in threads of their own
    files: reading, hashing and finding files, in the background
    thumbnails, pictures, tiles: images for the views, made in the background
    full_pictures: those of the views that take the whole window
    intents: what the user wants; controllers connect to it
    window: what the user sees; controllers tell it, and ask it for nothing but which results are in sight
    status: the window's status bar: messages and the running job
    review: where a person goes through results; its answers are signals of its own
    questions: modal dialogs that return an answer
    stacks: near copies among the images, as the library and the gallery show them
    """

    session: Session
    library: Library
    settings: Settings
    runner: Runner
    files: FileJobs
    thumbnails: ThumbnailLoader
    pictures: PictureLoader
    full_pictures: PictureLoader
    tiles: TileLoader
    intents: Intents
    window: MainWindow
    status: StatusBar
    review: ReviewView
    questions: Questions
    stacks: Stacks

    @property
    def document(self) -> Document:
        """The open project's content."""
        return self.session.document

    @property
    def results(self) -> Results:
        """The open project's predictions and last training."""
        return self.session.results
