"""A picture: text in SVG, shown by notebooks, saved under the ending that the file's name has."""
from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from flambeau.serialization.atomic import replacing

FONT = "font-family='Helvetica, Arial, sans-serif'"


class Picture:
    """What draws itself: a subclass adds `svg`, and perhaps more to `writers`."""

    def svg(self) -> str:
        """Return the picture as SVG."""
        raise NotImplementedError

    def writers(self) -> dict[str, Any]:
        """Return, for each ending of a file's name, what gives its content."""
        return {".svg": self.svg}

    def save(self, path: Any) -> None:
        """Write the picture in the format that the name's ending says. Raises ValueError for an unknown one."""
        path = os.fspath(path)
        writers = self.writers()
        ending = os.path.splitext(path)[1].lower()
        if ending not in writers:
            raise ValueError(f"cannot save a picture as {path!r}: its name is to end in {' or '.join(writers)}")
        content = writers[ending]()
        with replacing(path) as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def _repr_svg_(self) -> str:
        return self.svg()


def element(name: str, content: str = "", **attributes: Any) -> str:
    """Return one element; underscores in names of attributes stand for dashes."""
    written = "".join(f" {key.replace('_', '-')}={quoteattr(_number(value))}" for key, value in attributes.items())
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(content: str, x: float, y: float, **attributes: Any) -> str:
    return element("text", escape(content), x=x, y=y, **attributes)


def document(width: float, height: float, parts: Iterable[str]) -> str:
    """Return the whole file."""
    return (f"<svg xmlns='http://www.w3.org/2000/svg' width='{_number(width)}' height='{_number(height)}' "
            f"viewBox='0 0 {_number(width)} {_number(height)}' {FONT}>\n"
            "<rect width='100%' height='100%' fill='white'/>\n" + "\n".join(parts) + "\n</svg>\n")


def _number(value: Any) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
