"""The errors that the model raises on purpose, as one tree.

    FewShotError                 base: message is one clear line a user can act on
    ├── ImageReadError           one image cannot be read; names the file (the run goes on)
    ├── NoImagesError            a folder or list holds no image
    ├── SupportSetError          the bins cannot be trained on (one bin, an empty bin, ...)
    ├── BackboneError            unknown backbone, or its weights are missing or do not fit
    ├── DeviceError              this machine does not have the requested device
    ├── RuntimeUnavailableError  a faster runtime cannot be used; another one takes its place
    ├── CheckpointError          a classifier file is damaged, foreign, or from a newer version
    └── UsageError               the arguments of a command do not fit what they are applied to

`model.progress.Cancelled` is not among them, since cancelling is not a failure.
"""

from __future__ import annotations

from pathlib import Path

from model.messages import Message, message


class FewShotError(Exception):
    """Base of all errors whose message may be shown to the user as it is; `str` of one is a `Message` if it has one."""

    def __str__(self) -> str:
        """Return the message in English; one that can be translated stays so."""
        said = self.args[0] if len(self.args) == 1 else None
        return said if isinstance(said, Message) else super().__str__()


class ImageReadError(FewShotError):
    """An image file could not be read.

    `reason` is the message without the file's name, for tables that have a path column.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(message("{path}: {reason}", path=path, reason=reason))
        self.path = path
        self.reason = reason


class NoImagesError(FewShotError):
    """No image was found in the files and folders given."""


class SupportSetError(FewShotError):
    """The support set cannot be trained on as it is."""


class BackboneError(FewShotError):
    """The backbone is unknown or its weights cannot be loaded."""


class DeviceError(FewShotError):
    """The requested compute device is not available."""


class CheckpointError(FewShotError):
    """A saved classifier cannot be loaded."""


class RuntimeUnavailableError(FewShotError):
    """A runtime cannot be used here; the message gives the reason in a few words."""


class UsageError(FewShotError):
    """The arguments do not fit what they are applied to; the command ends with exit status 2."""
