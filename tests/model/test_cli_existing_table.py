"""`fewshot classify` over files that exist: what is replaced, what is refused, what is gone on with."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from model.cli import command
from model.cli.command import main
from model.cli.commands import classify as classify_command
from model.images.path_list import PathList
from model.progress import CancelToken
from tests.model.cli_support import Run, one_line, rows_of


@pytest.mark.parametrize("content", [b"name,age\r\nAnn,7\r\n", b"\x89PNG\r\n", b"path,status\r\n", b"\xff\xfe\x00"])
@pytest.mark.parametrize("options", [(), ("--resume",)])
def test_a_file_that_is_no_results_table_is_not_replaced_unless_that_is_asked_for(
    run: Run, trained: Path, photos: Path, tmp_path: Path, content: bytes, options: Sequence[str]
) -> None:
    out = tmp_path / "patients.csv"
    out.write_bytes(content)
    done = run("classify", trained, photos, "--out", out, *options)
    assert done.status == 2
    assert "--overwrite" in one_line(done.err)
    assert out.read_bytes() == content


def test_overwrite_replaces_whatever_there_is_and_an_older_table_needs_no_word(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    out.write_bytes(b"name,age\r\n")
    assert run("classify", trained, photos, "--out", out, "--overwrite").status == 0
    assert len(rows_of(out)) == 4
    assert run("classify", trained, photos / "disc.png", "--out", out).status == 0
    assert len(rows_of(out)) == 1
    (tmp_path / "empty.csv").touch()
    assert run("classify", trained, photos, "--out", tmp_path / "empty.csv").status == 0
    assert run("classify", trained, photos, "--out", out, "--overwrite", "--resume").status == 2


def test_a_table_that_a_spreadsheet_saved_with_a_byte_order_mark_is_resumed(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    whole, out = tmp_path / "whole.csv", tmp_path / "r.csv"
    run("classify", trained, photos, "--out", whole)
    lines = whole.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"\xef\xbb\xbf" + b"".join(lines[:4]))  # a line break in a class makes two lines of header and row
    done = run("classify", trained, photos, "--out", out, "--resume", "--json")
    assert (done.status, done.result["resumed_after"]) == (0, 1)
    assert out.read_bytes() == whole.read_bytes()


def test_a_file_renamed_between_two_spellings_of_one_name_gets_no_second_row(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    composed, decomposed = (unicodedata.normalize(form, "Zo\u00eb.png") for form in ("NFC", "NFD"))
    assert composed != decomposed
    for before, after in ((composed, decomposed), (decomposed, composed)):
        folder, out = tmp_path / f"f{len(before)}", tmp_path / f"{len(before)}.csv"
        folder.mkdir()
        shutil.copy(photos / "disc.png", folder / before)
        run("classify", trained, folder, "--out", out)
        (folder / before).rename(folder / after)
        done = run("classify", trained, folder, "--out", out, "--resume", "--json")
        assert done.result["resumed_after"] == 1
        assert len(rows_of(out)) == 1
        shutil.copy(photos / "cross.png", folder / before)  # two files: each has its row
        run("classify", trained, folder, "--out", out, "--resume")
        assert len(rows_of(out)) == (1 if os.path.samefile(folder / before, folder / after) else 2)


def test_a_class_is_found_however_its_name_is_spelt(
    run: Run, shapes_folder: Path, photos: Path, tmp_path: Path
) -> None:
    names = [unicodedata.normalize(form, name) for form, name in (("NFD", "m\u00fcde"), ("NFC", "caf\u00e9"))]
    for name, shape in zip(names, ("disc", "cross"), strict=True):
        shutil.copytree(shapes_folder / shape, tmp_path / "bins" / name)
    run("train", tmp_path / "bins", "--out", tmp_path / "c")
    tables = []
    for name in names:
        for form in ("NFC", "NFD"):
            out = tmp_path / f"{len(tables)}.csv"
            typed = unicodedata.normalize(form, name)
            assert run("classify", tmp_path / "c", photos, "--out", out, "--explain", typed).status == 0
            tables.append(out.read_bytes())
    assert tables[0] == tables[1] != tables[2] == tables[3]


def test_names_of_255_bytes_get_overlays_and_no_two_the_same(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    folder, overlays = tmp_path / "long", tmp_path / "o"
    folder.mkdir()
    names = ["x" * 251 + ".png", "x" * 250 + "y.jpg", "x" * 251 + ".jpg", "\u00fc" * 125 + ".jpeg"]
    for name in names:
        with Image.open(photos / "disc.png") as image:
            image.convert("RGB").save(folder / name)
        assert len(os.fsencode(name)) == 255
    arguments = ("classify", trained, folder, "--out", tmp_path / "r.csv", "--overlays", overlays, "--json")
    done = run(*arguments)
    assert (done.status, done.result["overlays_not_written"]) == (0, 0)
    written = [path.name for path in overlays.iterdir()]
    assert len(written) == 4
    assert all(len(os.fsencode(name)) <= 255 for name in written)
    run(*arguments)
    assert sorted(path.name for path in overlays.iterdir()) == sorted(written)  # the same names again


def test_one_overlay_that_cannot_be_written_costs_that_overlay_alone(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    out, overlays = tmp_path / "r.csv", tmp_path / "o"
    (overlays / "disc.png").mkdir(parents=True)  # in the way
    whole = tmp_path / "whole.csv"
    assert run("classify", trained, photos, "--out", whole, "--closely").status == 0
    for mode in ((), ("--transductive",)):
        done = run("classify", trained, photos, "--out", out, "--overlays", overlays, "--json", *mode)
        assert (done.status, done.result["overlays_not_written"]) == (3, 1)
        assert f"{photos / 'disc.png'}: Its overlay could not be written: Is a directory." in done.err
        rows = {Path(row["path"]).name: row for row in rows_of(out)}
        assert rows["disc.png"]["message"].startswith("Its overlay could not be written: Is a directory.")
        assert (rows["disc.png"]["status"], rows["disc.png"]["predicted"]) == ("ok", "\u0434\u0438\u0441\u043a, red")
        assert sorted(path.name for path in overlays.iterdir()) == ["cross.png", "disc.png", "stripes.png", "white.png"]
        if not mode:
            plain = {Path(row["path"]).name: row for row in rows_of(whole)}
            assert all(rows[name] == plain[name] for name in rows if name != "disc.png")
            resumed = run("classify", trained, photos, "--out", out, "--overlays", overlays, "--resume")
            assert resumed.status == 3  # the table still tells of it


def test_what_is_said_of_many_images_of_one_file_is_said_once(run: Run, trained: Path, tmp_path: Path) -> None:
    pages = [tmp_path / f"scan.png#{page}" for page in range(1, 31)]
    (tmp_path / "scan.png").write_bytes(b"no image at all")
    (tmp_path / "other.png").write_bytes(b"no image at all")
    done = run("classify", trained, *pages, tmp_path / "other.png", "--out", tmp_path / "r.csv")
    assert done.status == 3
    assert len(rows_of(tmp_path / "r.csv")) == 31
    said = [line for line in done.err.splitlines() if str(tmp_path) in line]
    assert len(said) == 3
    assert said[0].startswith(f"{pages[0]}: ")
    assert said[1].startswith(f"{tmp_path / 'other.png'}: ")
    assert said[2].startswith(f"{tmp_path / 'scan.png'}: the same holds for 29 more images of this file: ")


def test_a_run_cut_before_its_first_row_does_not_say_that_something_is_kept(
    trained: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(CancelToken):
        """A token that is cancelled from the start, as by Ctrl+C in the first second."""

        def __init__(self) -> None:
            super().__init__()
            self.cancel()

    whole = tmp_path / "whole.csv"
    arguments = ["classify", str(trained), str(photos), "--out"]
    assert main([*arguments, str(whole)]) == 0
    monkeypatch.setattr(command, "CancelToken", Stopped)
    before = whole.read_bytes()
    capsys.readouterr()
    assert main([*arguments, str(tmp_path / "r.csv")]) == 130
    assert one_line(capsys.readouterr().err) == "fewshot: Interrupted. Nothing was classified yet."
    monkeypatch.setattr(classify_command, "_found_images", lambda *_options: PathList(sorted(photos.rglob("*.png"))))
    assert main([*arguments, str(tmp_path / "r.csv")]) == 130
    assert one_line(capsys.readouterr().err) == "fewshot: Interrupted. Nothing was classified yet."
    (photos / "more.png").write_bytes((photos / "disc.png").read_bytes())
    assert main([*arguments, str(whole), "--resume"]) == 130  # rows of before are kept
    assert "Results so far are kept" in capsys.readouterr().err
    assert whole.read_bytes() == before


@pytest.mark.parametrize("name", ["r.xlsx", "r.PARQUET", "r.json"])
def test_a_table_is_not_written_under_the_ending_of_another_format(
    run: Run, trained: Path, photos: Path, tmp_path: Path, name: str
) -> None:
    for more in ((), ("--overwrite",)):
        done = run("classify", trained, photos, "--out", tmp_path / name, *more)
        assert done.status == 2
        assert ".csv, .jsonl" in done.err
        assert not (tmp_path / name).exists()
