"""Writes a classifier as an ONNX file that runs without this program: see docs/onnx_example.py."""

from __future__ import annotations

import importlib.util
import json
import os
import tempfile
import warnings
from dataclasses import astuple
from pathlib import Path

from model.errors import FewShotError, UsageError
from model.exports.licences import licence_of
from model.exports.report_words import version_of
from model.features.sizes import PICTURE_SIDE
from model.features.view import views_named
from model.images.greys import AS_THE_FILE_SAYS
from model.messages import message, os_reason
from model.runs.image_classifier import ImageClassifier

OPSET = 18
_BUILT_IN = frozenset({"coarse", "fine", "layout", "texture", "second"})


def metadata_of(classifier: ImageClassifier, identity: str) -> dict[str, str]:
    """Return what the file says of the classifier, texts by key; lists and numbers are JSON."""
    state, rendering = classifier.classifier.state, classifier.embedder.rendering
    backbone = classifier.embedder.backbone.name.split("@", maxsplit=1)[0]  # without a file's name
    return {
        "fewshot.version": version_of("fewshot"),
        "fewshot.classifier": identity,
        "fewshot.classes": json.dumps(classifier.class_names, ensure_ascii=False),
        "fewshot.unlike_limit": repr(float(state.unknown_threshold)),
        "fewshot.picture_side": str(PICTURE_SIDE),
        "fewshot.working_side": str(state.side),
        "fewshot.ground": json.dumps(rendering.ground),
        "fewshot.greys": str(rendering.greys),
        "fewshot.roi": "" if rendering.roi is None else json.dumps(astuple(rendering.roi)),
        "fewshot.backbone": backbone,
        "fewshot.backbone_fingerprint": classifier.embedder.fingerprint,
        "fewshot.backbone_licence": licence_of(backbone) or "not known",
    }


def export_onnx(classifier: ImageClassifier, out: Path, identity: str) -> None:
    """Write `classifier` to `out`, completely or not at all.

    Raises `UsageError` where packages are missing or the classifier cannot be exported as it is, and `FewShotError`
    where the file cannot be written.
    """
    missing = [name for name in ("onnx", "onnxscript") if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(message("--onnx needs more packages. Install them with: pip install 'fewshot[onnx]'"))
    state = classifier.classifier.state
    for view in views_named(state.view_names):
        if view.name not in _BUILT_IN:
            raise UsageError(message("The view {view} cannot be exported to ONNX.", view=view.name))
    if classifier.embedder.rendering.greys != AS_THE_FILE_SAYS:
        raise UsageError(
            message(
                "The classifier has a range of greys of its own ({greys}), which cannot be exported to ONNX.",
                greys=classifier.embedder.rendering.greys,
            )
        )
    content = _content(classifier, identity)
    try:
        out = out.absolute()
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
            fresh = Path(folder) / "new"
            fresh.write_bytes(content)
            os.replace(fresh, out)
    except OSError as error:
        raise FewShotError(message("{out} cannot be written: {error}.", out=out, error=os_reason(error))) from error


def _content(classifier: ImageClassifier, identity: str) -> bytes:
    import torch
    from onnxscript import opset18, optimizer

    from model.exports.onnx_graph import ClassifierGraph

    def copysign(sizes, signs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - which ONNX lacks
        return opset18.Mul(opset18.Abs(sizes), opset18.Sign(signs))

    backbone = classifier.embedder.backbone.at_side(classifier.side)
    graph = ClassifierGraph(classifier.classifier, backbone).to("cpu").eval()
    pictures = torch.zeros(2, 3, 200, 300, dtype=torch.uint8)
    count = torch.export.Dim("pictures", min=1)
    height, width = (torch.export.Dim(name, min=32, max=PICTURE_SIDE) for name in ("height", "width"))
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph(pictures)  # fills caches of constants, which would otherwise keep the symbols of tracing
            program = torch.onnx.export(
                graph,
                (pictures,),
                dynamo=True,
                verbose=False,
                optimize=False,  # it takes constants of 1e-8 for zero, such as `quantisation.EPSILON`
                opset_version=OPSET,
                input_names=["pictures"],
                output_names=["probabilities", "unlikeness", "evidence"],
                dynamic_shapes={"pictures": {0: count, 2: height, 3: width}},
                custom_translation_table={torch.ops.aten.copysign.Tensor: copysign},
            )
    except (torch.onnx.OnnxExporterError, RuntimeError, ValueError, TypeError) as error:
        name = classifier.embedder.backbone.name
        raise UsageError(message("The backbone {name} cannot be exported to ONNX.", name=name)) from error
    assert program is not None
    optimizer.fold_constants(program.model, onnx_shape_inference=False)
    optimizer.remove_unused_nodes(program.model)
    proto = program.model_proto
    shape = proto.graph.input[0].type.tensor_type.shape.dim
    if not all(shape[axis].dim_param for axis in (0, 2, 3)):  # the exporter has fixed one, without a word
        raise UsageError(
            message("The backbone {name} cannot be exported to ONNX.", name=classifier.embedder.backbone.name)
        )
    for key, value in metadata_of(classifier, identity).items():
        proto.metadata_props.add(key=key, value=value)
    content: bytes = proto.SerializeToString()
    return content
