"""XMP sidecars are what other programs keep of an image: merged, read back by ElementTree and ExifTool, and undone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from fewshot_gui.app import App
from fewshot_gui.project.labels import Label, LabelSource, now
from model.cli.command import main
from model.exports.targets._xmp_packet import Entry, merged
from model.types import Prediction, Region, Status

EVIL = '"},<b>|=1+1 猫'
BOX = Region(100, 50, 200, 80)
NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "f": "https://fewshot.invalid/ns/xmp/1.0/",
}
FOREIGN = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<!-- by hand -->
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 5.5.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="uuid:1" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:q='urn:q/'
    xmp:Rating="4" q:a="1&#xA;2">
   <dc:subject xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Bag><rdf:li>Lena &amp; Jo</rdf:li>
     <rdf:li>Dog</rdf:li></rdf:Bag></dc:subject>
   <q:history rdf:parseType="Literal">a&#xD;b <i>c</i><![CDATA[<d>]]></q:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.png" for name in ("predicted", "corrected", "none of these", "unlike")]
    for path in paths:
        Image.new("RGB", (400, 200)).save(path)
    return paths


@pytest.fixture
def project(app: App, images: list[Path], tmp_path: Path) -> Path:
    """Four results, of which two have a person's word, and one image that could not be read."""
    document, results = app.session.document, app.session.results
    bins = (document.add_bin(EVIL), document.add_bin("Dog"))
    made = [Prediction(path, Status.OK, 0, (0.9, 0.1), BOX) for path in images[:3]]
    made.append(Prediction(images[3], Status.UNKNOWN, 1, (0.4, 0.6), BOX))
    made.append(Prediction(tmp_path / "broken.png", Status.ERROR, message="is broken"))
    results.add_predictions(document.revision, bins, made)
    for path, said in zip(images[1:3], (bins[1], None), strict=True):
        document.give_labels({path: Label("ana", LabelSource.CORRECTED, said, None, now(), bins[0], 0.9, 1)})
    assert app.session.file is not None
    return app.session.file


def _export(project: Path, *more: str) -> int:
    return main(["export", str(project), *more])


def _keywords(sidecar: Path, name: str = "dc:subject") -> list[str | None]:
    return [one.text for one in ElementTree.parse(sidecar).iterfind(f".//{name}/*/rdf:li", NAMES)]


def _results(sidecar: Path) -> list[dict[str, str | None]]:
    found = ElementTree.parse(sidecar).iterfind(".//f:Results/rdf:Seq/rdf:li", NAMES)
    return [{value.tag.split("}")[1]: value.text for value in one} for one in found]


def _beside(image: Path) -> Path:
    return image.with_name(f"{image.name}.xmp")


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.iterdir() if path.suffix in {".xmp", ".png", ".tif"}}


def test_each_image_has_its_final_class_as_keyword_and_everything_in_our_namespace(
    project: Path, images: list[Path]
) -> None:
    assert _export(project, "--xmp") == 0
    predicted, corrected, none, unlike = map(_beside, images)
    assert _keywords(predicted) == [EVIL]
    assert _keywords(predicted, "lr:hierarchicalSubject") == [f"Fewshot|{EVIL.replace('|', '/')}"]
    (one,) = _results(predicted)
    assert one.pop("Classifier", None) is None  # the results are of no classifier that is known
    box = {"RegionX": "100", "RegionY": "50", "RegionWidth": "200", "RegionHeight": "80"}
    assert one == {"Class": EVIL, "Confidence": "0.9000", "Status": "ok", **box}
    assert _keywords(corrected) == ["Dog"]
    assert _results(corrected) == [{"Class": "Dog", "Status": "ok", "Reader": "ana"}]
    assert _keywords(none) == [] == _keywords(unlike)
    assert _results(none) == [{"Status": "ok", "Reader": "ana"}]
    assert _results(unlike)[0]["Status"] == "unknown"
    assert not _beside(images[0].with_name("broken.png")).exists()


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="ExifTool is not installed")
def test_exiftool_finds_the_keywords_and_what_was_there(project: Path, images: list[Path]) -> None:
    _beside(images[1]).write_bytes(FOREIGN)
    _export(project, "--xmp")
    files = [str(_beside(image)) for image in images[:2]]
    command = ["exiftool", "-j", "-G1", "-struct", "-Warning", "-XMP:all", *files]
    predicted, corrected = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert predicted["XMP-dc:Subject"] == [EVIL]
    assert predicted["XMP-fewshot:Results"][0]["Confidence"] == 0.9
    assert "ExifTool:Warning" not in predicted
    assert corrected["XMP-dc:Subject"] == ["Lena & Jo", "Dog"]
    assert corrected["XMP-lr:HierarchicalSubject"] == ["Fewshot|Dog"]
    assert corrected["XMP-xmp:Rating"] == 4


