"""Classify pictures with an exported classifier: onnx_example.py FILE.onnx PICTURE... (onnxruntime, numpy, Pillow)."""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps


def read(path: str, facts: dict[str, str]) -> np.ndarray:
    """Return RGB pixels, uint8 (H, W, 3), as the classifier is to see them."""
    picture, roi = Image.open(path), json.loads(facts["fewshot.roi"] or "null")
    if picture.mode.startswith(("I", "F")):
        raise ValueError(f"{path} has greys of more than 8 bits, which this example does not read.")
    side = most = int(facts["fewshot.picture_side"])
    if roi:
        side = int(np.ceil(side / max(roi[2:])))
    picture.draft("RGB", (side, side))  # as the program reads JPEG files
    picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, (*json.loads(facts["fewshot.ground"]), 255))
        picture = Image.alpha_composite(ground, picture)
    picture = picture.convert("RGB")
    if max(picture.size) > side:
        picture.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    if roi:
        (width, height), (x, y, w, h) = picture.size, roi
        box = round(x * width), round(y * height), round((x + w) * width), round((y + h) * height)
        picture = picture.crop(box)
        picture.thumbnail((most, most), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.array(picture.resize([max(32, length) for length in picture.size], Image.Resampling.BILINEAR))


def main(model: str, *paths: str) -> None:
    """Print the class, its probability, and the place of highest evidence of each picture."""
    session = onnxruntime.InferenceSession(model)
    facts = session.get_modelmeta().custom_metadata_map
    names, limit = json.loads(facts["fewshot.classes"]), float(facts["fewshot.unlike_limit"])
    for path in paths:
        scores, unlike, evidence = session.run(None, {"picture": read(path, facts)})
        best = int(scores.argmax())
        row, column = np.unravel_index(evidence[best].argmax(), evidence[best].shape)
        print(  # noqa: T201 - its output
            json.dumps(
                {
                    "path": path,
                    "class": names[best],
                    "probabilities": scores.tolist(),
                    "unlikeness": float(unlike),
                    "unlike_every_class": bool(unlike > limit),
                    "peak": [int(row), int(column)],
                    "grid": list(evidence[best].shape),
                }
            )
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
