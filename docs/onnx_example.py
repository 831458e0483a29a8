"""Classify pictures with an exported classifier: onnx_example.py FILE.onnx PICTURE... Needs onnxruntime and Pillow."""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession(sys.argv[1])
facts = session.get_modelmeta().custom_metadata_map
names, limit = json.loads(facts["fewshot.classes"]), float(facts["fewshot.unlike_limit"])
most, roi = int(facts["fewshot.picture_side"]), json.loads(facts["fewshot.roi"] or "null")


def read(path):
    """Return a picture of 8 bits a colour as the classifier is to see it: RGB, uint8 (1, 3, height, width)."""
    side = int(np.ceil(most / max(roi[2:]))) if roi else most
    picture = Image.open(path)
    picture.draft("RGB", (side, side))  # as the program reads JPEG files
    picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        ground = Image.new("RGBA", picture.size, (*json.loads(facts["fewshot.ground"]), 255))
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    picture = picture.convert("RGB")
    picture.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    if roi:
        (width, height), (x, y, w, h) = picture.size, roi
        box = round(x * width), round(y * height), round((x + w) * width), round((y + h) * height)
        picture = picture.crop(box)
        picture.thumbnail((most, most), Image.Resampling.BILINEAR, reducing_gap=2.0)
    size = [max(32, length) for length in picture.size]  # below 32 results differ from the program's
    return np.array(picture.resize(size, Image.Resampling.BILINEAR)).transpose(2, 0, 1)[None]


for path in sys.argv[2:]:
    probabilities, unlikeness, evidence = (part[0] for part in session.run(None, {"pictures": read(path)}))
    best = int(probabilities.argmax())
    row, column = np.unravel_index(evidence[best].argmax(), evidence[best].shape)  # of the map's highest evidence
    said = {"class": names[best], "probabilities": probabilities.tolist(), "unlikeness": float(unlikeness)}
    print(json.dumps(said | {"unlike_every_class": bool(unlikeness > limit), "peak": [int(row), int(column)]}))
