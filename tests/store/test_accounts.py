"""Linked accounts, the lists of them, and what their providers have not been told."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uuutd.domain import (
    Account,
    Airing,
    Entry,
    EntryId,
    Format,
    ListStatus,
    Secret,
    Titles,
    Work,
)
from uuutd.keys import Box
from uuutd.store import accounts, outbox, users
from uuutd.store.records import UnsentProgress
from uuutd.store.tables import AccountRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOX = Box([Fernet.generate_key().decode()])

ACCOUNT = Account(
    id="42",
    name="anna",
    credentials={"token": Secret("very secret"), "other": Secret("too")},
    expires_at=NOW + timedelta(days=365),
    writable=True,
)
ENTRY = Entry(
    work=Work(
        id=EntryId("154587"),
        titles=Titles(romaji="Sousou no Frieren", native="葬送のフリーレン"),
        synonyms=("Frieren at the Funeral",),
        format=Format.TV,
        airing=Airing.RELEASING,
        episodes=28,
        season_year=2023,
        start_date=date(2023, 9, 29),
        ids={"anilist": "154587", "mal": "52991"},
    ),
    status=ListStatus.CURRENT,
    progress=6,
    aired=7,
    airs_at=NOW + HOUR,
    site_url="https://anilist.co/anime/154587",
    updated_at=NOW - HOUR,
)


@pytest.fixture
async def anna(store):
    return await users.add("anna", "x", role="user", now=NOW)


@pytest.fixture
async def berta(store):
    return await users.add("berta", "x", role="user", now=NOW)


async def link(user, account=ACCOUNT, provider="anilist", at=NOW):
    return await accounts.link(user.id, provider, account, box=BOX, now=at)


async def save(user, entries, at=NOW, account_id="42"):
    return await accounts.save_entries(user.id, "anilist", entries, at, account_id=account_id)


async def test_a_linked_account_comes_back_as_it_was(anna, berta):
    made = await link(anna)
    assert made.account == ACCOUNT
    assert (made.expired, made.linked_at, made.entries, made.synced_at) == (False, NOW, None, None)
    assert await accounts.get(anna.id, "anilist", box=BOX) == made
    assert await accounts.get(berta.id, "anilist", box=BOX) is None
    assert await accounts.get(anna.id, "other", box=BOX) is None
    second = await link(anna, provider="another")
    assert await accounts.of_user(anna.id, box=BOX) == (made, second)
    assert await accounts.of_user(berta.id, box=BOX) == ()


async def test_credentials_are_not_readable_in_the_database(anna):
    await link(anna)
    (row,) = await AccountRow.all().values()
    assert "secret" not in str(row)


async def test_credentials_copied_to_somebody_else_are_worth_nothing(anna, berta):
    await link(anna)
    await link(berta, attrs.evolve(ACCOUNT, id="43", credentials={"token": Secret("hers")}))
    stolen = await AccountRow.get(user_id=anna.id)
    await AccountRow.filter(user_id=berta.id).update(sealed=stolen.sealed)
    linked = await accounts.get(berta.id, "anilist", box=BOX)
    assert linked.expired
    assert linked.account.credentials == {}


async def test_with_other_keys_the_account_wants_to_be_linked_again(anna):
    await link(anna)
    linked = await accounts.get(anna.id, "anilist", box=Box([Fernet.generate_key().decode()]))
    assert linked.expired
    assert linked.account.name == "anna"


async def test_the_last_list_is_kept(anna):
    linked = await link(anna)
    assert await save(anna, [ENTRY], NOW + HOUR)
    kept = await accounts.get(anna.id, "anilist", box=BOX)
    assert kept == attrs.evolve(linked, entries=(ENTRY,), synced_at=NOW + HOUR)
    assert await save(anna, [])
    assert (await accounts.get(anna.id, "anilist", box=BOX)).entries == ()


async def test_a_list_in_a_form_we_do_not_know_is_no_list(anna):
    await link(anna)
    await save(anna, [ENTRY])
    await AccountRow.filter(user_id=anna.id).update(entries='[{"title": "old form"}]')
    kept = await accounts.get(anna.id, "anilist", box=BOX)
    assert (kept.entries, kept.synced_at) == (None, None)


async def test_linking_again_renews_the_link_and_keeps_the_list(anna):
    await link(anna)
    await save(anna, [ENTRY])
    assert await accounts.mark_expired(anna.id, "anilist", linked_at=NOW)
    assert (await accounts.get(anna.id, "anilist", box=BOX)).expired
    again = await link(
        anna, attrs.evolve(ACCOUNT, credentials={"token": Secret("new")}), at=NOW + HOUR
    )
    assert not again.expired
    assert not await accounts.mark_expired(anna.id, "anilist", linked_at=NOW)
    assert again.account.credentials == {"token": Secret("new")}
    assert (again.entries, again.synced_at, again.linked_at) == ((ENTRY,), NOW, NOW + HOUR)


def unsent(user, entry="1", episode=5, at=NOW, provider="anilist"):
    return UnsentProgress(
        user_id=user.id, provider=provider, entry=EntryId(entry), episode=episode, created_at=at
    )


async def test_another_account_has_nothing_of_the_one_before(anna):
    await link(anna)
    await save(anna, [ENTRY])
    await outbox.put(unsent(anna))
    other = await link(anna, attrs.evolve(ACCOUNT, id="77", name="second"))
    assert (other.account.name, other.entries, other.synced_at) == ("second", None, None)
    assert await outbox.of("anilist") == ()
    assert not await save(anna, [ENTRY])  # an answer for the old one, come late
    assert (await accounts.get(anna.id, "anilist", box=BOX)).entries is None


async def test_unlinking_forgets_everything_of_one_user(anna, berta):
    await link(anna)
    await link(berta)
    await outbox.put(unsent(anna))
    await outbox.put(unsent(berta))
    assert await accounts.unlink(anna.id, "anilist")
    assert not await accounts.unlink(anna.id, "anilist")
    assert await accounts.of_user(anna.id, box=BOX) == ()
    assert await outbox.of("anilist") == (unsent(berta),)
    assert len(await accounts.of_user(berta.id, box=BOX)) == 1


async def test_linked_by_many_at_once_there_is_one_account(anna):
    made = [attrs.evolve(ACCOUNT, id=str(n), name=f"name{n}") for n in range(10)]
    await asyncio.gather(*(link(anna, account) for account in made))
    (linked,) = await accounts.of_user(anna.id, box=BOX)
    assert linked.account in made


async def test_what_waits_is_replaced_and_struck(anna, berta):
    await outbox.put(unsent(anna, "1", 5))
    await outbox.put(unsent(anna, "2", 1, NOW + HOUR))
    await outbox.put(unsent(berta, "1", 9, NOW + 2 * HOUR))
    await outbox.put(unsent(anna, "1", 6, NOW + 3 * HOUR))
    hers, newest = unsent(berta, "1", 9, NOW + 2 * HOUR), unsent(anna, "1", 6, NOW + 3 * HOUR)
    assert await outbox.of("anilist") == (unsent(anna, "2", 1, NOW + HOUR), hers, newest)
    assert await outbox.of("anilist", berta.id) == (hers,)
    assert await outbox.of("other") == ()
    await outbox.remove(anna.id, "anilist", EntryId("1"), episode=5)  # 6 was said meanwhile
    await outbox.remove(anna.id, "anilist", EntryId("2"))
    assert await outbox.of("anilist") == (hers, newest)
    await outbox.remove(anna.id, "anilist", EntryId("1"), episode=6)
    assert await outbox.of("anilist") == (hers,)


async def test_put_by_many_at_once_there_is_one(anna):
    await asyncio.gather(*(outbox.put(unsent(anna, "1", n)) for n in range(10)))
    (one,) = await outbox.of("anilist")
    assert one.episode in range(10)


texts = st.text(max_size=20)
times = st.datetimes(timezones=st.just(UTC))
works = st.builds(
    Work,
    id=texts.map(EntryId),
    titles=st.builds(Titles, romaji=st.none() | texts, english=st.none() | texts),
    synonyms=st.lists(texts, max_size=3).map(tuple),
    format=st.none() | st.sampled_from(Format),
    airing=st.none() | st.sampled_from(Airing),
    episodes=st.none() | st.integers(0, 5000),
    season_year=st.none() | st.integers(1900, 2100),
    start_date=st.none() | st.dates(),
    ids=st.dictionaries(texts, texts, max_size=3),
)
entries_of_any_kind = st.builds(
    Entry,
    work=works,
    status=st.sampled_from(ListStatus),
    progress=st.integers(0, 5000),
    aired=st.none() | st.integers(0, 5000),
    airs_at=st.none() | times,
    site_url=st.none() | texts,
    cover_url=st.none() | texts,
    updated_at=st.none() | times,
)


@given(st.lists(entries_of_any_kind, max_size=4))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_list_comes_back_as_it_was(anna, entries):
    await link(anna)
    assert await save(anna, entries)
    assert (await accounts.get(anna.id, "anilist", box=BOX)).entries == tuple(entries)