def test_what_others_wrote_stays_and_undoing_brings_it_back_byte_for_byte(
    project: Path, images: list[Path], tmp_path: Path
) -> None:
    for image in images[:2]:
        _beside(image).write_bytes(FOREIGN)
    before = _files(tmp_path)
    _export(project, "--xmp")
    merged = _beside(images[0]).read_bytes()
    assert _keywords(_beside(images[0])) == ["Lena & Jo", "Dog", EVIL]
    tree, was = ElementTree.fromstring(merged), ElementTree.fromstring(FOREIGN)
    ours, theirs = (one.find("rdf:RDF/rdf:Description", NAMES) for one in (tree, was))
    assert ours is not None
    assert theirs is not None
    assert ours.attrib == theirs.attrib
    assert [ElementTree.canonicalize(ElementTree.tostring(one)) for one in list(ours)[1:]] == [
        ElementTree.canonicalize(ElementTree.tostring(one)) for one in list(theirs)[1:]
    ]
    assert b"<!-- by hand -->" in merged
    assert merged.startswith(b"<?xpacket begin=")
    assert {one.get(f"{{{NAMES['rdf']}}}about") for one in tree.iterfind(".//rdf:Description", NAMES)} == {"uuid:1"}
    assert _export(project, "--undo-xmp") == 0
    assert _files(tmp_path) == before
    assert _export(project, "--undo-xmp") == 1  # nothing is left to undo


