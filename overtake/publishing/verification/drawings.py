"""Vector drawings of nearly the same data: the same lines and words, a hair's breadth apart.

Another processor may compute another last digit. So a drawing is near another if all but
its numbers is the same, and no number by more than what an eye could see.
"""

import io
import re

import pikepdf

KINDS = (".svg", ".pdf")
_NEAR_POINTS = 0.05
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_ID = re.compile(r'\bid="([^"]+)"')
_NAMED = re.compile(r'(?<=["#])[^"#()]+(?=[")])')  # where an id may stand


def is_near(name: str, before: bytes, after: bytes) -> bool:
    """Whether no eye could tell two drawings of one kind, of which the first may be anyone's."""
    try:
        first, second = _read(name, before), _read(name, after)
    except (ValueError, RecursionError, pikepdf.PdfError):
        return False
    if _NUMBER.sub("#", first) != _NUMBER.sub("#", second):
        return False
    pairs = zip(_NUMBER.findall(first), _NUMBER.findall(second), strict=True)
    return all(a == b or abs(float(a) - float(b)) <= _NEAR_POINTS for a, b in pairs)


def _read(name: str, content: bytes) -> str:
    return _of_pdf(content) if name.endswith(".pdf") else _of_svg(content.decode("utf-8"))


def _of_svg(text: str) -> str:
    """Return an SVG whose ids are numbered: Matplotlib makes them of the numbers in a path."""
    numbered = {name: f"\0{at}" for at, name in enumerate(dict.fromkeys(_ID.findall(text)))}
    return _NAMED.sub(lambda found: numbered.get(found[0], found[0]), text)


def _of_pdf(content: bytes) -> str:
    """Return what every object of a PDF says, without the lengths and places of all of them."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return "\n".join(_of_object(each) for each in pdf.objects)


def _of_object(found: object) -> str:
    if isinstance(found, pikepdf.Stream):
        said = {key: value for key, value in found.stream_dict.items() if key != "/Length"}
        told = pikepdf.Dictionary(said).unparse(resolved=True)
        return (told + b"\n" + found.read_bytes()).decode("latin-1")
    if isinstance(found, pikepdf.Object):
        return found.unparse(resolved=True).decode("latin-1")
    return ""  # the length of a stream: nothing else is a number of its own
