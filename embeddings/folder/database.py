"""The archive's only truth: articles, passages, vectors and copies in one SQLite file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple

from embeddings.dates import day_number, earliest
from embeddings.folder import near_duplicates, other_sources, traces, withdrawn
from embeddings.folder.database_file import DatabaseFile
from embeddings.folder.snapshot import ARTICLE, read_article, where
from embeddings.identity import Identity, link_of, rank_of, scope_of
from embeddings.records import (
    Copies,
    FileRecord,
    ListedArticle,
    Origin,
    OtherSource,
    Prepared,
    SourceChanges,
    Trace,
)
from embeddings.sources import paths_of
from embeddings.types import Article, Filter
from embeddings.withdrawals import Withdrawal, now


class Database(DatabaseFile):
    """What an archive's SQLite file holds. Many threads may ask it; what they write comes one after the other."""

    def outlets(self) -> list[str]:
        """Return the outlets' names, sorted, without the unknown one."""
        rows = self.connection.rows("SELECT DISTINCT outlet FROM articles WHERE outlet != '' ORDER BY outlet")
        return [outlet for (outlet,) in rows]

    def article(self, article_id: str) -> Article:
        """Return one article.

        Raises:
            KeyError: if there is none with this id that may be shown now.
            DamagedError: if it is not what was stored.
        """
        if withdrawn.is_hidden(self.connection, article_id):
            raise KeyError(article_id)
        return read_article(self.connection, "id", article_id)

    def articles(self) -> Iterator[Article]:
        """Yield every article that may be shown now, in the order of ids."""
        for row in self.connection.rows(f"SELECT {ARTICLE} FROM articles WHERE {withdrawn.SHOWN} ORDER BY id", [now()]):
            yield Article(*row)

    def kept(self) -> Iterator[Article]:
        """Yield every article that no newsroom took back, also before its embargo ends, in the order of ids."""
        for row in self.connection.rows(f"SELECT {ARTICLE} FROM articles WHERE withdrawn = '' ORDER BY id"):
            yield Article(*row)

    def entries(self, only: Filter, before: str = "") -> Iterator[ListedArticle]:
        """Yield what a filter lets through, by date, the undated first, without the texts.

        `before`: only articles that were certainly published before this date, ISO in any precision; "" for all.
        """
        condition, values = where(only)
        if before:
            condition = f"{condition} AND" if condition else "WHERE"
            condition += " last_day < ? AND first_day <= last_day"  # an undated one ends before it begins
            values.append(day_number(earliest(before)))
        others: dict[str, list[str]] = {}
        for other in self.other_sources():
            others.setdefault(other.article, []).append(other.source)
        sizes = near_duplicates.family_sizes(self.connection)
        joined = "articles JOIN families ON article = number"
        query = f"SELECT id, title, published, outlet, byline, url, source, family, withdrawn, embargo FROM {joined}"
        moment = now()
        for row in self.connection.rows(f"{query} {condition} ORDER BY last_day, id", values):
            *fields, family, by, embargo = row
            known = (fields[-1], *others.get(fields[0], ()))
            hidden = (by, embargo if embargo > moment else "")
            yield ListedArticle(*[*fields, family, sizes.get(family, 1) - 1, known, *hidden])

    def outlet_counts(self) -> dict[str, int]:
        """Return how many articles each outlet has, the most first; "" is the unknown one."""
        query = "SELECT outlet, count(*) FROM articles GROUP BY outlet ORDER BY count(*) DESC, outlet"
        return dict(self.connection.rows(query))

    def language_counts(self) -> dict[str, int]:
        """Return how many articles are in each language, by its code, the most first; "" is the unknown one."""
        query = "SELECT language, count(*) FROM articles GROUP BY language ORDER BY count(*) DESC, language"
        return dict(self.connection.rows(query))

    def dates(self) -> dict[str, int]:
        """Return how many articles there are of each date, in the precision they have; "" is the unknown one."""
        return dict(self.connection.rows("SELECT published, count(*) FROM articles GROUP BY published"))

    def origins(self, ids: Sequence[str]) -> dict[str, Origin]:
        """Return where those of the articles were read that are stored."""
        marks = ",".join("?" * len(ids))
        columns = "id, source, digest, rank, link, scope, collection"
        rows = self.connection.rows(f"SELECT {columns} FROM articles WHERE id IN ({marks})", ids)
        return {article_id: Origin(*fields) for article_id, *fields in rows}

    def traces(self, keys: Sequence[str]) -> list[Trace]:
        """Return which articles have versions that are known by one of these keys."""
        return traces.known_by(self.connection, keys)

    def sources(self) -> dict[str, str]:
        """Return where every article was read, by id."""
        return dict(self.connection.rows("SELECT id, source FROM articles"))

    def ids_in_collection(self, name: str) -> set[str]:
        """Return the ids of the articles that came with a collection, at their own sources."""
        return {
            article_id
            for (article_id,) in self.connection.rows("SELECT id FROM articles WHERE collection = ?", (name,))
        }

    def hidden_count(self) -> int:
        """Return how many articles may not be shown now."""
        return withdrawn.hidden_count(self.connection)

    def hidden_counts(self) -> tuple[int, int]:
        """Return how many articles were taken back, and of how many others the embargo has not ended."""
        return withdrawn.hidden_counts(self.connection)

    def withdraw(self, withdrawals: Sequence[Withdrawal]) -> int:
        """Hide what withdrawals mean, now and later, in one transaction; return how many articles were hidden."""
        with self.transaction():
            found = withdrawn.take_back(self.connection, withdrawals)
            if found:
                with self.new_generation():
                    return len(found)
        return 0

    def copy_counts(self) -> Copies:
        """Return how many articles have copies, and in how many families."""
        return near_duplicates.copies(self.connection)

    def ids_with(self, content: str) -> list[str]:
        """Return the ids of the articles that say the same but for the id, sorted: see `content_of`."""
        return near_duplicates.ids_with(self.connection, content)

    def other_sources(self, article_id: str | None = None) -> list[OtherSource]:
        """Return the places that articles were met at beside their sources, of one or of all, in order of sources."""
        if article_id is None:
            return other_sources.every(self.connection)
        return other_sources.of(self.connection, article_id)

    def places_with(self, ids: Sequence[str]) -> list[OtherSource]:
        """Return the places at which articles are met under one of these ids, and stored under another."""
        return other_sources.with_ids(self.connection, ids)

    def store(self, articles: Sequence[Prepared]) -> None:
        """Add articles, or put them in the place of those with their ids, in one transaction and one new generation.

        They are linked with their copies in the same one.
        """
        with self.transaction(), self.new_generation() as generation:
            near_duplicates.unlink(self.connection, self._numbers([prepared.article.id for prepared in articles]))
            for prepared in articles:
                number = self._put_article(prepared, generation)
                self.connection.run_many(
                    'INSERT INTO passages (article, start, "end", generation, vector) VALUES (?, ?, ?, ?, ?)',
                    [
                        (number, passage.start, passage.end, generation, vector.tobytes())
                        for passage, vector in zip(prepared.passages, prepared.vectors, strict=True)
                    ],
                )
                near_duplicates.link(self.connection, number, prepared.article.text, prepared.content)
                traces.note(self.connection, Identity(prepared.article).traces(prepared.article.id))

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles with their passages, in one transaction and one new generation.

        The files they were read from, at any place, are forgotten, too: as long as they are there, they are read again.

        Raises:
            KeyError: if there is no article with one of these ids; nothing is removed then.
        """
        with self.transaction():
            traces.forget(self.connection, ids)
            self._remove(ids)

    def _remove(self, ids: Sequence[str]) -> None:
        """Remove articles and what was known of their files; what their versions are known by stays."""
        with self.new_generation() as generation:
            numbers = self._numbers(ids)
            near_duplicates.unlink(self.connection, numbers)
            for article_id in ids:
                row = self.connection.first("SELECT number, source FROM articles WHERE id = ?", article_id)
                if row is None:
                    raise KeyError(article_id)
                number, source = row
                others = other_sources.of(self.connection, article_id)
                sources = {source, *(other.source for other in others)}
                self._remove_passages(number, generation)
                other_sources.drop(self.connection, sources)
                self.connection.run("DELETE FROM articles WHERE number = ?", number)
                self.forget_files({path for each in sources for path in paths_of(each)})

    def rearrange(self, changes: SourceChanges) -> None:
        """Hand articles over to other places of theirs, and remove those that are others' copies or versions now."""
        traces.join(self.connection, changes.joined)
        if changes.handed:
            with self.transaction(), self.new_generation():
                for article_id, to in changes.handed.items():
                    other_sources.hand_over(self.connection, article_id, to)
        if changes.merged:
            with self.transaction():
                self._remove(changes.merged)

    def note_sources(self, changes: SourceChanges) -> None:
        """Remember where articles are read now, at which other places they were met, and that they were so later."""
        other_sources.move(self.connection, changes.moved.values())
        other_sources.note(self.connection, changes.noted)
        other_sources.drop(self.connection, changes.dropped)
        traces.note(self.connection, changes.traces)
        rows = [(later.rank, later.id, later.rank) for later in changes.later]
        self.connection.run_many("UPDATE articles SET rank = ? WHERE id = ? AND rank < ?", rows)

    def file_records(self) -> dict[str, FileRecord]:
        """Return what the files were like that articles were read from, by path."""
        rows = self.connection.rows("SELECT * FROM files")
        return {row[0]: FileRecord(*row) for row in rows}

    def note_files(self, records: Iterable[FileRecord]) -> None:
        """Remember what files are like whose articles are stored."""
        self.connection.run_many("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", map(astuple, records))

    def forget_files(self, paths: Iterable[str]) -> None:
        """Have files read again the next time, whatever they are like then."""
        self.connection.run_many("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def _put_article(self, prepared: Prepared, generation: int) -> int:
        """Insert or update the row of an article, remove its old passages, and return its number."""
        columns = [*ARTICLE.split(", "), "withdrawn", "first_day", "last_day", "digest", "rank", "link", "scope"]
        article = prepared.article
        told_by = (rank_of(article, prepared.content), link_of(article), scope_of(article))
        taken_back_by = withdrawn.taken_back_by(self.connection, article)
        values = (*astuple(article), taken_back_by, *article.days, prepared.digest, *told_by)
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
        row = self.connection.first(
            f"INSERT INTO articles ({', '.join(columns)}) VALUES ({','.join('?' * len(columns))}) "
            f"ON CONFLICT (id) DO UPDATE SET {updates} RETURNING number",
            *values,
        )
        number = int((row or ())[0])
        self._remove_passages(number, generation)
        query = "DELETE FROM other_sources WHERE article = ? OR source = ? OR id = ? RETURNING id"
        met_as = {gone for (gone,) in self.connection.rows(query, (number, article.source, article.id))}
        traces.sweep(self.connection, met_as - {article.id})
        return number

    def _numbers(self, ids: Sequence[str]) -> list[int]:
        """Return the numbers of those of the articles that are stored."""
        return [number for (number,) in self.connection.among("SELECT number FROM articles WHERE id IN", ids)]

    def _remove_passages(self, article: int, generation: int) -> None:
        self.connection.run(
            "INSERT INTO removed (number, generation) SELECT number, ? FROM passages WHERE article = ?",
            generation,
            article,
        )
        self.connection.run("DELETE FROM passages WHERE article = ?", article)
