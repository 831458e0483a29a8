"""Counts of a server, in the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

import threading
from collections import Counter

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds


class Metrics:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._images: Counter[str] = Counter()
        self._seconds: Counter[float] = Counter()
        self._sum, self._count = 0.0, 0

    def count_request(self, path: str, status: int, seconds: float) -> None:
        """Count an answer; `path` is one of the server's own."""
        with self._lock:
            self._requests[path, status] += 1
            self._sum += seconds
            self._count += 1
            for bound in _BOUNDS:
                self._seconds[bound] += seconds <= bound

    def count_image(self, status: str) -> None:
        """Count an image by the status of its prediction."""
        with self._lock:
            self._images[status] += 1

    def text(self, in_work: int) -> str:
        """Return all counts; `in_work`: requests that are worked on or wait now."""
        with self._lock:
            lines = [
                "# HELP fewshot_requests_total Requests answered.",
                "# TYPE fewshot_requests_total counter",
                *(
                    f'fewshot_requests_total{{path="{path}",status="{status}"}} {count}'
                    for (path, status), count in sorted(self._requests.items())
                ),
                "# HELP fewshot_images_total Images classified, by status.",
                "# TYPE fewshot_images_total counter",
                *(f'fewshot_images_total{{status="{name}"}} {count}' for name, count in sorted(self._images.items())),
                "# HELP fewshot_request_seconds Time from a request to its answer.",
                "# TYPE fewshot_request_seconds histogram",
                *(f'fewshot_request_seconds_bucket{{le="{bound:g}"}} {self._seconds[bound]}' for bound in _BOUNDS),
                f'fewshot_request_seconds_bucket{{le="+Inf"}} {self._count}',
                f"fewshot_request_seconds_sum {self._sum:.6f}",
                f"fewshot_request_seconds_count {self._count}",
                "# HELP fewshot_in_work Requests that are worked on or wait.",
                "# TYPE fewshot_in_work gauge",
                f"fewshot_in_work {in_work}",
            ]
        return "\n".join(lines) + "\n"
