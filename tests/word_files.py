"""Word's files, made of as little as they need."""

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{RELATIONS}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:basedOn w:val="Standard"/>'
    "<w:rPr><w:b/></w:rPr></w:style>"
    '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Desk"><w:name w:val="Desk"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="DeskNote"><w:name w:val="Desk note"/><w:basedOn w:val="Desk"/></w:style>'
)


def run(text: str, *marks: str) -> str:
    """Return letters; `marks` are names of elements, or elements, that say how they are set."""
    set_so = "".join(mark if mark.startswith("<") else f"<w:{mark}/>" for mark in marks)
    return f'<w:r><w:rPr>{set_so}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, style: str = "", mark: str = "") -> str:
    """Return a paragraph of texts and elements; `mark` is how its end is set."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    words = "".join(each if each.startswith("<") else run(each) for each in runs)
    return f"<w:p><w:pPr>{named}<w:rPr>{mark}</w:rPr></w:pPr>{words}</w:p>"


def title(text: str) -> str:
    """Return a paragraph in the style for titles."""
    return paragraph(text, style="Titel")


def table(*rows: tuple[str, ...]) -> str:
    """Return a table of cells, each a text or paragraphs."""
    cells = (
        ("".join(f"<w:tc>{each if each.startswith('<') else paragraph(each)}</w:tc>" for each in row)) for row in rows
    )
    return f"<w:tbl>{''.join(f'<w:tr>{each}</w:tr>' for each in cells)}</w:tbl>"


def related(kind: str, target: str) -> str:
    """Return the relation to another part."""
    return f'<Relationship Id="{target}" Type="{RELATIONS}/{kind}" Target="{target}"/>'


def properties(name: str, author: str) -> str:
    """Return the part that states a title and an author."""
    return (
        '<p:coreProperties xmlns:p="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{name}</dc:title><dc:creator>{author}</dc:creator>'
        "</p:coreProperties>"
    )


def docx(
    body: str,
    *,
    main: str = "word/document.xml",
    head: str = "",
    relations: str = "",
    parts: Mapping[str, str] | None = None,
    spaces: str = SPACES,
) -> bytes:
    """Return a .docx with this body, what stands before it in its part, and other parts."""
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    folder, _, name = main.rpartition("/")
    data = io.BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("_rels/.rels", f"<Relationships {package}>{related('officeDocument', main)}</Relationships>")
        styles = f"{related('styles', '/word/styles.xml')}{relations}"
        packed.writestr(f"{folder}/_rels/{name}.rels", f"<Relationships {package}>{styles}</Relationships>")
        packed.writestr(main, f"{head}<w:document {spaces}><w:body>{body}</w:body></w:document>")
        packed.writestr("word/styles.xml", f"<w:styles {spaces}>{STYLES}</w:styles>")
        for part, content in (parts or {}).items():
            packed.writestr(part, content)
    return data.getvalue()
