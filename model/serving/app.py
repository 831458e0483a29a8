"""The server's interface: requests, limits, answers. An ASGI application."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from model.errors import ImageReadError
from model.serving.description import openapi, page
from model.serving.metrics import CONTENT_TYPE, Metrics
from model.serving.work import Work

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


@dataclass(frozen=True)
class ServeLimits:
    """What one request, and all at once, may take.

    image_bytes: of one image; batch_images, batch_bytes: of one batch; seconds: from a request to its answer;
    parallel: images that are worked on at once; waiting: requests that may wait beside them; held_bytes: of the bodies
    of all requests
    """

    image_bytes: int = 32 * 2**20
    batch_images: int = 32
    batch_bytes: int = 128 * 2**20
    seconds: float = 60.0
    parallel: int = 2
    waiting: int = 100
    held_bytes: int = 2**30


class _Limited(MultiPartParser):
    """Keeps files in memory: the size of a request is limited already."""

    spool_max_size = 2**40


class Server:
    """Answers requests with one classifier; `app` is the ASGI application.

    token: what requests must bring as `Authorization: Bearer ...`; "": nothing, and only names of this machine are
    answered to, so that no page of another host reaches it under a name of its own
    """

    def __init__(self, work: Work, limits: ServeLimits, version: str, token: str = "") -> None:
        self._work, self._limits, self._version, self._token = work, limits, version, token
        self._metrics = Metrics()
        self._pool = ThreadPoolExecutor(limits.parallel, thread_name_prefix="serve")
        self._in_work, self._held = 0, 0
        self._is_ending = False
        self.app = Starlette(
            routes=[
                Route("/classify", self._answered(self._classify), methods=["POST"]),
                Route("/batch", self._answered(self._batch), methods=["POST"]),
                Route("/health", self._health),
                Route("/metrics", self._show_metrics),
                Route("/openapi.json", self._openapi),
                Route("/docs", self._docs),
            ],
            exception_handlers={HTTPException: _refuse},
        )

    def end(self) -> None:
        """Refuse what comes from now on."""
        self._is_ending = True

    def close(self) -> None:
        """Wait for what is worked on."""
        self._pool.shutdown(cancel_futures=True)

    def _answered(
        self, answer: Callable[[Request], Awaitable[dict[str, Any]]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint with the limits of number and time around `answer`."""

        async def endpoint(request: Request) -> Response:
            started = time.monotonic()
            try:
                response = await self._limited(request, answer)
            except HTTPException as refusal:
                response = await _refuse(request, refusal)
            self._metrics.count_request(request.url.path, response.status_code, time.monotonic() - started)
            return response

        return endpoint

    async def _limited(self, request: Request, answer: Callable[[Request], Awaitable[dict[str, Any]]]) -> Response:
        self._check(request)
        if self._is_ending:
            raise HTTPException(503, "The server is ending.")
        limits = self._limits
        if self._in_work >= limits.parallel + limits.waiting:
            raise HTTPException(429, "Too many requests at once. Try again in a second.", {"Retry-After": "1"})
        self._in_work += 1
        try:
            async with asyncio.timeout(limits.seconds):
                return JSONResponse(await answer(request))
        except TimeoutError:
            raise HTTPException(503, f"It took longer than {limits.seconds:g} s.") from None
        except ClientDisconnect:
            raise HTTPException(400, "The request ended before it was whole.") from None
        finally:
            self._in_work -= 1
            self._held -= getattr(request.state, "held", 0)

    def _check(self, request: Request) -> None:
        if self._token:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                raise HTTPException(401, "The token is missing or wrong.", {"WWW-Authenticate": "Bearer"})
            return
        host = request.headers.get("host", "")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        origin = request.headers.get("origin")
        if name not in _LOOPBACK or (origin is not None and origin != f"http://{host}"):
            raise HTTPException(403, "Only programs and pages of this machine are answered without a token.")

    async def _classify(self, request: Request) -> dict[str, Any]:
        ((name, data),) = await self._images(request, 1, self._limits.image_bytes)
        try:
            answer = await self._in_pool(self._work.classify, data, name, request)
        except ImageReadError as error:
            self._metrics.count_image("error")
            raise HTTPException(422, f"The image cannot be read: it {error.reason}") from error
        self._metrics.count_image(answer["status"])
        return answer

    async def _batch(self, request: Request) -> dict[str, Any]:
        limits = self._limits
        images = await self._images(request, limits.batch_images, limits.batch_bytes)
        results = []
        for name, data in images:
            results.append({"name": name, **await self._in_pool(self._work.classify_or_say_why, data, name, request)})
            self._metrics.count_image(results[-1]["status"])
        return {"results": results}

    async def _in_pool(
        self, work: Callable[..., dict[str, Any]], data: bytes, name: str, request: Request
    ) -> dict[str, Any]:
        with_map = request.query_params.get("map", "0") == "1"
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: work(data, name, with_map=with_map))

    async def _images(self, request: Request, most: int, most_bytes: int) -> list[tuple[str, bytes]]:
        """Return (name, content) of the images of a request; raises `HTTPException`."""
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            if most > 1:
                raise HTTPException(400, "Send a form (multipart/form-data) with the images as files.")
            content = b"".join([part async for part in self._at_most(request, most_bytes)])
            return [(request.query_params.get("name", ""), content)]
        parser = _Limited(
            request.headers, self._at_most(request, most_bytes + 2**16 * most), max_files=most, max_fields=16
        )
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise HTTPException(400, f"The form cannot be understood: {error.message}") from error
        files = [(one.filename or "", await one.read()) for _, one in form.multi_items() if isinstance(one, UploadFile)]
        await form.close()
        if not files:
            raise HTTPException(400, "The form holds no file.")
        if any(len(content) > self._limits.image_bytes for _, content in files):
            raise HTTPException(413, _too_large(self._limits.image_bytes))
        return files

    async def _at_most(self, request: Request, most: int) -> AsyncGenerator[bytes, None]:
        """Yield the body; raises `HTTPException` as soon as it is known to be too large, or all bodies together are."""
        promised = request.headers.get("content-length", "")
        if promised.isdecimal() and int(promised) > most:
            raise HTTPException(413, _too_large(most))
        total = 0
        async for part in request.stream():
            total += len(part)
            self._count_bytes(request, len(part))
            if total > most:
                raise HTTPException(413, _too_large(most))
            yield part

    def _count_bytes(self, request: Request, count: int) -> None:
        """Count what requests hold in memory; raises `HTTPException` where that is too much."""
        if self._held + count > self._limits.held_bytes:
            raise HTTPException(429, "Too many large requests at once. Try again in a second.", {"Retry-After": "1"})
        self._held += count
        request.state.held = getattr(request.state, "held", 0) + count

    async def _health(self, _request: Request) -> Response:
        classifier = self._work.classifier
        facts = {"status": "ok", "version": self._version, "classes": list(classifier.class_names)}
        return JSONResponse(facts | {"device": classifier.device_note}, 503 if self._is_ending else 200)

    async def _show_metrics(self, request: Request) -> Response:
        self._check(request)
        return PlainTextResponse(self._metrics.text(self._in_work), media_type=CONTENT_TYPE)

    async def _openapi(self, _request: Request) -> Response:
        return JSONResponse(openapi(self._version))

    async def _docs(self, _request: Request) -> Response:
        return HTMLResponse(page(self._version))


def _too_large(most: int) -> str:
    return f"The request is too large: {most / 2**20:g} MiB are taken at most."


async def _refuse(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HTTPException)
    return JSONResponse({"message": refusal.detail}, refusal.status_code, headers=refusal.headers)
