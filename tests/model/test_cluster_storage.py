"""Images in object storage and on web servers: real S3 requests to moto, real HTTP, servers that fail in every way."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.model.cli_support import ROOT, Run, classify_without_ray, one_line, rows_of

_NEEDED = ("ray", "pyarrow", "fsspec", "s3fs", "moto", "flask", "aiohttp")
pytestmark = [
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in _NEEDED),
        reason="the extras `cluster` and `storage-tests` are not installed",
    ),
    pytest.mark.filterwarnings("default"),  # of botocore and moto
]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Short waits; file systems that are made anew, for each test has servers of its own."""
    import fsspec
    import s3fs

    from model.cluster import storage

    monkeypatch.setattr(storage, "PAUSES", (0.0, 0.1))
    monkeypatch.setattr(storage, "SILENT_SECONDS", 0.5)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_CONFIG_FILE": os.devnull,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    def forgotten() -> None:
        for kind in (s3fs.S3FileSystem, fsspec.get_filesystem_class("http")):
            kind.clear_instance_cache()

    forgotten()
    yield
    forgotten()


class Storage:
    """A bucket `photos` on a server of its own."""

    def __init__(self) -> None:
        from moto.server import ThreadedMotoServer

        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        urlopen(Request(f"{self.url}/moto-api/reset", method="POST")).close()  # its memory is the process's
        self.client.create_bucket(Bucket="photos")

    @property
    def client(self) -> Any:
        import boto3

        return boto3.client("s3", endpoint_url=self.url)

    def put(self, folder: Path, below: str = "") -> None:
        """Upload the files of a folder."""
        for file in sorted(folder.rglob("*.*")):
            self.client.upload_file(str(file), "photos", below + file.relative_to(folder).as_posix())


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch, quick: None) -> Iterator[Storage]:
    storage = Storage()
    monkeypatch.setenv("AWS_ENDPOINT_URL", storage.url)
    yield storage
    storage.server.stop()


Answer = Callable[[SimpleHTTPRequestHandler], bool]


