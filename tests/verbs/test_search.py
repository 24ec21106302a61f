"""Finding products by words: what the verbs write, what a sweep catches up on, and that an index answers."""

import asyncpg

from tests.given import goods as given
from tests.given.explaining import Explained, rows_touched
from tests.given.houses import Place, owner_url
from tuan.goods import catalog
from tuan.goods.catalog import actions
from tuan.goods.catalog.model import ProductText, ShelfState
from tuan.platform.lists import Wanted

MANY = 20_000

UNSEARCH_SQL = "UPDATE catalog.products SET searched_title = NULL WHERE market_id = $1"
FORGET_SQL = "DELETE FROM catalog.words WHERE market_id = $1"
MANY_PRODUCTS_SQL = (
    "INSERT INTO catalog.products SELECT p.market_id, gen_random_uuid(), p.supplier_id, p.category_id, '货 ' || n, '', "
    "p.pictures, p.fulfilment, 'listed', p.listed_at + n * interval '1 second', '货 ' || n "
    "FROM catalog.products p, generate_series(1, $2) n WHERE p.market_id = $1"
)
MANY_WORDS_SQL = (
    "INSERT INTO catalog.words SELECT p.market_id, w.word, p.id FROM catalog.products p, LATERAL (VALUES ('货'), "
    "(substr(p.title, 3)), (CASE WHEN hashtext(p.title) % 3 = 0 THEN '水果' ELSE '蔬菜' END)) AS w(word) "
    "WHERE p.market_id = $1 AND p.title LIKE '货 %'"
)


async def titles(place: Place, words: str) -> list[str]:
    async with place.work() as work:
        return sorted(row["title"] for row in (await catalog.listed(work, words=words)).items)


async def test_a_product_is_found_by_its_title_and_its_shelf_as_they_are_now(place: Place) -> None:
    product = await given.draft(place)
    async with place.work() as work:
        row = await catalog.access_any_product(work, product)
        text = ProductText("Plátanos 三斤装", row["story"], row["category_id"], row["fulfilment"])
        assert await catalog.add_picture(work, product, "goods/mango.svg", reason="test") is None
        assert await catalog.shelve(work, [product], ShelfState.LISTED, reason="test") is None
    assert row["title"] in await titles(place, row["title"])
    async with place.work() as work:
        assert await catalog.edit_product(work, product, text, reason="test") is None
        (shelf,) = [one["name"] for one in await catalog.categories(work) if one["id"] == row["category_id"]]
    assert text.title not in await titles(place, row["title"]), "what it was called is forgotten"
    for words in ("platano", "斤装 PLÁ", "装", f"plat {shelf}"):
        assert await titles(place, words) == [text.title], words
    for words in ("tano", "斤 x", "%", "装三"):
        assert await titles(place, words) == [], words
    async with place.work() as work:
        found = await catalog.everything(work, Wanted(), words="plat")
    assert [one["id"] for one in found.items] == [product], "the office finds as buyers do"


async def test_words_that_another_release_left_out_are_written_by_a_sweep(place: Place) -> None:
    of = await given.goods(place)
    (title,) = await titles(place, "")
    async with place.work() as work:
        await work.execute(UNSEARCH_SQL)
        await work.execute(FORGET_SQL)
    assert await titles(place, title) == []
    async with place.work() as work:
        assert await actions.write_words(work, limit=10) == 1
        assert await actions.write_words(work, limit=10) == 0
    assert await titles(place, title) == [title]
    assert of.product


async def test_an_index_answers_in_a_big_market(place: Place) -> None:
    """As the app's role, under row-level security, by the statement that pages run: it reads what it finds."""
    await given.goods(place)
    async with place.work() as work:
        await work.execute(MANY_PRODUCTS_SQL, MANY)
        await work.execute(MANY_WORDS_SQL)
    owner = await asyncpg.connect(owner_url(place.house))
    await owner.execute("ANALYZE catalog.products, catalog.words")
    await owner.close()
    for words, is_found, most in (
        ("19999", True, 10),
        ("水果 1777", True, 100),
        ("x", False, 10),
        ("1777 x", False, 100),
    ):
        async with place.work() as work:
            work.connection = watched = Explained(work.connection)
            page = await catalog.listed(work, words=words)
        (plan,) = watched.plans
        assert bool(page.items) is is_found, words
        assert rows_touched(plan) <= most, (words, rows_touched(plan), plan)
