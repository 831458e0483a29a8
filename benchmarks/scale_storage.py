"""What fetching images from S3 costs a worker: `python -m benchmarks.scale_storage CLASSIFIER [--images 160]`.

One worker, in this process, takes the same images from files and from a server of S3 on this machine (moto, in a
process of its own), in turn and each time anew. Processor time is this process's; images/s are those of a network
without delay. Needs the extras `cluster` and `storage-tests`.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import statistics
import tempfile
import time
from multiprocessing.queues import Queue
from pathlib import Path

import pyarrow as pa
from PIL import Image

from benchmarks.serve import _sources
from model.checkpoint.files import contents
from model.cluster.worker import Work, Worker

_FIRST = 32
"""Images before the clock starts: connections and compiled graphs are made then."""


def _serve(told: Queue[str], folder: Path) -> None:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").disabled = True
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    import boto3

    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}")
    client.create_bucket(Bucket="photos")
    for file in folder.iterdir():
        client.upload_file(str(file), "photos", file.name)
    told.put(f"http://{host}:{port}")
    while True:
        time.sleep(60)


def _manifest(names: list[str]) -> pa.Table:
    ids = pa.array(range(len(names)), pa.int64())
    return pa.table({"id": ids, "path": names, "raw": pa.nulls(len(names), pa.binary())})


def main(classifier: Path, count: int, rounds: int) -> None:
    """Print the figures."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1",
        "FEWSHOT_CACHE": "off",
    }  # fmt: skip
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sources = [Image.open(path).convert("RGB") for path in _sources()]
        for number in range(_FIRST + count):
            picture = sources[number % len(sources)].copy()
            picture.putpixel((number % picture.width, 0), (255, 255, 255))
            picture.save(folder / f"{number:06}.jpg", quality=90)
        told: Queue[str] = spawn.Queue()
        server = spawn.Process(target=_serve, args=(told, folder), daemon=True)
        server.start()
        os.environ["AWS_ENDPOINT_URL"] = told.get(timeout=120)
        files = sorted(folder.iterdir())
        arms = {"files": [str(file) for file in files], "s3": [f"s3://photos/{file.name}" for file in files]}
        used: dict[str, list[float]] = {name: [] for name in arms}
        for number in range(rounds):
            for name, names in arms.items():
                worker = Worker(Work(contents(classifier), "c0"))  # which knows none of them
                worker.rows(_manifest(names[:_FIRST]))
                started, before = time.monotonic(), time.process_time()
                rows = worker.rows(_manifest(names[_FIRST:]))
                used[name].append(1000 * (time.process_time() - before) / count)
                assert "error" not in rows["status"].to_pylist()
                rate = count / (time.monotonic() - started)
                print(f"round {number + 1}, {name}: {used[name][-1]:.1f} ms of a core an image, {rate:.0f} images/s")
        server.kill()
    ratios = [s3 / file for s3, file in zip(used["s3"], used["files"], strict=True)]
    print(f"s3 / files, processor time: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("classifier", type=Path)
    parser.add_argument("--images", type=int, default=160)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    main(options.classifier.resolve(), options.images, options.rounds)
