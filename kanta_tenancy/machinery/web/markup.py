"""Pages as trees of elements: every text is escaped when they are written, because nothing else can be."""

from xml.etree.ElementTree import Element, tostring


def tag(name: str, /, *content: "Element | str | None", **attributes: str | None) -> Element:
    """Return an element with texts and elements in it.

    Args:
        content: in order; what is None is left out.
        attributes: what is None is left out; an underscore is a hyphen, and one at the end is dropped, for `for_`.
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    element = Element(name, given)
    for item in content:
        if item is None:
            continue
        if isinstance(item, Element):
            element.append(item)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + item
        else:
            element.text = (element.text or "") + item
    return element


def written(page: Element) -> str:
    """Return a whole page as it is sent."""
    return "<!DOCTYPE html>\n" + tostring(page, encoding="unicode", method="html")
