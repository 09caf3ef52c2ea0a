"""Pages as newspapers lay them out, each with the paragraphs that a reader reads."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from pdf_writer import Page, width_of, wrapped, written

WALL = (
    "The council of Varn voted on Tuesday evening for the com¬plete recon¬struc¬tion of the harbour wall, which the "
    "storm of January had dam¬aged. Seven mem¬bers were in favour and two against, after a debate that lasted until "
    "mid¬night.",
    "The engi¬neer Lena Ross put the cost at 14 million crowns and said that the work would take until the autumn "
    "of next year. She warned that the old quay would not stand another winter.",
)
FERRY = (
    "The crews of the Osby ferry go back to work on Monday after nine days. Both sides agreed on a rise of four per "
    "cent, the medi¬ator Milo Sand said, and on longer pauses between two sail¬ings.",
    "The company had to cancel 212 sail¬ings, and many commut¬ers took the long road around the bay to reach their "
    "offices.",
)
SCHOOL = (
    "Nobody was hurt when the roof of the Varn school fell in on Sunday night. The fire chief blamed forty "
    "centi¬metres of wet snow, and said that the beams had been weak for years.",
    "Lessons go on in the parish hall from Wednesday, the head¬master Karl Dorn told parents, who had asked for a "
    "meeting.",
)
BOX = (
    "Facts about the quay: it was built in 1911 of granite from Osby, it is 214 metres long, and it has been mended "
    "nine times since the war.",
)


@dataclass(frozen=True)
class Layout:
    """A PDF and what it says: its paragraphs in order, and the pages that cannot be told."""

    data: bytes
    says: list[str]
    doubtful: tuple[int, ...] = ()
    title: str = "Harbour wall to be rebuilt"


def plain(*paragraphs: str) -> list[str]:
    """Return paragraphs as they are read."""
    return [paragraph.replace("¬", "") for paragraph in paragraphs]


def lines_of(paragraphs: tuple[str, ...], width: float, size: float = 10) -> list[tuple[float, str]]:
    """Return the lines of paragraphs, each with its indent."""
    found = []
    for number, paragraph in enumerate(paragraphs):
        indent = 12.0 if number else 0.0
        for place, line in enumerate(wrapped(paragraph, width - indent, size)):
            found.append((0.0 if place else indent, line))
    return found


def flowed(
    page: Page, columns: list[tuple[float, float]], lines: list[tuple[float, str]], rows: int
) -> list[Callable[[], None]]:
    """Return what draws lines into columns, each (x, y of its first line), so many a column."""
    steps: list[Callable[[], None]] = []
    for number, (indent, line) in enumerate(lines):
        x, y = columns[number // rows]
        place = (x + indent, y - 12 * (number % rows), line, 10)
        steps.append(lambda place=place: page.text(*place))  # type: ignore[misc]
    return steps


def one_column() -> Layout:
    page = Page()
    page.text(60, 780, "Harbour wall to be rebuilt", 20, "F2")
    page.text(60, 756, "By Karl Dorn", 10)
    page.column(60, 736, 470, WALL)
    return Layout(written([page]), plain(*WALL))


def columns(count: int, order: str, gutter: float = 18) -> Layout:
    """Columns drawn one after the other, row by row, from the last to the first, or in no order."""
    page = Page()
    page.text(50, 790, "Harbour wall to be rebuilt", 26, "F2")
    width = (495 - gutter * (count - 1)) / count
    lines = lines_of(WALL + FERRY, width)
    rows = -(-len(lines) // count)
    places = [(50 + number * (width + gutter), 750.0) for number in range(count)]
    steps = flowed(page, places, lines, rows)
    numbers = list(range(len(steps)))
    if order == "rows":
        numbers.sort(key=lambda number: (number % rows, number // rows))
    elif order == "backwards":
        numbers.reverse()
    elif order == "any":
        random.Random(7).shuffle(numbers)
    for number in numbers:
        steps[number]()
    return Layout(written([page]), plain(*WALL, *FERRY))


def justified() -> Layout:
    """Three narrow justified columns: wide white within the lines, little between the columns."""
    page = Page()
    page.text(50, 790, "Harbour wall to be rebuilt", 26, "F2")
    y = page.column(50, 750, 110, WALL, justified=True)
    page.column(172, 750, 110, FERRY, justified=True)
    page.column(294, 750, 110, SCHOOL, justified=True)
    assert y > 50
    return Layout(written([page]), plain(*WALL, *FERRY, *SCHOOL))


def side_by_side() -> Layout:
    page = Page()
    page.text(50, 780, "Harbour wall to be rebuilt", 18, "F2")
    page.text(310, 780, "Ferry strike ends", 16, "F2")
    left = [("F1", line) for _, line in lines_of(WALL, 230)]
    right = [("F1", line) for _, line in lines_of(FERRY, 230)]
    for number in range(max(len(left), len(right))):
        for x, lines in ((50, left), (310, right)):
            if number < len(lines):
                page.text(x, 758 - 12 * number, lines[number][1])
    return Layout(written([page]), plain(*WALL, "Ferry strike ends", *FERRY))


def stacked() -> Layout:
    """Two articles of two columns, the lower one's headline no wider than a column."""
    page = Page()
    page.text(50, 790, "Harbour wall to be rebuilt", 30, "F2")
    lines = lines_of(WALL, 230)
    half = -(-len(lines) // 2)
    for step in flowed(page, [(50, 750), (310, 750)], lines, half):
        step()
    y = 750 - 12 * half - 24
    page.text(50, y, "Ferry strike ends", 18, "F2")
    lines = lines_of(FERRY, 230)
    half = -(-len(lines) // 2)
    for step in flowed(page, [(50, y - 24), (310, y - 24)], lines, half):
        step()
    return Layout(written([page]), plain(*WALL, "Ferry strike ends", *FERRY))


def ruled() -> Layout:
    """Two articles of two columns, a line between them."""
    page = Page()
    page.text(50, 790, "Harbour wall to be rebuilt", 30, "F2")
    lines = lines_of(WALL, 230)
    half = -(-len(lines) // 2)
    for step in flowed(page, [(50, 750), (310, 750)], lines, half):
        step()
    y = 750 - 12 * half
    page.line(50, y, 545, y)
    page.text(50, y - 16, "Ferry strike ends", 12, "F2")
    lines = lines_of(FERRY, 230)
    half = -(-len(lines) // 2)
    for step in flowed(page, [(50, y - 32), (310, y - 32)], lines, half):
        step()
    return Layout(written([page]), plain(*WALL, "Ferry strike ends", *FERRY))


def intro() -> Layout:
    """A bold introduction across the columns."""
    page = Page()
    page.text(50, 790, "Harbour wall to be rebuilt", 26, "F2")
    said = (
        "The storm of January tore eleven holes into the wall. Now the council pays for a new one, and for a new quay "
        "as well, it says."
    )
    y = page.lines(50, 765, wrapped(said, 400, 11), 11, "F2")
    for step in flowed(page, [(50, y - 8), (310, y - 8)], lines_of(WALL, 230), 5):
        step()
    return Layout(written([page]), [said, *plain(*WALL)])


def boxed() -> Layout:
    """A frame in the middle of the second column."""
    page = Page()
    page.text(50, 790, "Harbour wall to be rebuilt", 26, "F2")
    lines = lines_of(WALL + FERRY, 230)
    half = len(lines) // 2
    for number, (indent, line) in enumerate(lines[:half]):
        page.text(50 + indent, 750 - 12 * number, line)
    for number, (indent, line) in enumerate(lines[half:]):
        page.text(310 + indent, 750 - 12 * number - (0 if number < 3 else 90), line)
    page.frame(306, 640, 545, 712)
    page.lines(312, 696, wrapped(BOX[0], 220, 10))
    return Layout(written([page]), plain(*WALL, *FERRY, *BOX))


def dropped_capital() -> Layout:
    page = Page()
    page.text(60, 780, "Harbour wall to be rebuilt", 20, "F2")
    lines = wrapped(plain(WALL[0])[0][1:], 200, 10)
    page.text(60, 728, "T", 30)
    first = wrapped(plain(WALL[0])[0][1:], 178, 10)[:2]
    rest = wrapped(plain(WALL[0])[0][1:].replace(" ".join(first), "", 1).strip(), 200, 10)
    for number, line in enumerate(first):
        page.text(82, 740 - 12 * number, line)
    page.lines(60, 716, rest, 10)
    assert len(lines) > 3
    return Layout(written([page]), plain(WALL[0]))


def numbered(pages: int = 4) -> Layout:
    """Heads that differ on left and right pages, numbers outside, a sentence from page to page, footnotes."""
    lines = lines_of(WALL + FERRY + SCHOOL, 400)
    each = -(-len(lines) // pages)
    drawn = []
    for number in range(pages):
        page = Page()
        left = number % 2 == 0
        page.text(60 if left else 430, 812, f"{number + 14}" if left else "THE HARBOUR POST", 8)
        page.text(430 if left else 60, 812, "Friday, 12 March 2021" if left else f"{number + 14}", 8)
        if number == 0:
            page.text(60, 780, "Harbour wall to be rebuilt", 20, "F2")
        for place, (indent, line) in enumerate(lines[number * each : (number + 1) * each]):
            page.text(60 + indent, 750 - 12 * place, line)
        page.text(60, 60, NOTES[number], 7)
        drawn.append(page)
    # each page's note stands behind the paragraph that its text ends in
    ends = (1, 2, 4, 5)
    says = plain(*WALL, *FERRY, *SCHOOL)
    for place, note in reversed(list(zip(ends, NOTES, strict=True))):
        says.insert(place + 1, note)
    return Layout(written(drawn), says)


NOTES = (
    "1 The figures are those of the harbour office.",
    "2 He spoke on the radio in February.",
    "3 Two more boats are laid up.",
    "4 See the report of last May, page 12.",
)


def footnoted() -> Layout:
    """A small raised figure in a sentence, and the note that it points to."""
    page = Page()
    page.text(60, 780, "Harbour wall to be rebuilt", 20, "F2")
    page.text(60, 750, "The wall was damaged")
    x = 60 + width_of("The wall was damaged", 10)
    page.text(x, 753.5, "1", 6)
    page.text(x + 4, 750, " in January, and covers 40 m", 10)
    x += 4 + width_of(" in January, and covers 40 m", 10)
    page.text(x, 753.5, "2", 6)
    page.text(x + 4, 750, " of ground. Work begins in May, the", 10)
    page.text(60, 738, "harbour master said on the radio.")
    page.text(60, 103.5, "1", 5)
    page.text(63, 100, "See the report of the harbour office of 3 February.", 7)
    said = (
        "The wall was damaged in January, and covers 40 m² of ground. Work begins in May, the harbour master said on "
        "the radio."
    )
    return Layout(written([page]), [said, "¹See the report of the harbour office of 3 February."])


def captioned() -> Layout:
    """A picture with its caption and a sideways credit line between the halves of a column's sentence."""
    page = Page()
    page.text(50, 790, "Harbour wall to be rebuilt", 26, "F2")
    lines = lines_of(WALL + FERRY, 230)
    half = len(lines) // 2
    for number, (indent, line) in enumerate(lines):
        low = 190 if 3 <= number < half else 0
        x = 50 if number < half else 310
        page.text(x + indent, 750 - 12 * (number % half if number < half else number - half) - low, line)
    page.picture(50, 560, 280, 705)
    page.turned(290, 570, "PHOTO: TOVE BRANDT")
    page.text(50, 548, "The wall after the storm of January, seen from Osby.", 7)
    caption = "The wall after the storm of January, seen from Osby."
    return Layout(written([page]), [*plain(WALL[0]), caption, *plain(WALL[1], *FERRY), "PHOTO: TOVE BRANDT"])


def tabled() -> Layout:
    """A table below a text: its rows are read, not its columns."""
    page = Page()
    page.text(60, 780, "Harbour wall to be rebuilt", 20, "F2")
    y = page.column(60, 750, 470, WALL) - 16
    rows = [("Year", "Ferries", "Passengers"), ("2019", "4,212", "1.2 million"), ("2020", "3,980", "0.7 million"),
            ("2021", "4,001", "0.9 million")]  # fmt: skip
    for row in rows:
        for x, cell in zip((60, 200, 340), row, strict=True):
            page.text(x, y, cell)
        y -= 14
    return Layout(written([page]), [*plain(*WALL), *("\t".join(row) for row in rows)])


def scheduled() -> Layout:
    """Days and what is on: each row is one thing, though the first column is not all figures."""
    page = Page()
    page.text(60, 780, "Harbour wall to be rebuilt", 20, "F2")
    rows = [("Mon 9:00", "Ferry to Osby, north quay"), ("Tue 10:30", "Council of Varn, town hall"),
            ("Wed 12:00", "Lessons in the parish hall"), ("Thu 20:00", "Choir, church of Osby")]  # fmt: skip
    for number, (when, what) in enumerate(rows):
        page.text(60, 750 - 14 * number, when)
        page.text(160, 750 - 14 * number, what)
    return Layout(written([page]), ["\t".join(row) for row in rows])


def watermarked() -> Layout:
    """Large words across the middle of each page, the way the text runs."""
    pages = []
    for number, article in enumerate((WALL, FERRY, SCHOOL)):
        page = Page()
        page.text(120, 420, "SAMPLE COPY", 60)
        page.text(60, 790, ("Harbour wall to be rebuilt", "Ferry strike ends", "School roof falls")[number], 20, "F2")
        page.column(60, 760, 470, article)
        pages.append(page)
    says = plain(*WALL, "Ferry strike ends", *FERRY, "School roof falls", *SCHOOL)
    return Layout(written(pages), says)


def torn() -> Layout:
    """A quotation set into the middle of two columns that run around it: their order cannot be told."""
    page = Page()
    page.text(50, 790, "Harbour wall to be rebuilt", 26, "F2")
    left, right = lines_of(WALL, 230), lines_of(FERRY, 230)
    for x, lines in ((50, left), (310, right)):
        for number, (_, line) in enumerate(lines):
            words = line.split()
            inset = 3 <= number < 6
            shown = " ".join(words[: len(words) * 2 // 3]) if inset and x == 50 else line
            shown = " ".join(words[len(words) // 3 :]) if inset and x == 310 else shown
            page.text(x + (80 if inset and x == 310 else 0), 750 - 12 * number, shown)
    for number, line in enumerate(["“Not one winter", "more will this", "wall stand!”"]):
        page.text(225, 750 - 12 * (number + 3), line, 10)
    return Layout(written([page]), [], doubtful=(1,))


def stamped() -> Layout:
    """Two columns, with a sideways licence and words across the page, on both pages."""
    pages = []
    for number in range(2):
        page = Page()
        page.text(50, 790, "Harbour wall to be rebuilt" if number == 0 else "Ferry strike ends", 26, "F2")
        for step in flowed(page, [(50, 750), (310, 750)], lines_of((WALL, FERRY)[number], 230), 5):
            step()
        page.turned(580, 100, f"Licensed to Norden Archive, copy {number}")
        page.turned(150, 300, "SAMPLE", 80, "0.7071 0.7071 -0.7071 0.7071")
        pages.append(page)
    return Layout(written(pages), plain(*WALL, "Ferry strike ends", *FERRY))


LAYOUTS: dict[str, Callable[[], Layout]] = {
    "one column": one_column,
    **{
        f"{count} columns, {order}": lambda count=count, order=order: columns(count, order)  # type: ignore[misc]
        for count in (2, 3)
        for order in ("in order", "rows", "backwards", "any")
    },
    "3 columns, little white": lambda: columns(3, "rows", gutter=10),
    "justified": justified,
    "side by side": side_by_side,
    "stacked": stacked,
    "ruled": ruled,
    "introduction": intro,
    "boxed": boxed,
    "dropped capital": dropped_capital,
    "numbered": numbered,
    "footnoted": footnoted,
    "captioned": captioned,
    "tabled": tabled,
    "scheduled": scheduled,
    "watermarked": watermarked,
    "torn": torn,
    "stamped": stamped,
}
