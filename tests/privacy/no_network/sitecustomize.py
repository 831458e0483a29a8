"""Imported by Python at its start where this folder is on PYTHONPATH: refuses and notes every use of the network.

Sockets between processes of one machine (AF_UNIX, socket pairs) are no network.
"""

import os
import socket


def _refuse(name: str, *arguments: object) -> None:
    with open(os.environ["NETWORK_LOG"], "a", encoding="utf-8") as log:  # noqa: PTH123 - nothing else is imported here
        log.write(f"{name} {arguments!r}\n")
    raise OSError(f"the network is not to be used: {name}")


class _Socket(socket.socket):
    def connect(self, address: object) -> None:
        if self.family != getattr(socket, "AF_UNIX", None):
            _refuse("connect", address)
        super().connect(address)  # type: ignore[arg-type]

    def connect_ex(self, address: object) -> int:
        if self.family != getattr(socket, "AF_UNIX", None):
            _refuse("connect_ex", address)
        return super().connect_ex(address)  # type: ignore[arg-type]

    def sendto(self, *arguments: object) -> int:  # type: ignore[override]
        _refuse("sendto", *arguments[1:])
        return 0


if "NETWORK_LOG" in os.environ:
    socket.socket = _Socket  # type: ignore[misc]
    for _name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
        setattr(socket, _name, lambda *arguments, _name=_name, **_options: _refuse(_name, *arguments))
