"""`fewshot serve`: a real server on a free port, asked by HTTP."""

from __future__ import annotations

import base64
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from tests.model.cli_support import ROOT, Run, one_line, rows_of
from tests.model.dicom_support import PICTURE, write_dicom

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Served(NamedTuple):
    port: int
    process: subprocess.Popen[str]
    temporary: Path = Path()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()


def _start(classifier: Path, *options: str, **environment: str) -> Served:
    process = subprocess.Popen(
        [sys.executable, "-m", "model", "serve", str(classifier), "--port", "0", "--device", "cpu", *options],
        cwd=ROOT, env=os.environ | environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Serving on http://127.0.0.1:"), process.communicate()[1]
    return Served(int(line.split(":")[2].split(";")[0]), process)


@pytest.fixture(scope="module")
def served(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    temporary = tmp_path_factory.mktemp("served")
    found = _start(trained, "--megabytes", "1", TMPDIR=str(temporary))._replace(temporary=temporary)
    yield found
    found.process.send_signal(signal.SIGTERM)
    out, err = found.process.communicate(timeout=30)
    assert (found.process.returncode, err, out.strip()) == (0, "", "Ended.")


def _form(*files: tuple[str, bytes]) -> tuple[bytes, str]:
    parts = b"".join(
        f'--xyz\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n\r\n'.encode() + data + b"\r\n"
        for name, data in files
    )
    return parts + b"--xyz--\r\n", "multipart/form-data; boundary=xyz"


def test_an_image_gets_what_the_command_says_of_it(
    served: Served, run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    run("classify", trained, photos, "--out", tmp_path / "r.csv")
    rows = {Path(row["path"]).name: row for row in rows_of(tmp_path / "r.csv")}
    for name in ("disc.png", "cross.png", "white.png"):
        data, row = (photos / name).read_bytes(), rows[name]
        body, kind = _form((name, data))
        answers = [served.ask("POST", "/classify", data), served.ask("POST", "/classify", body, Content_Type=kind)]
        assert [one.status for one in answers] == [200, 200]
        found = answers[0].json
        assert answers[1].json == found
        assert (found["status"], found["class"]) == (row["status"], row["predicted"])
        assert found["confidence"] == pytest.approx(float(row["confidence"]), abs=1e-4)
        assert sum(found["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert found["region"] == [int(row[f"region_{side}"]) for side in "xywh"]
        assert (found["unlikeness"] > found["unlike_from"]) == (found["status"] == "unknown")
        assert "map_png" not in found


def test_a_map_comes_where_it_is_asked_for(served: Served, photos: Path) -> None:
    found = served.ask("POST", "/classify?map=1", (photos / "disc.png").read_bytes()).json
    layer = Image.open(io.BytesIO(base64.b64decode(found["map_png"])))
    assert (layer.size, layer.mode) == ((160, 120), "RGBA")
    x, y, width, height = found["region"]
    top, left = np.unravel_index(np.asarray(layer)[..., 3].argmax(), (120, 160))
    assert x <= left < x + width
    assert y <= top < y + height


def test_formats_of_the_decoder_process_leave_no_file(served: Served, tmp_path: Path) -> None:
    scan = write_dicom(tmp_path / "a.dcm", np.ascontiguousarray(PICTURE[..., 0]))
    answer = served.ask("POST", "/classify?name=../../a.dcm", scan.read_bytes())
    assert (answer.status, answer.json["size"]) == (200, [48, 32])
    left = list(served.temporary.glob("fewshot-serve-*/*"))
    assert len(list(served.temporary.glob("fewshot-serve-*"))) == 1
    assert left == []


def test_a_batch_answers_for_each_image(served: Served, photos: Path) -> None:
    good = (photos / "disc.png").read_bytes()
    body, kind = _form(("1.png", good), ("2.png", b"no image"), ("3.png", good))
    found = served.ask("POST", "/batch", body, Content_Type=kind).json["results"]
    assert [(one["name"], one["status"]) for one in found] == [("1.png", "ok"), ("2.png", "error"), ("3.png", "ok")]
    assert "not an image in a known format" in found[1]["message"]
    assert served.ask("POST", "/batch", good).status == 400


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "said"),
    [
        ("/classify", b"no image", {}, 422, "is not an image in a known format"),
        ("/classify", b"", {}, 422, "is empty"),
        ("/classify", bytes(2**20 + 1), {}, 413, "1 MiB are taken at most"),
        ("/classify", b"x", {"Content_Type": "multipart/form-data; boundary=y"}, 400, "form"),
        ("/classify", b"x", {"Content_Type": "multipart/form-data"}, 400, "form"),
        ("/classify", b"x", {"Host": "evil.example"}, 403, "of this machine"),
        ("/classify", b"x", {"Origin": "https://evil.example"}, 403, "of this machine"),
        ("/nothing", b"x", {}, 404, ""),
    ],
)
def test_what_is_refused_says_why(
    served: Served, path: str, body: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    answer = served.ask("POST", path, body, **headers)
    assert (answer.status, said in answer.json["message"]) == (status, True)


def test_health_metrics_and_the_description_need_no_network(served: Served, photos: Path) -> None:
    health = served.ask("GET", "/health").json
    assert health["status"] == "ok"
    assert "диск, red" in health["classes"]
    before = _metric(served, 'fewshot_images_total{status="ok"}')
    served.ask("POST", "/classify", (photos / "disc.png").read_bytes())
    assert _metric(served, 'fewshot_images_total{status="ok"}') == before + 1
    assert _metric(served, "fewshot_in_work") == 0
    described = served.ask("GET", "/openapi.json").json
    assert set(described["paths"]) == {"/classify", "/batch", "/health", "/metrics"}
    page = served.ask("GET", "/docs").body.decode()
    assert "POST /classify" in page
    assert not any(word in page for word in ("http:", "https:", "<script", "//"))


def _metric(served: Served, name: str) -> float:
    lines = served.ask("GET", "/metrics").body.decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def test_too_many_and_too_slow_requests_are_refused_and_the_others_answered(trained: Path, photos: Path) -> None:
    served = _start(trained, "--parallel", "1", "--waiting", "1", "--seconds", "2")
    data = (photos / "disc.png").read_bytes()
    try:
        with ThreadPoolExecutor(12) as clients:
            answers = list(clients.map(lambda _: served.ask("POST", "/classify", data), range(24)))
        statuses = {one.status for one in answers}
        assert statuses <= {200, 429}
        assert {200, 429} == statuses
        assert all(one.headers["retry-after"] == "1" for one in answers if one.status == 429)
        with socket.create_connection(("127.0.0.1", served.port), timeout=20) as slow:
            slow.sendall(b"POST /classify HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 100\r\n\r\nhalf")
            assert slow.recv(1000).startswith(b"HTTP/1.1 503")
        assert served.ask("POST", "/classify", data).status == 200
    finally:
        served.process.send_signal(signal.SIGINT)
        _, err = served.process.communicate(timeout=30)
    assert served.process.returncode == 130
    assert "The server has ended" in err


def test_a_token_is_asked_for(trained: Path, photos: Path, run: Run, tmp_path: Path) -> None:
    refused = run("serve", trained, "--host", "0.0.0.0")
    assert (refused.status, "give a token" in one_line(refused.err)) == (2, True)
    refused = run("serve", trained, "--token-file", tmp_path / "gone")
    assert one_line(refused.err).endswith("gone: No such file or directory.")
    (tmp_path / "token").write_text("short\n")
    refused = run("serve", trained, "--token-file", tmp_path / "token")
    assert (refused.status, "too short" in one_line(refused.err)) == (2, True)
    served = _start(trained, FEWSHOT_TOKEN="secret" * 4)
    data = (photos / "disc.png").read_bytes()
    try:
        for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "secret"}):
            answer = served.ask("POST", "/classify", data, **given)
            assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert served.ask("GET", "/metrics").status == 401
        assert served.ask("GET", "/health").status == 200
        given = {"Authorization": "Bearer " + "secret" * 4, "Host": "elsewhere.example"}
        assert served.ask("POST", "/classify", data, **given).status == 200
    finally:
        served.process.send_signal(signal.SIGTERM)
        served.process.communicate(timeout=30)


def test_a_port_that_is_taken_is_one_line(trained: Path, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", trained, "--port", taken.getsockname()[1])
    assert done.status == 1
    assert "cannot be listened on" in one_line(done.err)
