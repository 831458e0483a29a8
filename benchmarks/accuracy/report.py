"""From the figures to the report, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.accuracy.accuracy_report import accuracy_lines
from benchmarks.accuracy.episodes import Mean, Samples, mean_of, mean_over_sets
from benchmarks.accuracy.folder_report import folder_lines
from benchmarks.accuracy.sets import SETS
from benchmarks.accuracy.tables import percent as percent_of
from benchmarks.accuracy.tables import table
from benchmarks.accuracy.thorough_report import thorough_lines
from model.head.unknown import UNKNOWN_FALSE_ALARMS


@dataclass(frozen=True)
class Section:
    """A table of figures 0..1, one row for each set."""

    title: str
    text: str
    percent: bool = True


SECTIONS = {
    "region": Section(
        "The region",
        "Grid pointing: 2 x 2 mosaics of four images that are no examples, a classifier on all classes of the set, one "
        "class asked for, one cell that shows it. Percent of mosaics where a map peaks in that cell (chance, as for "
        "the centre of the image: 25); “energy inside” is the share of our map's attention in the cell (its area: "
        "25). With a frozen linear head on averaged features Grad-CAM is CAM up to the ReLU, so both peak in the same "
        "place. Scenes: one object of an eighth to three eighths of the side, which is no example, pasted on an "
        "enlarged photograph of CIFAR-10; percent where a map peaks on it, and its share of the scene, which is "
        "chance. Somewhere: all pictures, the examples too, are photographs with one thing of a quarter to half of "
        "the side somewhere, and only the class is told; “first look” is the region as it is found for whole folders. "
        "Overlap: intersection over union of our region and the thing. blood_smears: whole smears with a white cell; "
        "percent where the region for white cells has its centre in a white cell's box, and where the image's own "
        "centre lies in one.",
    ),
    "marked": Section(
        "The region where things are marked",
        "Sets with boxes of what the class is; queries that are predicted right; percent, means over episodes. Region: "
        "its centre lies in a marked box. Overlap: intersection over union. Steadiness halves the queries of each "
        "episode: hits in the steadier half, in the other, and the difference, also halved within each class.",
    ),
    "masking": Section(
        "Deletion and insertion",
        "Probability of the predicted class while cells of a 7 x 7 grid are taken from the image, those of highest "
        "attention first (deletion: lower is better), or put into a blurred or empty one (insertion: higher is "
        "better); mean over the steps, in percent.",
    ),
    "confidence": Section(
        "Calibration and estimates",
        "Percent. Calibration error: expected calibration error in ten bins over all queries. The leave-one-out "
        "estimate comes from the examples alone.",
    ),
    "groups": Section(
        "Images that belong together",
        "Percent; sets of which it is known which images show one patient or part. Examples drawn at random, so that "
        "several show the same one; all queries are of others. The leave-one-out estimate with each image left out, "
        "and with its whole group. Cases: all images of one patient or part that are no examples, two or more; "
        "accuracy image by image, and of the verdict on all of them by several rules (log loss and exponents: x 100).",
    ),
    "unknown": Section(
        "Images that belong to no bin",
        "Area under the ROC curve (x 100) of scores that tell them from the queries. Near: classes of the set that "
        "have no bin; far: images of the other sets. Then the percentages that the classifier flags: false alarms are "
        f"queries flagged, {100 * UNKNOWN_FALSE_ALARMS:.1f} being what it aims at.",
    ),
    "one bin": Section(
        "One bin",
        "Ten images of one class, and nothing else, are known; percent. First the area under the curve by which images "
        "of the set's other classes are told from new ones of this class (of tiles, solar cells, retinas, textile and "
        "fire the class without a finding; of other sets each class in turn): ours, with the constant that is best on "
        "the other sets, and as shipped; ours without regions; the largest distance of a region from its nearest "
        "neighbour among all the examples' "
        "regions, at two strides; the difference to the better of these two, paired, which is picked by the very "
        "figures it is compared with. Then what is flagged: false alarms are new images of the class. Last, where "
        "things are marked: whether the region most unlike the bin has its centre in a mark, as above.",
    ),
    "weights": Section(
        "Wrong labels",
        "One of 5 or two of 10 examples of each class carry the next class's label. Ranking: area under the curve "
        "(x 100) of the image weights putting them last; then accuracy in percent.",
    ),
    "speed": Section("Time", "Seconds to train the head, features at hand, ways x shots.", percent=False),
}


def write_report(results: Mapping[str, Any]) -> str:
    """Write what was measured, section by section."""
    settings = results["settings"]
    episodes = ", ".join(f"{concern} {count}" for concern, count in settings["episodes"].items())
    lines = [
        "# What was measured",
        "",
        f"By `python -m benchmarks.accuracy`, backbone `{settings['backbone']}`; episodes: {episodes}. "
        "The same seeds give the same episodes on every run; the figures themselves are in the JSON file beside this "
        "one.",
        *_sets(results),
    ]
    if "accuracy" in results:
        lines += accuracy_lines(results["accuracy"])
    if "thorough" in results:
        lines += thorough_lines(results["thorough"])
    if "folder" in results:
        lines += folder_lines(results["folder"])
    for name, section in SECTIONS.items():
        if name in results:
            lines += ["", f"## {section.title}", "", section.text, *_figures(results[name], section.percent)]
    return "\n".join(lines) + "\n"


def _sets(results: Mapping[str, Any]) -> list[str]:
    used = [image_set for image_set in SETS if image_set.name in results.get("accuracy", {})]
    if not used:
        return []
    return table(["set", "shows", "source", "licence"], [[s.name, s.shows, s.source, s.licence] for s in used], "---")


def _figures(figures: Mapping[str, Samples], percent: bool) -> list[str]:
    groups: dict[tuple[str, ...], dict[str, dict[str, Mean]]] = {}
    for name, row in figures.items():  # rows with other columns make a table of their own
        means = {column: mean_of(values) for column, values in row.items()}
        groups.setdefault(tuple(row), {})[name] = means
    lines = []
    for columns, rows in groups.items():
        if len(rows) > 1:
            rows["**mean**"] = {column: mean_over_sets([row[column] for row in rows.values()]) for column in columns}
        body = [[name, *(_written(row[column], percent) for column in columns)] for name, row in rows.items()]
        lines += table(["", *columns], body)
    return lines


def _written(mean: Mean, percent: bool) -> str:
    if not percent:
        return f"{mean.value:.2f}"
    return percent_of(mean) if mean.half_width else f"{100 * mean.value:.1f}"
