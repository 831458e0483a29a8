"""`fewshot serve` under load: 50 clients at once for two minutes; errors, times, rate, and memory from start to end.

    python -m benchmarks.serve [--clients 50] [--seconds 120]

Each request is another image (720 x 540 pixels, JPEG), so that nothing is found again. The rate of one process is that
of `fewshot classify --no-cache` on the same kind of images, on the same machine, before the server starts.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from PIL import Image

from model.resource_files import resource

_ALONE = 256  # images of the run by one process
_WARM = 10.0  # seconds after which memory is first looked at


def _pictures(count: int) -> list[bytes]:
    """Return JPEG files that differ in a pixel from one another."""
    sources = [Image.open(path).convert("RGB").resize((720, 540)) for path in _sources()]
    made = []
    for number in range(count):
        picture = sources[number % len(sources)].copy()
        picture.putpixel((number % 720, number // 720), (255, 255, 255))
        content = io.BytesIO()
        picture.save(content, "jpeg", quality=90)
        made.append(content.getvalue())
    return made


def _sources() -> list[Path]:
    return sorted(resource("example/to_classify").glob("sky_*.jpg"))


def _memory(process: int) -> float:
    """Return the resident memory of a process in MiB (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _alone(classifier: Path, folder: Path, pictures: list[bytes]) -> float:
    """Return the images that one process classifies in a second, its start left out."""
    images = folder / "images"
    images.mkdir()
    for number, content in enumerate(pictures[:_ALONE]):
        (images / f"{number}.jpg").write_bytes(content)
    from model.checkpoint.files import load
    from model.runs.classify import classify

    loaded = load(classifier, "cpu")
    paths = sorted(images.iterdir())
    list(classify(loaded, paths[:8]))
    started = time.perf_counter()
    list(classify(loaded, paths[8:]))
    return (len(paths) - 8) / (time.perf_counter() - started)


class _Client(threading.Thread):
    def __init__(self, port: int, pictures: list[bytes], first: int, until: float) -> None:
        super().__init__()
        self._port, self._pictures, self._first, self._until = port, pictures, first, until
        self.seconds: list[float] = []
        self.errors: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        number = self._first
        while time.monotonic() < self._until:
            started = time.perf_counter()
            try:
                connection.request("POST", "/classify", self._pictures[number % len(self._pictures)])
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200 or json.loads(body)["status"] not in ("ok", "unknown"):
                    self.errors.append(f"{answer.status} {body[:100]!r}")
            except (OSError, http.client.HTTPException) as error:
                self.errors.append(repr(error))
                connection.close()
            self.seconds.append(time.perf_counter() - started)
            number += 1
        connection.close()


def main() -> None:
    """Measure and print one line of each figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args()
    os.environ["FEWSHOT_CACHE"] = "off"
    with tempfile.TemporaryDirectory() as name:
        folder, pictures = Path(name), _pictures(2000)
        classifier = folder / "classifier"
        train = ["train", str(resource("example/examples")), "--out", str(classifier), "--device", "cpu"]
        subprocess.run([sys.executable, "-m", "model", *train], check=True, stdout=subprocess.DEVNULL)
        alone = _alone(classifier, folder, pictures)
        serve = [sys.executable, "-m", "model", "serve", str(classifier), "--port", "0", "--device", "cpu"]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            port = int(server.stdout.readline().split(":")[2].split(";")[0])
            until = time.monotonic() + options.seconds
            clients = [_Client(port, pictures, 40 * number, until) for number in range(options.clients)]
            for client in clients:
                client.start()
            time.sleep(_WARM)
            memory = [_memory(server.pid)]
            while time.monotonic() < until:
                time.sleep(5)
                memory.append(_memory(server.pid))
            for client in clients:
                client.join()
            server.terminate()
    seconds = sorted(value for client in clients for value in client.seconds)
    errors = [error for client in clients for error in client.errors]
    print(f"one process: {alone:.1f} images/s")
    print(f"served: {len(seconds)} requests, {len(seconds) / options.seconds:.1f}/s, errors {len(errors)} {errors[:3]}")
    half, nearly_all = seconds[len(seconds) // 2], seconds[int(0.99 * len(seconds))]
    print(f"p50 {half:.2f} s, p99 {nearly_all:.2f} s, most {seconds[-1]:.2f} s")
    print(f"memory MiB after {_WARM:g} s {memory[0]:.0f}, most {max(memory):.0f}, end {memory[-1]:.0f}")


if __name__ == "__main__":
    main()