@pytest.fixture
def web() -> Iterator[Callable[..., str]]:
    """Serve a folder; `answer` may do something else with a request, and returns whether it did."""
    servers: list[ThreadingHTTPServer] = []

    def serve(folder: Path, answer: Answer = lambda _request: False) -> str:
        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *_arguments: object) -> None: ...

            def do_GET(self) -> None:
                if not answer(self):
                    super().do_GET()

            def do_HEAD(self) -> None:
                if not answer(self):
                    super().do_HEAD()

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def _cut(request: SimpleHTTPRequestHandler) -> None:
    """Promise more than is sent."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(b"\x89PNG")
    request.close_connection = True


def _error(request: SimpleHTTPRequestHandler, status: int) -> None:
    request.send_response(status)
    request.send_header("Content-Length", "0")
    request.end_headers()


def _rows(trained: Path, urls: list[str], notes: Path | None = None) -> list[dict[str, Any]]:
    """Classify URLs as a worker does."""
    import pyarrow as pa

    from model.checkpoint.files import contents
    from model.cluster.worker import Work, Worker

    manifest = pa.table(
        {"id": pa.array(range(len(urls)), pa.int64()), "path": urls, "raw": pa.nulls(len(urls), pa.binary())}
    )
    rows: list[dict[str, Any]] = Worker(Work(contents(trained), "c1")).rows(manifest, notes).to_pylist()
    return rows


def _paths(*inputs: str) -> list[str]:
    from model.cluster.listing import tables_of

    return [path for table in tables_of(inputs) for path in table["path"].to_pylist()]


def _with_paths(rows: list[dict[str, str]], before: str) -> list[dict[str, str]]:
    return [row | {"path": row["path"].removeprefix(before)} for row in rows]


def test_what_lies_in_s3_is_classified_as_the_files_are(
    run: Run, trained: Path, photos: Path, tmp_path: Path, s3: Storage
) -> None:
    """Plan, work, verify and merge: names that URLs make something else of; a picture that is cut off."""
    (photos / "[1] 50%.png").write_bytes((photos / "disc.png").read_bytes())
    (photos / "sub" / "é#2 a%20b.png").write_bytes((photos / "cross.png").read_bytes())
    (photos / "sub" / "cut.png").write_bytes((photos / "cross.png").read_bytes()[:500])
    (photos / "sub" / "notes.txt").write_text("no image")
    s3.put(photos)
    one, merged, plan = tmp_path / "one.csv", tmp_path / "merged.csv", tmp_path / "plan"
    assert run("classify", trained, photos, "--out", one, "--device", "cpu").status == 3
    assert run("cluster", "plan", trained, "s3://photos", "--out", plan).status == 0
    classify_without_ray(trained, plan)
    assert run("cluster", "run", trained, plan).status == 0
    assert run("cluster", "verify", plan).status == 0
    assert run("cluster", "merge", plan, "--out", merged).status == 0
    assert _with_paths(rows_of(merged), "s3://photos/") == _with_paths(rows_of(one), f"{photos}/")
    assert [row["status"] for row in rows_of(merged)].count("error") == 1


def test_a_folder_of_a_web_server_is_read_by_the_links_of_its_pages(
    run: Run, trained: Path, photos: Path, tmp_path: Path, web: Callable[..., str]
) -> None:
    (photos / "a b#1.png").write_bytes((photos / "disc.png").read_bytes())
    (photos / "notes.txt").write_text("no image")
    (photos / "up").mkdir()
    (photos / "up" / "index.html").write_text('<a href="../">up</a><a href="./">here</a><a href="/disc.png">x</a>')
    one, url = tmp_path / "one.csv", web(photos)
    run("classify", trained, photos, "--out", one, "--device", "cpu")
    urls = _paths(f"{url}/")
    assert [path.removeprefix(f"{url}/") for path in urls] == [
        "a%20b%231.png", "cross.png", "disc.png", "white.png", "sub/stripes.png",
    ]  # fmt: skip
    assert [row["predicted"] for row in _rows(trained, urls)] == [row["predicted"] for row in rows_of(one)]
    assert _paths(f"{url}/disc.png", f"{url}/white.png") == [f"{url}/disc.png", f"{url}/white.png"]


def test_one_object_that_is_missing_forbidden_or_cut_off_is_a_row(
    trained: Path, photos: Path, web: Callable[..., str]
) -> None:
    asked: list[str] = []

    def answer(request: SimpleHTTPRequestHandler) -> bool:
        asked.append(request.path)
        if "forbidden" in request.path:
            _error(request, 403)
        elif "cut" in request.path:
            _cut(request)
        else:
            return False
        return True

    url = web(photos, answer)
    names = ["disc.png", "none.png", "forbidden.png", "cut.png", "white.png"]
    rows = _rows(trained, [f"{url}/{name}" for name in names])
    assert [row["status"] for row in rows] == ["ok", "error", "error", "error", "unknown"]
    assert rows[1]["message"] == "there is no such object."
    assert "403" in rows[2]["message"]
    assert "not completed" in rows[3]["message"]
    # Only what may come right is asked for again; and one that was granted, whether it still is.
    assert [asked.count(f"/{name}") for name in names[1:4]] == [1, 1, 3]
    assert sorted(asked.count(f"/{name}") for name in ("disc.png", "white.png")) == [1, 2]


def test_keys_that_expire_within_a_part_are_no_rows_of_it(trained: Path, photos: Path, web: Callable[..., str]) -> None:
    from model.cluster import storage

    asked: list[str] = []

    def answer(request: SimpleHTTPRequestHandler) -> bool:
        asked.append(request.path)
        if len(asked) <= 2:
            return False
        _error(request, 403)
        return True

    url = web(photos, answer)
    with pytest.raises(storage.StorageAwayError, match="refused to every object"):
        _rows(trained, [f"{url}/{name}" for name in ("disc.png", "white.png", "cross.png", "sub/stripes.png")])


def test_an_object_that_comes_at_the_second_try_is_classified(
    trained: Path, photos: Path, web: Callable[..., str]
) -> None:
    asked: list[str] = []

    def answer(request: SimpleHTTPRequestHandler) -> bool:
        asked.append(request.path)
        if len(asked) > 1:
            return False
        _error(request, 503)
        return True

    assert [row["status"] for row in _rows(trained, [f"{web(photos, answer)}/disc.png"])] == ["ok"]


@pytest.mark.parametrize("kind", ["silent", "closed", "busy"])
def test_a_storage_that_fails_makes_no_rows(
    trained: Path, photos: Path, tmp_path: Path, web: Callable[..., str], kind: str
) -> None:
    """A server that says nothing, one that ends, one that is overloaded: the part is left to be tried later."""
    from model.cluster.storage import StorageAwayError

    served, down = [], threading.Event()

    def answer(request: SimpleHTTPRequestHandler) -> bool:
        served.append(request.path)
        if len(served) <= 2:
            return False
        if kind == "silent":
            down.wait(20)
        elif kind == "busy":
            _error(request, 503)
        request.close_connection = True
        return True

    url = web(photos, answer)
    urls = [f"{url}/{name}" for name in ("disc.png", "white.png", "cross.png", "sub/stripes.png")]
    notes = tmp_path / "part.tries"
    started = time.monotonic()
    try:
        with pytest.raises(StorageAwayError, match=r"cannot be fetched: \w"):
            _rows(trained, urls)
        if kind != "busy":
            with pytest.raises(StorageAwayError):
                _rows(trained, urls, notes)
            assert notes.read_text() == ""  # no image is to blame
        else:  # taken one by one, after the part has failed twice, the object has its row
            assert [row["status"] for row in _rows(trained, urls, notes)] == ["error"] * 4
    finally:
        down.set()
    assert time.monotonic() - started < 60
    served.clear()
    served_again = [row["status"] for row in _rows(trained, urls[:2])]
    assert served_again == ["ok", "unknown"]


def test_an_s3_server_that_says_nothing_is_given_up(
    run: Run, trained: Path, photos: Path, tmp_path: Path, web: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the seconds that a server may be silent, by the five tries that s3fs makes, and no more of ours."""
    from model.cluster import storage

    asked, down = [], threading.Event()

    def silent(request: SimpleHTTPRequestHandler) -> bool:
        asked.append(request.path)
        down.wait(20)
        return True

    monkeypatch.setattr(storage, "SILENT_SECONDS", 0.2)
    monkeypatch.setattr(storage, "LONGEST_BEFORE_ANOTHER_TRY", 0.5)
    monkeypatch.setenv("AWS_ENDPOINT_URL", web(photos, silent))
    try:
        with pytest.raises(storage.StorageAwayError, match="Read timeout"):
            _rows(trained, ["s3://photos/disc.png"])
        assert len(asked) == 5
        done = run("cluster", "plan", trained, "s3://photos", "--out", tmp_path / "plan")
        assert (done.status, "Read timeout" in one_line(done.err)) == (1, True)
    finally:
        down.set()


