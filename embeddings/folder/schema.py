"""The tables of an archive's SQLite file, and the marks that tell the file as ours."""

APPLICATION_ID = 0x50524D4B
"""Marks an SQLite file as ours: "PRMK"."""

DRAFT = "archive.draft"
"""What a new file is called until it is whole; one that a crash left behind is replaced."""

SCHEMA_VERSION = 4

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    title TEXT NOT NULL,
    published TEXT NOT NULL,
    outlet TEXT NOT NULL,
    byline TEXT NOT NULL,
    url TEXT,
    source TEXT NOT NULL,
    version TEXT NOT NULL,
    collection TEXT NOT NULL,
    read_from TEXT NOT NULL,
    given_id TEXT NOT NULL,
    pages TEXT NOT NULL,
    language TEXT NOT NULL,
    embargo TEXT NOT NULL,
    withdrawn TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    digest TEXT NOT NULL,
    rank TEXT NOT NULL,
    link TEXT NOT NULL,
    scope TEXT NOT NULL
) STRICT;
CREATE INDEX articles_by_outlet ON articles (outlet, last_day, first_day);
CREATE INDEX articles_by_day ON articles (last_day, first_day);
CREATE INDEX articles_hidden ON articles (embargo) WHERE embargo != '' OR withdrawn != '';
CREATE TABLE withdrawals (
    key TEXT NOT NULL,
    until TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (key, until)
) STRICT, WITHOUT ROWID;
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (number),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    vector BLOB NOT NULL
) STRICT;
CREATE INDEX passages_by_article ON passages (article);
CREATE INDEX passages_by_generation ON passages (generation);
CREATE TABLE removed (number INTEGER PRIMARY KEY, generation INTEGER NOT NULL) STRICT;
CREATE INDEX removed_by_generation ON removed (generation);
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    reading TEXT NOT NULL,
    superseded_by TEXT NOT NULL
) STRICT;
CREATE TABLE families (
    article INTEGER PRIMARY KEY REFERENCES articles (number),
    family INTEGER NOT NULL,
    content TEXT NOT NULL,
    bands BLOB NOT NULL
) STRICT;
CREATE INDEX families_by_family ON families (family);
CREATE INDEX families_by_content ON families (content);
CREATE TABLE bands (
    band INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (band, article)
) STRICT, WITHOUT ROWID;
CREATE TABLE links (
    article INTEGER NOT NULL REFERENCES articles (number),
    other INTEGER NOT NULL REFERENCES articles (number),
    PRIMARY KEY (article, other)
) STRICT, WITHOUT ROWID;
CREATE TABLE other_sources (
    source TEXT PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles (number),
    id TEXT NOT NULL,
    read_from TEXT NOT NULL,
    collection TEXT NOT NULL
) STRICT;
CREATE INDEX other_sources_by_article ON other_sources (article);
CREATE INDEX other_sources_by_id ON other_sources (id);
CREATE TABLE traces (
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    likeness TEXT NOT NULL,
    PRIMARY KEY (key, id, likeness)
) STRICT, WITHOUT ROWID;
CREATE INDEX traces_by_id ON traces (id);
"""
"""Articles and passages; what the files were like that articles were read from; which articles are copies of each
other; from which other sources an article could be read; and what its versions are known by, also those that were read
before or left out.

`withdrawn` says what took an article back, "" if nothing did; the table of withdrawals says what does so with articles
that come later.

A family's number is the least number of its articles. `content` is a hash of all that an article says but its id, and
`bands` are its numbers in the table of bands, 8 bytes each. A link stands in both directions.
"""
