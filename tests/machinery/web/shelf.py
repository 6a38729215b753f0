"""A room small enough to see all of the web machinery at once: books on a shelf."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.errors import Category, DomainError
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.records import Body, Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once, once_prepared

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PERMISSIONS: Final = ("books.read", "books.write")

TABLE: Final = """
CREATE TABLE book (
    id                uuid    PRIMARY KEY,
    main_connector_id uuid    NOT NULL,
    title             text    NOT NULL,
    version           integer NOT NULL
);
ALTER TABLE book ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON book USING (main_connector_id = (SELECT scope_main_connector()));
GRANT SELECT, INSERT, UPDATE ON book TO kanta_service;
"""


class BookNotFound(DomainError):
    slug = "book-not-found"
    title = "There is no such book"
    category = Category.MISSING


class BookChanged(DomainError):
    slug = "book-changed"
    title = "The book was changed in the meantime"
    category = Category.STALE


class Shelf(enum.StrEnum):
    HIGH = "high"
    LOW = "low"


class Book(Record, frozen=True, kw_only=True):
    id: UUID
    title: str
    version: int


class Author(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    email: Annotated[str, msgspec.Meta(pattern="^[^@ ]+@[^@ ]+$", max_length=200)] | None = None
    born_on: date | None = None


class NewBook(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="As on its spine")]
    authors: Annotated[tuple[Author, ...], msgspec.Meta(max_length=20)] = ()
    shelf: Shelf = Shelf.LOW
    printed_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    notes: Mapping[str, str] = {}


class ShownBook(Body, frozen=True, kw_only=True):
    id: UUID
    title: str
    version: int


class Card(Body, frozen=True, kw_only=True):
    number: str


class Books(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    shelf: Shelf | None = None


def shown(book: Book) -> ShownBook:
    return ShownBook(id=book.id, title=book.title, version=book.version)


async def place(tx: Transaction, title: str) -> Book:
    book = Book(id=new_id(), title=title, version=1)
    await tx.connection.execute(
        "INSERT INTO book VALUES ($1, $2, $3, 1)", book.id, tx.scope.main_connector_id, book.title
    )
    return book


async def find(tx: Transaction, book_id: UUID) -> Book:
    row = await tx.connection.fetchrow("SELECT id, title, version FROM book WHERE id = $1", book_id)
    if row is None:
        raise BookNotFound("No such book.")
    return Book(**row)


async def rename(tx: Transaction, book_id: UUID, expected: int, title: str) -> Book:
    await tx.connection.execute("SELECT FROM book WHERE id = $1 FOR UPDATE", book_id)
    book = await find(tx, book_id)
    if book.version != expected:
        raise BookChanged(f"It has version {book.version} now.", version=book.version)
    await tx.connection.execute("UPDATE book SET title = $2, version = version + 1 WHERE id = $1", book.id, title)
    return Book(id=book.id, title=title, version=book.version + 1)


@post("/", operation_id="placeBook", opt=needs("books.write", etag=True))
async def place_book(data: JSONBody[NewBook], call: NamedDependency[Call]) -> Response[ShownBook]:
    """Place a book on the shelf."""
    return await once(
        call,
        lambda tx: place(tx, data.title),
        answer=lambda book: with_etag(shown(book), book.version, location=f"/v1/books/{book.id}"),
    )


@get("/", operation_id="listBooks", opt=needs("books.read", query=Books))
async def list_books(call: NamedDependency[Call]) -> Response[Page[ShownBook]]:
    """List the books, in the order of their titles."""
    query = call.asked(Books)
    title, after = query.position(tuple[str, UUID]) or ("", UUID(int=0))
    async with call.transaction() as tx:
        rows = await tx.connection.fetch(
            "SELECT id, title, version FROM book WHERE (title, id) > ($1, $2) ORDER BY title, id LIMIT $3",
            title,
            after,
            query.fetch,
        )
    books = [Book(**row) for row in rows]
    return paged(call.request, query, books, position=lambda book: (book.title, book.id), body=shown)


@get("/{book_id:uuid}", operation_id="readBook", opt=needs("books.read", etag=True), responses=refusals(BookNotFound))
async def read_book(book_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownBook]:
    """Read one book."""
    async with call.transaction() as tx:
        book = await find(tx, book_id)
    return unless_seen(call.request, shown(book), book.version)


@put(
    "/{book_id:uuid}/title",
    operation_id="renameBook",
    opt=needs("books.write", if_match=True),
    responses=refusals(BookNotFound, BookChanged),
)
async def rename_book(
    book_id: FromPath[UUID], data: JSONBody[NewBook], call: NamedDependency[Call]
) -> Response[ShownBook]:
    """Give a book another title."""
    async with call.transaction() as tx:
        book = await rename(tx, book_id, call.expected_version, data.title)
    return with_etag(shown(book), book.version)


@post(
    "/{book_id:uuid}/lending",
    operation_id="lendBook",
    opt=needs("books.write", if_match=True),
    responses=refusals(BookNotFound, BookChanged),
)
async def lend_book(book_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownBook]:
    """Lend a book: a move that takes no body, prepared outside its transaction."""

    async def label() -> str:
        async with call.transaction() as tx:
            book = await find(tx, book_id)
        if book.version != call.expected_version:
            raise BookChanged("It is lent already.")
        return f"{book.title}, lent"

    return await once_prepared(
        call,
        label,
        lambda tx, title: rename(tx, book_id, call.expected_version, title),
        answer=lambda book: with_etag(shown(book), book.version),
    )


@post("/card", operation_id="makeCard", opt=needs("books.write"))
async def make_card(call: NamedDependency[Call]) -> Response[Card]:
    """Make a reader's card, whose number is shown once."""
    return await once(
        call, lambda tx: place(tx, "a card"), answer=lambda book: Response(Card(number=str(book.id))), secret=True
    )


@put(
    "/{book_id:uuid}/text",
    operation_id="storeText",
    opt=needs("books.write", if_match=True, accepts=DOCX),
    responses=refusals(BookNotFound, BookChanged),
    request_max_body_size=2_000_000,
)
async def store_text(book_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownBook]:
    """Store the text of a book."""
    text = await call.request.body()
    async with call.transaction() as tx:
        book = await rename(tx, book_id, call.expected_version, f"{len(text)} bytes")
    return with_etag(shown(book), book.version)


@get(
    "/{book_id:uuid}/text",
    operation_id="readText",
    opt=needs("books.read"),
    responses=refusals(BookNotFound),
    media_type=DOCX,
)
async def read_text(book_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Read the text of a book."""
    async with call.transaction() as tx:
        book = await find(tx, book_id)
    return file_answer(b"PK", media_type=DOCX, name=f"{book.title}.docx")


@post("/recognised", operation_id="recogniseBook", opt=needs("books.read", accepts=DOCX, asks=True), status_code=200)
async def recognise_book(call: NamedDependency[Call]) -> ShownBook:
    """Say which book begins like this file: a question that is a file, of which nothing is kept."""
    title = (await call.request.body()).decode()
    async with call.asking() as tx:
        row = await tx.connection.fetchrow("SELECT id, title, version FROM book WHERE title = $1", title)
        return shown(await place(tx, title) if row is None else Book(**row))  # the second cannot be, in a question


HANDLERS: Final = (
    place_book, list_books, read_book, rename_book, lend_book, make_card, store_text, read_text, recognise_book,
)  # fmt: skip
ROUTES: Final = Router(path="/books", route_handlers=HANDLERS, tags=["Books"])