def test_a_package_that_a_node_lacks_ends_the_run_and_a_strange_url_is_a_row(
    trained: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from model.cluster.storage import StorageAwayError

    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(StorageAwayError, match="install gcsfs"):
        _rows(trained, ["gs://photos/disc.png"])
    strange, whole = _rows(trained, ["photo://disc.png", str(photos / "disc.png")])
    assert (strange["status"], whole["status"]) == ("error", "ok")
    assert "photo" in strange["message"]


def test_a_full_disk_here_is_not_the_object_s_fault(
    trained: Path, photos: Path, web: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fsspec.implementations.http import HTTPFileSystem

    from model.cluster.storage import StorageAwayError

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    url = web(photos)
    monkeypatch.setattr(HTTPFileSystem, "get_file", full)
    with pytest.raises(StorageAwayError, match="No space left"):
        _rows(trained, [f"{url}/disc.png", f"{url}/cross.png"])


def test_storage_that_cannot_be_listed_is_said(
    run: Run, trained: Path, tmp_path: Path, s3: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    import s3fs

    def planned(url: str) -> tuple[int, str]:
        s3fs.S3FileSystem.clear_instance_cache()
        done = run("cluster", "plan", trained, url, "--out", tmp_path / "plan")
        return done.status, one_line(done.err)

    assert planned("s3://photos") == (1, "fewshot: There is no image in s3://photos.")
    status, said = planned("foo://photos")
    assert (status, "foo" in said) == (1, True)
    status, said = planned("s3://photos/*.png")
    assert (status, "patterns are not for object storage" in said) == (2, True)
    status, said = planned("s3://photos/list.txt")
    assert (status, "read from files" in said) == (2, True)
    s3.server.stop()
    status, said = planned("s3://photos/a")
    assert (status, "Could not connect" in said) == (1, True)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    status, said = planned("s3://photos/a")
    assert (status, "Unable to locate credentials" in said) == (1, True)
    assert not (tmp_path / "plan" / "plan.json").exists()


def test_a_bucket_that_is_not_there_is_a_row_as_a_missing_file_is(
    run: Run, trained: Path, photos: Path, tmp_path: Path, s3: Storage
) -> None:
    s3.put(photos)
    plan = tmp_path / "plan"
    done = run("cluster", "plan", trained, "s3://nobody/photos", "s3://photos/none.png", "--out", plan, "--json")
    assert done.status == 0
    assert "s3://nobody/photos: there is no such file or folder" in done.err
    rows = _rows(trained, ["s3://nobody/photos", "s3://photos/none.png", "s3://photos/disc.png"])
    assert [row["message"] for row in rows] == ["there is no such object."] * 2 + [""]


def test_wrong_credentials_end_the_run_and_are_no_rows(
    run: Run,
    trained: Path,
    photos: Path,
    tmp_path: Path,
    s3: Storage,
    web: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every request is refused, as when keys have expired: nothing is written, and all goes on with new keys."""
    from model.cluster.storage import StorageAwayError

    s3.put(photos)
    planned = ["cluster", "plan", trained, "s3://photos", "--out", tmp_path / "plan"]

    def refuse(request: SimpleHTTPRequestHandler) -> bool:
        said = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
        request.send_response(403)
        request.send_header("Content-Type", "application/xml")
        request.send_header("Content-Length", str(len(said)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(said)
        return True

    urls = ["s3://photos/disc.png", "s3://photos/cross.png"]
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", web(photos, refuse))
        with pytest.raises(StorageAwayError, match="The provided token has expired"):
            _rows(trained, urls)
        done = run(*planned)
        assert done.status == 1
        assert "s3://photos: PermissionError" in one_line(done.err)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    assert run(*planned).status == 0
    assert [row["status"] for row in _rows(trained, urls)] == ["ok", "ok"]


@pytest.mark.parametrize("option", ["--out", "classifier"])
def test_results_and_classifiers_are_no_urls(run: Run, trained: Path, tmp_path: Path, option: str) -> None:
    url = "s3://photos/r.csv"
    out, classifier = (url, trained) if option == "--out" else (tmp_path / "r.csv", url)
    for words in (("classify", classifier, tmp_path, "--out", out, "--cluster"),
                  ("classify", classifier, tmp_path, "--out", out),
                  ("cluster", "plan", classifier, tmp_path, "--out", out)):  # fmt: skip
        done = run(*words)
        assert done.status == 2
        assert f"{url} is a URL" in done.err
    assert not list(Path.cwd().glob("s3:*"))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_run_on_ray_goes_on_where_its_storage_stopped(
    run: Run, trained: Path, shapes_folder: Path, tmp_path: Path, s3: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends in the midst of a run, which ends with 1 and a reason; with the server back all is done once."""
    from moto.server import ThreadedMotoServer

    photos, out = tmp_path / "photos", tmp_path / "rows.csv"
    for copy in range(8):
        shutil.copytree(shapes_folder, photos / str(copy))
    s3.put(photos)
    port = int(s3.url.rsplit(":", 1)[1])
    one = tmp_path / "one.csv"
    assert run("classify", trained, photos, "--out", one, "--device", "cpu").status == 0
    command = [sys.executable, "-m", "model", "classify", str(trained), "s3://photos", "--out", str(out), "--cluster",
               "--json"]  # fmt: skip

    def begun() -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    with begun() as driver:
        until = time.monotonic() + 200
        while len(done := list(tmp_path.glob("rows.csv.plan/output/*/*.parquet"))) < 2:
            assert driver.poll() is None, driver.communicate()
            assert time.monotonic() < until
            time.sleep(0.05)
        s3.server.stop()
        _, err = driver.communicate(timeout=300)
    assert driver.returncode == 1, err
    assert "Could not connect to the endpoint" in err.splitlines()[-1]
    assert "Traceback" not in err
    times = {file: file.stat().st_mtime_ns for file in done}
    s3.server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)  # its memory is the process's
    s3.server.start()
    with begun() as driver:
        result, err = driver.communicate(timeout=300)
    assert driver.returncode == 0, err
    assert json.loads(result.splitlines()[-1])["resumed_after"] >= 32 * len(times)
    assert _with_paths(rows_of(out), "s3://photos/") == _with_paths(rows_of(one), f"{photos}/")
