"""One XMP packet: our entries put into it and taken out of it, everything else kept.

XMP is RDF in XML: ISO 16684-1; `dc:subject` and `lr:hierarchicalSubject` are bags of keywords.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from model.messages import message

OURS = "https://fewshot.invalid/ns/xmp/1.0/"
"""Our namespace: a name, not an address (.invalid belongs to nobody, RFC 2606)."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC, _LR = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/lightroom/1.0/"
SUBJECT, HIERARCHY = f"{{{_DC}}}subject", f"{{{_LR}}}hierarchicalSubject"
ROOT_KEYWORD = "Fewshot"

_BAGS = {SUBJECT: f"{{{OURS}}}Keywords", HIERARCHY: f"{{{OURS}}}Hierarchy"}
_PREFIXES = {"dc": _DC, "lr": _LR, "fewshot": OURS}
_ABOUT, _BAG, _LI, _DESCRIPTION = f"{{{RDF}}}about", f"{{{RDF}}}Bag", f"{{{RDF}}}li", f"{{{RDF}}}Description"
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOM = b"\xef\xbb\xbf"
_EMPTY = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"/></x:xmpmeta>
<?xpacket end="w"?>""".encode()


class PacketError(ValueError):
    """A packet that cannot be changed; the message says why, without the file's name."""


@dataclass(frozen=True)
class Entry:
    """What is said of one image: values by the names of our properties; keyword: its class, "" for none."""

    keyword: str
    values: dict[str, str]


def merged(packet: bytes | None, entries: Iterable[Entry]) -> bytes:
    """Return a packet with our entries in place of those it has; None: a new one. Raises `PacketError`."""
    tree = _parsed(_EMPTY if packet is None else packet)
    rdf = _rdf(tree)
    _take_out(rdf)
    entries = list(entries)
    about = next((one.get(_ABOUT) for one in rdf.iterchildren(_DESCRIPTION) if one.get(_ABOUT) is not None), "")
    ours = etree.SubElement(rdf, _DESCRIPTION, {_ABOUT: about}, nsmap=_PREFIXES)
    keywords = list(dict.fromkeys(_text(one.keyword) for one in entries if one.keyword))
    paths = [f"{ROOT_KEYWORD}|{keyword.replace('|', '/')}" for keyword in keywords]
    for name, wanted in ((SUBJECT, keywords), (HIERARCHY, paths)):
        added = _add(rdf, ours, name, wanted)
        if added:
            _fill(etree.SubElement(etree.SubElement(ours, _BAGS[name]), _BAG), added)
    results = etree.SubElement(etree.SubElement(ours, f"{{{OURS}}}Results"), f"{{{RDF}}}Seq")
    for one in entries:
        result = etree.SubElement(results, _LI, {f"{{{RDF}}}parseType": "Resource"})
        for name, value in one.values.items():
            etree.SubElement(result, f"{{{OURS}}}{name}").text = _text(value)
    return _bytes(tree, _EMPTY if packet is None else packet)


def without_ours(packet: bytes) -> bytes | None:
    """Return a packet without our entries, None where nothing but them was in it. Raises `PacketError`."""
    tree = _parsed(packet)
    rdf = _rdf(tree)
    if not _take_out(rdf):
        return packet
    return _bytes(tree, packet) if _says_something(rdf) else None


def _parsed(packet: bytes) -> Any:  # noqa: ANN401 - lxml has no types
    """Return the tree. No document type is taken, so that there are no entities, and nothing outside is read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.ElementTree(etree.fromstring(packet, parser))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PacketError(message("is no XMP that can be read ({error})", error=error)) from error
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise PacketError(message("has a document type, which XMP has not; it may not be safe to read"))
    return tree


def _rdf(tree: Any) -> Any:  # noqa: ANN401
    found = next(tree.iter(f"{{{RDF}}}RDF"), None)
    if found is None:
        raise PacketError(message("is XML, but no XMP"))
    return found


def _bytes(tree: Any, before: bytes) -> bytes:  # noqa: ANN401
    declared = before.removeprefix(_BOM).startswith(b"<?xml")
    made: bytes = etree.tostring(tree, encoding="UTF-8", xml_declaration=declared)
    return _BOM + made if before.startswith(_BOM) else made


def _properties(rdf: Any, name: str) -> Iterator[Any]:  # noqa: ANN401
    for description in rdf.iterchildren(_DESCRIPTION):
        if name in description.attrib:
            raise PacketError(message("has keywords in a form that is none of XMP's lists"))
        yield from description.iterchildren(name)


def _add(rdf: Any, ours: Any, name: str, wanted: list[str]) -> list[str]:  # noqa: ANN401
    """Add keywords to a list, and return those that were not there yet."""
    if not wanted:
        return []
    there = next(_properties(rdf, name), None)
    if there is None:
        there = etree.SubElement(ours, name)
    container = next(there.iterchildren("{*}*"), None)
    if container is None:
        if (there.text or "").strip():
            raise PacketError(message("has keywords in a form that is none of XMP's lists"))
        container = etree.SubElement(there, _BAG)
    elif container.tag not in {_BAG, f"{{{RDF}}}Seq", f"{{{RDF}}}Alt"}:
        raise PacketError(message("has keywords in a form that is none of XMP's lists"))
    has = {one.text for one in container.iterchildren(_LI)}
    added = [one for one in wanted if one not in has]
    _fill(container, added)
    return added


def _fill(container: Any, texts: list[str]) -> None:  # noqa: ANN401
    for text in texts:
        etree.SubElement(container, _LI).text = text


def _take_out(rdf: Any) -> bool:  # noqa: ANN401
    """Remove our properties, and the keywords that they say we added. Returns whether there were any."""
    for name, listed in _BAGS.items():
        added = [one.text for bag in _properties(rdf, listed) for one in bag.iter(_LI)]
        for there in list(_properties(rdf, name)) if added else ():
            for one in [one for one in there.iter(_LI) if one.text in added]:
                _remove(one)
            if next(there.iter(_LI), None) is None:
                _remove(there)
    found = False
    for description in list(rdf.iterchildren(_DESCRIPTION)):
        ours = list(description.iterchildren(f"{{{OURS}}}*"))
        names = [name for name in description.attrib if name.startswith(f"{{{OURS}}}")]
        for one in ours:
            _remove(one)
        for name in names:
            del description.attrib[name]
        if ours or names:
            found = True
            if not len(description) and set(description.attrib) <= {_ABOUT}:
                _remove(description)
    return found


def _remove(element: Any) -> None:  # noqa: ANN401
    """Remove an element, but not the text behind it, which lxml keeps with it."""
    parent, before = element.getparent(), element.getprevious()
    tail = element.tail or ""
    if tail.strip():
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
    parent.remove(element)


def _says_something(rdf: Any) -> bool:  # noqa: ANN401
    return any(len(one) or set(one.attrib) - {_ABOUT} for one in rdf.iterchildren("{*}*"))


def _text(value: str) -> str:
    """Return a text as XML can hold it."""
    return _NOT_XML.sub("\ufffd", value)
