"""The command `fewshot serve`: classify images that come by HTTP."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from model.cli.arguments import add_json, positive, seconds
from model.cli.outcome import Outcome
from model.cli.registry import COMMANDS, Command
from model.cli.text import say
from model.cli.watch import until_terminated
from model.errors import FewShotError, UsageError
from model.messages import message, os_reason, translated
from model.progress import Cancelled, CancelToken

TOKEN_VARIABLE = "FEWSHOT_TOKEN"
_SHORTEST_TOKEN = 16
_ENDING_SECONDS = 10
_PACKAGES = ("starlette", "uvicorn", "python_multipart")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "classifier", type=Path, metavar="CLASSIFIER", help=message("folder saved by `train`, or a project")
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help=message("address to listen on (default: this machine alone)")
    )
    parser.add_argument("--port", type=_port, default=8017, help=message("port; 0: one that is free (default: 8017)"))
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=message(
            "file whose first line requests must bring as a bearer token (or the variable "
            "{token_variable}); needed for every address but this machine's own",
            token_variable=TOKEN_VARIABLE,
        ),
    )
    parser.add_argument("--megabytes", type=positive, default=32, help=message("largest image in MiB (default: 32)"))
    parser.add_argument("--seconds", type=seconds, default=60.0, help=message("longest request (default: 60)"))
    parser.add_argument("--parallel", type=positive, help=message("images worked on at once (default: the cores)"))
    parser.add_argument("--waiting", type=positive, default=100, help=message("requests that may wait (default: 100)"))
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda", "mps"),
        default="auto",
        help=message("where to compute (default: auto)"),
    )
    add_json(parser)


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Serve until Ctrl+C, which raises `Cancelled`, or SIGTERM, which is an ordinary end."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise FewShotError(
            message('`fewshot serve` needs {missing}: pip install "fewshot[serve]"', missing=", ".join(missing))
        )
    secret = _token(options)
    if not secret and not _is_loopback(options.host):
        raise UsageError(
            message(
                "--host {host} can be reached by others: give a token by --token-file or {token_variable}.",
                host=options.host,
                token_variable=TOKEN_VARIABLE,
            )
        )
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # what is wrong with a form is in the answer
    from importlib import metadata

    from model.checkpoint.files import load
    from model.serving.app import ServeLimits, Server
    from model.serving.work import Work

    try:
        version = metadata.version("fewshot")
    except metadata.PackageNotFoundError:
        version = "0"
    work = Work(load(options.classifier, options.device))
    work.classifier.embedder.warm_up(work.classifier.side)
    limits = ServeLimits(
        image_bytes=options.megabytes * 2**20,
        batch_bytes=4 * options.megabytes * 2**20,
        seconds=options.seconds,
        parallel=options.parallel or os.cpu_count() or 1,
        waiting=options.waiting,
    )
    server, ended = Server(work, limits, version, secret), CancelToken()
    with contextlib.closing(work), contextlib.closing(server), _listening(options.host, options.port) as listening:
        port = listening.getsockname()[1]
        with until_terminated(ended):
            say(
                message(
                    "Serving on http://{host}:{port}; /docs says how. Ctrl+C ends.",
                    host=_in_address(options.host),
                    port=port,
                )
            )
            _flush()
            asyncio.run(_serve(server, listening, token, ended))
    if token.is_cancelled:
        raise Cancelled("The server has ended.")
    say(message("Ended."))
    return Outcome({"host": options.host, "port": port}, 0)


async def _serve(server: object, listening: socket.socket, token: CancelToken, ended: CancelToken) -> None:
    import uvicorn

    from model.serving.app import Server

    class OwnSignals(uvicorn.Server):
        """Leaves signals to the command."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    assert isinstance(server, Server)
    config = uvicorn.Config(
        server.app,
        log_level="warning",
        access_log=False,  # names of files and addresses are nobody's business
        lifespan="off",
        ws="none",
        http="h11",
        loop="asyncio",
        server_header=False,
        timeout_graceful_shutdown=_ENDING_SECONDS,
    )
    serving = OwnSignals(config)
    running = asyncio.create_task(serving.serve(sockets=[listening]))
    while not running.done() and not token.is_cancelled and not ended.is_cancelled:
        await asyncio.wait([running], timeout=0.1)
    server.end()
    serving.should_exit = True
    await running


def _flush() -> None:
    import sys

    sys.stdout.flush()  # whoever started it waits for the address


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise FewShotError(
            message(
                "{host}, port {port}, cannot be listened on: {reason}.",
                host=host,
                port=port,
                reason=error.strerror or error,
            )
        ) from error
    with listening:
        yield listening


def _token(options: argparse.Namespace) -> str:
    if options.token_file is None:
        token = os.environ.get(TOKEN_VARIABLE, "")
    else:
        try:
            token = options.token_file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except (OSError, ValueError) as error:
            reason = os_reason(error) if isinstance(error, OSError) else error
            raise UsageError(
                message(
                    "The token cannot be read from {token_file}: {reason}.",
                    token_file=options.token_file,
                    reason=reason,
                )
            ) from error
    if (token or options.token_file is not None) and len(token) < _SHORTEST_TOKEN:
        raise UsageError(
            message("The token is too short: take {shortest_token} letters or more.", shortest_token=_SHORTEST_TOKEN)
        )
    return token


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _port(text: str) -> int:
    value = int(text) if text.isdecimal() else -1
    if not 0 <= value <= 65_535:
        raise argparse.ArgumentTypeError(translated(message("{text!r} is not a port from 0 to 65535", text=text)))
    return value


COMMANDS.register(
    "serve",
    Command(message("classify images that come by HTTP"), _add_arguments, _run, kept_when_interrupted="", order=25),
)
