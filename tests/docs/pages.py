"""Reading our own documents: sections, tables, code blocks and links."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
PRODUCT = ("bot", "handlers", "jobs", "fellowship", "models")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Link:
    """Where a link points, as written: a path, perhaps empty, and an anchor, perhaps empty."""

    path: str
    anchor: str


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def blocks(path: str, language: str) -> list[str]:
    """The fenced blocks of that language, in order."""
    return [body for marked, body in _FENCE.findall(read(path)) if marked == language]


def statements(path: str) -> list[str]:
    """The SQL statements of a page, in order."""
    return [each.strip() for block in blocks(path, "sql") for each in block.split(";") if each.strip()]


def prose(path: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


def headings(path: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """The anchors that a code host gives the page's headings."""
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings(path)}


def links(path: Path) -> list[Link]:
    """The relative links of a page."""
    targets = re.findall(r"\[[^\]]+\]\(([^)\s]+)\)", prose(path))
    relative = (each for each in targets if "://" not in each)
    return [Link(*each.partition("#")[::2]) for each in relative]


def section(path: str, heading: str) -> str:
    """What stands under a heading, to the next one of any level; without a heading, what stands before the first."""
    lines = read(path).splitlines()
    start = (
        1
        if not heading
        else next(n for n, line in enumerate(lines, 1) if re.fullmatch(rf"#+ {re.escape(heading)}", line))
    )
    end = next((n for n, line in enumerate(lines[start:], start) if line.startswith("#")), len(lines))
    return "\n".join(lines[start:end])


def rows(text: str) -> list[tuple[str, ...]]:
    """The rows of every table in ``text``, without heads; cells as written."""
    found: list[tuple[str, ...]] = []
    head = True
    for line in text.splitlines():
        if not line.startswith("|"):
            head = True
            continue
        cells = tuple(cell.strip().replace("\\|", "|") for cell in _CELL.split(line.strip("|")))
        if set("".join(cells)) <= set("-: "):
            head = False
        elif not head:
            found.append(cells)
    return found


def names(text: str) -> list[str]:
    """The names in the first column of every table in ``text``, each written as code."""
    firsts = [row[0] for row in rows(text)]
    assert all(re.fullmatch(r"`[^`]+`", first) for first in firsts), firsts
    return [first.strip("`") for first in firsts]


@cache
def modules(*packages: str) -> tuple[ast.Module, ...]:
    """The syntax trees of every module of the packages, without their migrations."""
    paths = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in paths if "migrations" not in path.parts)


def nodes(*packages: str) -> Iterator[ast.AST]:
    for module in modules(*packages):
        yield from ast.walk(module)


def said(node: ast.AST) -> str | None:
    """What a string in the code says, with … for what is put in; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(said(each) or "…" for each in node.values)
    return None
