"""The report on a project: one file that needs nothing else, and names nothing that is to be hidden."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.items.naming import display_name, hide_names
from fewshot_gui.project.labels import Label, LabelSource, now
from model.cli.command import main
from model.errors import CheckpointError
from model.exports.charts import reliability
from model.exports.project_contents import read_project
from model.exports.report import ReportOptions, write_report
from model.types import ExampleReport, Prediction, Region, Status, TrainingReport

EVIL = "<script>alert('x')</script> & \"Co\""


class Page(HTMLParser):
    """The texts of a page, its tags, and what it would load."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] != "style" and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.texts).replace("\u00a0", " ")


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "Mrs Miller <i>"
    folder.mkdir()
    paths = [folder / f"knee & {k}.png" for k in range(12)]
    for k, path in enumerate(paths):
        Image.new("RGB", (400, 200), (20 * k, 90, 120)).save(path)
    return paths


@pytest.fixture
def project(app: App, images: list[Path], tmp_path: Path) -> Path:
    """Two bins of three; of six results one is unlike every bin, one cannot be read, two are labelled by two people."""
    document, results = app.session.document, app.session.results
    bins = (document.add_bin(EVIL), document.add_bin("Dog"))
    document.add_examples(bins[0], images[:3])
    document.add_examples(bins[1], images[3:6])
    examples = tuple(
        ExampleReport(path, k // 3, 1.0 + k / 10, int(k >= 2), 0.6 + k / 20, 1 if k < 2 else None)
        for k, path in enumerate(images[:6])
    )
    report = TrainingReport(
        (EVIL, "Dog"),
        examples,
        (),
        (),
        5 / 6,
        (0.4, 0.97),
        2,
        True,
        0.1,
        0.05,
        ((1, 0.6), (2, 0.8)),
        remarks=((images[4], "Boxes do not count <b>."),),
    )
    results.set_training(document.revision, bins, report, {"classifier.json": b'{"backbone": "any-net"}'})
    made = [
        Prediction(images[6 + k], Status.OK, 0, (0.9 - k / 10, 0.1 + k / 10), Region(100, 50, 200, 100))
        for k in range(4)
    ]
    made.append(Prediction(images[10], Status.UNKNOWN, 1, (0.3, 0.7), Region(0, 0, 40, 20)))
    made.append(Prediction(tmp_path / "gone.png", Status.ERROR, message="is gone <b>"))
    results.add_predictions(document.revision, bins, made)
    for reader, second in (("ana", bins[1]), ("bo <b>", bins[0])):
        for path, said in ((images[6], bins[0]), (images[7], second)):
            document.give_labels({path: Label(reader, LabelSource.CORRECTED, said, None, now(), bins[0], 0.9, 1)})
    assert app.session.file is not None
    return app.session.file


def test_the_report_says_what_came_out_how_sure_it_is_and_what_to_be_careful_about(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "report.html"
    write_report(read_project(project), out, ReportOptions("Knees"))
    page = Page(out)
    for said in (
        "Report on Knees",
        "6 Images classified",
        "83.3 % of 6 examples recognised when left out 95 % interval 40.0 % to 97.0 %",
        "2 Checked by a person",
        f"Fewer than 5 examples: ‘{EVIL}’, ‘Dog’.",
        "The 6 examples are 5 independent ones",
        "1 example looks like another class",
        "The boxes of 1 example do not say what was meant",
        "Boxes do not count <b>.",
        "1 of 6 images is unlike every bin",
        "Images that could not be read: 1",
        "2 images were labelled by bo <b>. Images predicted as they are labelled: 2.",
        "ana and bo <b> agree on 1 of 2 images",
        "left out, it looks like Dog",
        "unlike every bin; nearest Dog 70.0 %",
        "is gone <b>",
        "any-net",
    ):
        assert said in page.text, said
    assert page.text.count("knee & 9.png") == 2  # with its picture, and in the table
    boxes = re.findall(r"left: (\S+)%; top: (\S+)%; width: (\S+)%; height: (\S+)%", out.read_text(encoding="utf-8"))
    assert boxes.count(("25.00", "25.00", "50.00", "50.00")) == 4


def test_sentences_follow_their_numbers(app: App, project: Path, tmp_path: Path) -> None:
    def said() -> str:
        write_report(read_project(project), tmp_path / "report.html")
        return Page(tmp_path / "report.html").text

    assert "1 of 6 images is unlike every bin" in said()
    document, results = app.session.document, app.session.results
    assert results.report is not None
    first = document.bins[0].examples[0].path
    both = tuple(
        replace(one, predicted=1 - one.class_index) if one.path == first else one for one in results.report.examples
    )
    results.set_training(
        document.revision,
        [bin_.id for bin_ in document.bins],
        replace(results.report, examples=both, in_two_bins=((first, both[4].path),)),
        {"classifier.json": b'{"backbone": "any-net"}'},
    )
    far = Prediction(tmp_path / "far.png", Status.UNKNOWN, 0, (0.9998, 0.0002))
    results.add_predictions(document.revision, [bin_.id for bin_ in document.bins], [far])
    text = said()
    assert "2 examples look like another class" in text
    assert "1 picture is in two bins: one of them is wrong." in text
    assert "2 of 7 images are unlike every bin" in text
    assert "< 0.1 %" in text
    assert "> 99.9 %" in text
    assert " 0.0 %" not in text


def test_the_numbers_of_the_classes_add_up_to_all_results(
    app: App, project: Path, images: list[Path], tmp_path: Path
) -> None:
    none = Label("ana", LabelSource.CORRECTED, None, None, now(), None, 0.9, 1)
    app.session.document.give_labels({images[8]: none, images[10]: none})
    out = tmp_path / "report.html"
    write_report(read_project(project), out)
    text = re.sub(r"\s+", " ", out.read_text(encoding="utf-8"))
    others = re.findall(r'<td class="muted">([^<]*)</td><td></td><td class="number">(\d+)</td>', text)
    assert others == [("unlike every bin", "0"), ("none of these", "2"), ("not readable", "1")]
    classes = re.findall(r"</span>[^<]*</td><td class=\"number\">\d+</td><td class=\"number\">(\d+)</td>", text)
    assert sum(map(int, classes)) + 3 == 6


def test_the_hash_in_a_report_is_found_in_the_record_later(
    app: App, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.html"
    write_report(read_project(project), out)
    found = re.search(r"Hash of the record ([0-9a-f]{64}) after (\d+) entries", Page(out).text)
    assert found is not None
    app.session.document.add_bin("Later")
    assert main(["verify", str(project), "--head", found[1], "--json"]) == 0
    assert f'"anchor": {found[2]}' in capsys.readouterr().out


def test_the_report_needs_nothing_else_and_runs_nothing(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    write_report(read_project(project), out)
    page = Page(out)
    assert "script" not in page.tags
    assert not {"link", "iframe", "object", "form", "i"} & set(page.tags)
    assert page.loaded
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.loaded)
    assert out.stat().st_size < 200_000


def test_with_hidden_names_no_file_or_folder_is_named(
    app: App, project: Path, images: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    assert main(["report", str(project), "--out", str(out), "--hide-names"]) == 0
    text = out.read_text(encoding="utf-8")
    for secret in ("knee", "Miller", str(tmp_path), "gone", project.stem):
        assert secret not in text
    hide_names(True)
    try:
        assert f"Image {display_name(images[6])}" in text  # the number by which the window shows it
    finally:
        hide_names(False)


def test_the_window_writes_it_and_tells_where(
    app: App, project: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "from the window.html"
    monkeypatch.setattr(app.questions, "report_file", lambda _start: out)
    app.window.command_table["report"].trigger()
    qtbot.waitUntil(lambda: "Report written to “from the window.html”" in app.window.statusBar().currentMessage())
    assert "6 Images classified" in Page(out).text
    before = out.read_bytes()
    shown: list[str] = []
    monkeypatch.setattr(app.window, "show_error", lambda title, message, details="": shown.append(message))
    monkeypatch.setattr(app.questions, "report_file", lambda _start: out / "below a file.html")
    app.window.command_table["report"].trigger()
    qtbot.waitUntil(lambda: bool(shown))
    assert "cannot be written" in shown[0]
    assert out.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if "partial" in one.name or one.suffix == ".new"] == []


def test_results_of_before_are_called_out_of_date(app: App, project: Path, images: list[Path], tmp_path: Path) -> None:
    app.session.document.remove_examples([images[0]])
    contents = read_project(project)
    assert contents.is_changed_since_training
    out = tmp_path / "report.html"
    write_report(contents, out)
    text = Page(out).text
    assert "The bins changed since the last training" in text
    assert text.count("out of date") == 6


def test_what_is_no_project_is_refused(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.fewshot"
    other.write_bytes(b"no project")
    assert main(["report", str(other), "--out", str(tmp_path / "r.html")]) == 1
    assert "is not a project of Fewshot" in capsys.readouterr().err
    assert main(["report", str(project), "--out", str(tmp_path / "r.txt")]) == 2
    content = bytearray(project.read_bytes())
    cut = tmp_path / "cut.fewshot"
    cut.write_bytes(content[: len(content) // 3])
    with pytest.raises(CheckpointError):
        read_project(cut)
    assert not os.path.exists(tmp_path / "r.html")


def test_reliability_has_as_many_examples_in_each_bin() -> None:
    found = reliability([(k / 40, k % 4 != 0) for k in range(40)])
    assert [one.count for one in found] == [8] * 5
    assert found[0].confidence == pytest.approx(3.5 / 40)
    assert found[0].right == 0.75
    assert found[0].interval[0] < 0.75 < found[0].interval[1]
    assert reliability([]) == []


def test_the_picture_is_copied_and_saved_with_its_region(
    app: App, project: Path, images: list[Path], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, inspector = app.window.command_table, app.window.inspector
    app.intents.image_selected.emit(images[6])
    qtbot.waitUntil(lambda: not inspector._is_preview)
    inspector.canvas.evidence.show_region(Region(100, 50, 200, 100), QColor("#ff0000"))
    table["copyPicture"].trigger()
    copied = QApplication.clipboard().image()
    assert (copied.width(), copied.height()) == (400, 200)
    assert copied.pixelColor(200, 50) == QColor("#ff0000")
    out = tmp_path / "shown.png"
    monkeypatch.setattr(app.questions, "picture_file", lambda _start: out)
    table["savePicture"].trigger()
    with Image.open(out) as saved:
        assert saved.size == (400, 200)
    before = images[6].read_bytes()
    monkeypatch.setattr(app.questions, "picture_file", lambda _start: images[6])
    table["savePicture"].trigger()
    assert "would be overwritten" in app.window.statusBar().currentMessage()
    assert images[6].read_bytes() == before


def test_the_end_of_long_work_asks_for_attention(app: App, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    asked: list[str] = []
    monkeypatch.setattr(app.window, "ask_for_attention", asked.append)
    for seconds in (0, 11, 31):
        job = app.running.classify((Path("/a.png"),))
        monkeypatch.setattr(app.running, "_busy_since", app.running._busy_since - seconds)
        qtbot.waitUntil(lambda: job not in app.running._titles)  # noqa: B023
    short, long = asked
    assert short == ""  # the task bar alone
    assert "Classified 1 image" in long  # the desktop as well


@pytest.mark.expected_log("systemTrayWindowChanged")  # of the offscreen platform
def test_a_notification_is_told_only_while_the_window_is_not_looked_at(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    notification = app.window.notification
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(notification, "showMessage", lambda _title, text, *_: told.append(text))
    monkeypatch.setattr(app.window, "isActiveWindow", lambda: True)
    notification.tell("Done", "in front")
    monkeypatch.setattr(app.window, "isActiveWindow", lambda: False)
    notification.tell("Done", "behind")
    assert told == ["behind"]
    notification.hide()


def test_bins_that_are_called_as_the_report_s_own_words_are_counted_apart(
    app: App, images: list[Path], tmp_path: Path
) -> None:
    document, results = app.session.document, app.session.results
    gone, odd = document.add_bin("Cat"), document.add_bin("unlike every bin")
    made = [Prediction(images[k], Status.OK, 0, (0.9, 0.1), Region(0, 0, 9, 9)) for k in range(4)]
    made.append(Prediction(images[4], Status.OK, 1, (0.2, 0.8), Region(0, 0, 9, 9)))
    made += [Prediction(images[k], Status.UNKNOWN, 0, (0.6, 0.4), Region(0, 0, 9, 9)) for k in (5, 6)]
    results.add_predictions(document.revision, (gone, odd), made)
    document.remove_bin(gone)
    document.add_bin("Cat")
    document.add_examples(odd, [images[3]])
    assert app.session.file is not None
    out = tmp_path / "report.html"
    write_report(read_project(app.session.file), out)
    text = re.sub(r"\s+", " ", out.read_text(encoding="utf-8"))
    rows = re.findall(r"</span>([^<]*)</td><td class=\"number\">(\d+)</td><td class=\"number\">(\d+)</td>", text)
    assert rows == [("unlike every bin", "1", "2"), ("Cat", "0", "0")]  # one as predicted, one by its bin
    assert '<td class="muted">unlike every bin</td><td></td><td class="number">2</td>' in text
    assert "of 4 that nobody checked" in text  # of five that are like a bin one is an example


@pytest.mark.parametrize("scores", ["[NaN, 0]", "[1e999, 0]", "[-0.5, 1.5]"])
def test_scores_that_are_no_probabilities_are_refused(project: Path, tmp_path: Path, scores: str) -> None:
    copy = tmp_path / "copy.fewshot"
    with closing(sqlite3.connect(project)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("UPDATE predictions SET scores = ? WHERE row = 0", (scores,))
        target.commit()
    with pytest.raises(CheckpointError, match="is damaged"):
        read_project(copy)
