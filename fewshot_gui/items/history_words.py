"""What the record says, in words: of trainings, of what differs between two, of what was done to an image."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fewshot_gui.items.naming import display_name, display_text
from fewshot_gui.project import record
from fewshot_gui.project.history import NAMED, Comparison, PastTraining, Said
from fewshot_gui.project.record import Entry
from fewshot_gui.translation import tr


def when(at: str) -> str:
    """Return a time of the record, which is UTC, as local time."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return at


def short(classifier: str) -> str:
    """Return the short name of a classifier, as results tables have it."""
    return f"c{classifier[:12]}" if classifier else "–"


def estimate(past: PastTraining) -> str:
    """Return the estimate of a training with its interval."""
    if past.accuracy is None:
        return "–"
    text = f"{100 * past.accuracy:.0f} %"
    if past.interval is None:
        return text
    low, high = past.interval
    return f"{text} ({100 * low:.0f}–{100 * high:.0f} %)"


def example_count(past: PastTraining) -> str:
    """Return how many examples in how many bins."""
    return tr("{examples} in {bins} bins").format(examples=f"{len(past.examples):,}", bins=len(past.bins))


def by_whom(who: str) -> str:
    """Return the name of who did something."""
    return who or tr("nobody's name is known")


def describe_training(past: PastTraining) -> str:
    """Say in a line when, by whom and from what a classifier was trained."""
    text = tr("{name}: trained {when} by {who} with {backbone} from {examples}, estimate {estimate}")
    return text.format(
        name=short(past.classifier), when=when(past.at), who=by_whom(past.who), backbone=past.backbone or "–",
        examples=example_count(past), estimate=estimate(past),
    )  # fmt: skip


def describe_comparison(found: Comparison, paths: Mapping[str, Path], bins: Mapping[str, str]) -> str:
    """Say what differs between two trainings; `paths` are the files of examples, `bins` names by id."""
    return "\n".join(_compared(found, paths, bins))


def _compared(found: Comparison, paths: Mapping[str, Path], bins: Mapping[str, str]) -> Iterator[str]:
    first, second = found.first, found.second
    yield tr("Estimate: {first} → {second}").format(first=estimate(first), second=estimate(second))
    if first.interval is not None and second.interval is not None:
        is_apart = first.interval[1] < second.interval[0] or second.interval[1] < first.interval[0]
        yield (
            tr("The intervals lie apart.")
            if is_apart
            else tr("The intervals overlap: the examples alone do not tell which is better.")
        )
    names = {id_: name for one in (first, second) for id_, (name, _) in one.bins.items()} | dict(bins)
    for title, hashes in (
        (tr("Examples that came: {count}"), found.came),
        (tr("Examples that went: {count}"), found.gone),
        (tr("Examples in another bin: {count}"), found.moved),
    ):
        yield ""
        yield title.format(count=f"{len(hashes):,}")
        for hash_ in hashes[:NAMED]:
            before, after = first.examples.get(hash_), second.examples.get(hash_)
            places = " → ".join(f"‘{names.get(id_, '?')}’" for id_ in (before, after) if id_ is not None)
            yield f"    {display_name(paths[hash_]) if hash_ in paths else hash_[:12]}  {places}"
        if len(hashes) > NAMED:
            yield tr("    and {count} more").format(count=f"{len(hashes) - NAMED:,}")
    yield ""
    if found.changed is None:
        yield tr("Results that changed class: not known, as one of the two classified nothing.")
        return
    yield tr("Results that changed class: {count}").format(count=f"{found.changed.count:,}")
    for image in found.changed.images:
        pair = " → ".join(_class(id_, names) for id_ in (image.before, image.after))
        yield f"    {display_name(image.path)}  {pair}"
    more = found.changed.count - len(found.changed.images)
    if more:
        yield tr("    and {count} more").format(count=f"{more:,}")


def describe_said(said: Said, paths: Mapping[str, Path], bins: Mapping[str, str]) -> str:
    """Say of an image who said what, by which classifier its prediction is, and from which examples that was made."""
    return "\n".join(_said(said, paths, bins))


def _said(said: Said, paths: Mapping[str, Path], bins: Mapping[str, str]) -> Iterator[str]:
    names = dict(bins)
    if said.training is not None:
        names = {id_: name for id_, (name, _) in said.training.bins.items()} | names
    if said.classifier:
        yield tr("Predicted: {bin}").format(bin=_class(said.predicted, names))
        if said.run is not None:
            text = tr("    in the run of {when}, started by {who}")
            yield text.format(when=when(said.run.at), who=by_whom(said.run.who))
        if said.training is None:
            yield tr("    by classifier {name}, whose training is not in the record").format(
                name=short(said.classifier)
            )
        else:
            yield tr("    by classifier {what}").format(what=describe_training(said.training))
            yield tr("    SHA-256 {hash}").format(hash=said.classifier)
            for _, (name, hashes) in said.training.bins.items():
                shown = [display_name(paths[one]) if one in paths else one[:12] for one in hashes[:NAMED]]
                yield f"    ‘{name}’: {', '.join(shown)}{' …' if len(hashes) > NAMED else ''}"
    else:
        yield tr("No prediction whose classifier is known.")
    yield ""
    yield tr("What people did:")
    for entry in said.entries:
        yield f"    {entry.number}  {when(entry.at)}  {by_whom(entry.who)}  {describe_entry(entry, said.path, names)}"
    if not said.entries:
        yield tr("    nothing that is in the record")
    if said.as_example:
        yield ""
        yield tr("An example in these trainings:")
        for past, name in said.as_example[-NAMED:]:
            yield f"    {when(past.at)}  {by_whom(past.who)}  ‘{name}’  {short(past.classifier)}"


def describe_entry(entry: Entry, path: Path, names: Mapping[str, str]) -> str:
    """Say what an entry did to an image."""
    if entry.kind == record.FOUND:
        return tr("found in another place")
    known = {**entry.what.get("bins", {}), **names}
    said = "; ".join(_done(entry.what.get("changes", ()), os.fspath(path), known))
    name = display_text(str(entry.what.get("name", "")))
    done = f"{name}: {said}" if said else name
    if entry.kind == record.UNDO:
        return tr("undone: {done}").format(done=done)
    return tr("done again: {done}").format(done=done) if entry.kind == record.REDO else done


def _done(changes: list[dict[str, Any]], path: str, names: Mapping[str, str]) -> Iterator[str]:
    for change in changes:
        if any(place == path for _, place in change.get("placements", ())):
            template = tr("out of {bin}") if change["step"] == "remove examples" else tr("into {bin}")
            yield template.format(bin=_class(change.get("bin_id"), names))
        if change["step"] == "set labels":
            before = {one["reader"]: one for where, labels in change["old"] if where == path for one in labels}
            after = {one["reader"]: one for where, labels in change["new"] if where == path for one in labels}
            for reader in dict.fromkeys((*before, *after)):
                old, new = before.get(reader), after.get(reader)
                if old != new:
                    yield f"{reader}: {_label(old, names)} → {_label(new, names)}"


def _label(label: Mapping[str, Any] | None, names: Mapping[str, str]) -> str:
    if label is None:
        return tr("no label")
    if label["source"] == "open":
        return tr("to look at once more")
    return tr("none of these") if label["bin_id"] is None else _class(label["bin_id"], names)


def _class(bin_id: str | None, names: Mapping[str, str]) -> str:
    return tr("unlike every bin") if bin_id is None else f"‘{names.get(bin_id, '?')}’"