def test_exporting_again_replaces_our_entries_and_undoing_still_brings_back_the_first(
    app: App, project: Path, images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _beside(images[0]).write_bytes(FOREIGN)
    before = _files(tmp_path)
    _export(project, "--xmp")
    once = _files(tmp_path)
    assert _export(project, "--xmp", "--json") == 0
    assert _files(tmp_path) == once
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["files"] == 0
    dog = list(app.session.document.board.bins)[1].id
    app.session.document.give_labels({images[0]: Label("ben", LabelSource.CORRECTED, dog, None, now(), None, 0.9, 1)})
    _export(project, "--xmp")
    assert _keywords(_beside(images[0])) == ["Lena & Jo", "Dog"]
    assert _results(_beside(images[0]))[0]["Reader"] == "ben"
    assert _export(project, "--undo-xmp") == 0
    assert _files(tmp_path) == before


def test_of_a_sidecar_that_was_changed_since_only_our_entries_are_taken_out(
    project: Path, images: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    had, new, gone = map(_beside, images[:3])
    had.write_bytes(FOREIGN)
    _export(project, "--xmp")
    had.write_bytes(had.read_bytes().replace(b'Rating="4"', b'Rating="5"'))
    new.write_bytes(new.read_bytes().replace(b"<rdf:li>Dog</rdf:li>", b"<rdf:li>Dog</rdf:li><rdf:li>Mia</rdf:li>", 1))
    gone.unlink()
    assert _export(project, "--undo-xmp") == 0
    said = capsys.readouterr().err
    assert said.count("changed since") == 2
    assert had.name in said
    assert ElementTree.canonicalize(had.read_text()) == ElementTree.canonicalize(
        FOREIGN.decode().replace('Rating="4"', 'Rating="5"')
    )
    assert _keywords(new) == ["Mia"]
    assert _results(new) == []
    assert not gone.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<x", "no XMP that can be read"),
        (b"", "no XMP that can be read"),
        (b"<a/>", "no XMP"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + FOREIGN.split(b"?>", 1)[1], "document type"),
        (FOREIGN.replace(b"rdf:Bag", b"rdf:Heap"), "none of XMP's lists"),
    ],
)
def test_a_sidecar_that_cannot_be_read_is_named_and_stays_and_the_others_are_written(
    project: Path, images: list[Path], capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    _beside(images[0]).write_bytes(content)
    assert _export(project, "--xmp") == 3
    told = capsys.readouterr().err
    assert said in told
    assert _beside(images[0]).name in told
    assert _beside(images[0]).read_bytes() == content
    assert _keywords(_beside(images[1])) == ["Dog"]
    assert _export(project, "--undo-xmp") == 0
    assert _beside(images[0]).read_bytes() == content


def test_where_a_sidecar_cannot_be_written_the_others_are(
    project: Path, images: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    _beside(images[0]).mkdir()
    images[2].unlink()
    assert _export(project, "--xmp") == 3
    told = capsys.readouterr().err
    assert "not a regular file" in told
    assert "image is gone" in told
    assert _keywords(_beside(images[1])) == ["Dog"]
    assert not _beside(images[2]).exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read only to this user")
def test_a_folder_that_is_read_only_is_named(
    project: Path, images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _files(tmp_path)
    tmp_path.chmod(0o555)
    try:
        assert _export(project, "--xmp") == 3
    finally:
        tmp_path.chmod(0o755)
    assert "Permission denied" in capsys.readouterr().err
    assert _files(tmp_path) == before


def test_pages_of_one_file_share_a_sidecar_with_all_their_classes(app: App, tmp_path: Path) -> None:
    scan = tmp_path / "scan.tif"
    pages = [Image.new("L", (40, 20), shade) for shade in (10, 200, 90)]
    pages[0].save(scan, save_all=True, append_images=pages[1:])
    document = app.session.document
    bins = (document.add_bin("Letter"), document.add_bin("Dog"))
    made = [
        Prediction(tmp_path / f"scan.tif#{number}", Status.OK, which, scores)
        for number, which, scores in ((1, 0, (0.8, 0.2)), (2, 1, (0.1, 0.9)), (3, 0, (0.7, 0.3)))
    ]
    app.session.results.add_predictions(document.revision, bins, made)
    assert app.session.file is not None
    assert _export(app.session.file, "--xmp", "--sidecar-names", "replace") == 0
    sidecar = tmp_path / "scan.xmp"
    assert _keywords(sidecar) == ["Letter", "Dog"]
    assert [(one["Item"], one["Class"]) for one in _results(sidecar)] == [
        ("1", "Letter"),
        ("2", "Dog"),
        ("3", "Letter"),
    ]


def test_what_xml_cannot_hold_is_replaced() -> None:
    made = merged(None, [Entry("a\x07\udc80b", {"Class": "\x00"})])
    assert [one.text for one in ElementTree.fromstring(made).iterfind(".//dc:subject/*/rdf:li", NAMES)] == [
        "a\ufffd\ufffdb"
    ]


def test_two_images_do_not_share_a_sidecar(app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / "a.png", tmp_path / "a.tif"]
    for path in paths:
        Image.new("L", (40, 20)).save(path)
    document = app.session.document
    bins = (document.add_bin("Cat"), document.add_bin("Dog"))
    made = [Prediction(path, Status.OK, which, (0.5, 0.5)) for which, path in enumerate(paths)]
    app.session.results.add_predictions(document.revision, bins, made)
    assert app.session.file is not None
    assert _export(app.session.file, "--xmp", "--sidecar-names", "replace") == 3
    assert "several images" in capsys.readouterr().err
    assert not (tmp_path / "a.xmp").exists()
    assert _export(app.session.file, "--xmp") == 0
    assert _keywords(tmp_path / "a.tif.xmp") == ["Dog"]


def test_an_export_that_was_ended_while_it_wrote_its_journal_is_undone(project: Path, images: list[Path]) -> None:
    _export(project, "--xmp")
    journal = project.with_name(f"{project.name}.xmp-journal")
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"sidecar": "/half')
    assert _export(project, "--undo-xmp") == 0
    assert not any(_beside(image).exists() for image in images)
    journal.write_bytes(b"half\n" + whole)
    assert _export(project, "--undo-xmp") == 1
    assert journal.exists()


@pytest.mark.parametrize(
    "more", [(), ("--xmp", "--undo-xmp"), ("--xmp", "--out", "a.json"), ("--undo-xmp", "--sidecar-names", "append")]
)
def test_options_that_do_not_go_together_are_refused(project: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    before = _files(tmp_path)
    assert _export(project, *more) == 2
    assert _files(tmp_path) == before
