"""How the daemon explains the numbers of an episode, and takes releases by them."""

import attrs
import pytest
from aiohttp import web

from uuutd.domain import EntryId, Relation, RelationKind, Titles, TorrentFile, Work
from uuutd.errors import Invalid, NotFound, NotLinked
from uuutd.fetch import open_sessions
from uuutd.metrics import Metrics
from uuutd.services.rule_table import RuleTable
from uuutd.testing.fakes import fake_hash
from uuutd.testing.serving import serving
from uuutd.wire import AddTorrentRequest, DownloadRequest, ShowPreferences

from .conftest import SHOW, entry, make_user, release
from .tools import get

FILLER = [f"- ?|?|{n}:13 -> ?|?|{n + 1}:1" for n in range(5000, 5030)]
FIRST = Work(
    id=EntryId("99"),
    titles=Titles(romaji="Yoru no Toshokan"),
    episodes=12,
    ids={"anilist": "99"},
)


@pytest.fixture
async def rules(tmp_path):
    """A table with one rule about the show, fetched from a site on loopback."""

    async def answer(_):
        return web.Response(text="\n".join(["- ?|?|99:14-25 -> ?|?|100:1-12", *FILLER]))

    app = web.Application()
    app.router.add_get("/rules", answer)
    async with serving(app) as url, open_sessions("test") as (http, _):
        table = RuleTable(url=f"{url}/rules", folder=tmp_path, session=http, metrics=Metrics())
        assert await table.refresh()
        yield table


@pytest.fixture
def second(world):
    """The show of the list is the second season of another."""
    work = attrs.evolve(
        entry().work, titles=Titles(romaji="Yoru no Toshokan II"), ids={"anilist": "100"}
    )
    world.watchlist.entries[SHOW] = entry(work=work)
    world.watchlist.relatives[SHOW] = [Relation(RelationKind.PREQUEL, FIRST)]
    world.indexer.releases = [
        release(f"[Kagami] Yoru no Toshokan - {number} (1080p).mkv") for number in (17, 18, 24)
    ]


def taken(choice):
    return [found.title for found in choice.releases if not found.rejections]


async def test_the_chain_alone(box, user, second):
    shown = await box.services.numbering.show(user, "main", SHOW, 5)
    assert (shown.title, shown.episode) == ("Yoru no Toshokan II", 5)
    assert (shown.season, shown.part) == (2, 1)
    assert [(each.number, each.season, each.source) for each in shown.numbers] == [
        (5, None, "own"),
        (5, 2, "chain"),
        (17, None, "chain"),
    ]
    assert [(s.title, s.episodes, s.offset, s.wanted) for s in shown.line] == [
        ("Yoru no Toshokan", 12, 0, False),
        ("Yoru no Toshokan II", 12, 12, True),
    ]
    assert (shown.rules, shown.table_at, shown.counts_from) == ((), None, None)
    choice = await box.services.releases.choice(user, "main", SHOW, 5)
    assert taken(choice) == ["[Kagami] Yoru no Toshokan - 17 (1080p).mkv"]


async def test_the_table_wins_over_the_chain(boot, rules, second):
    async with boot(rules=rules) as box:
        user = await make_user(box)
        shown = await box.services.numbering.show(user, "main", SHOW, 5)
        assert [(each.number, each.behind, each.source) for each in shown.numbers][2:] == [
            (18, "Yoru no Toshokan", "table")
        ]
        (rule,) = shown.rules
        assert rule.text == "14 to 25 of Yoru no Toshokan: 1 to 12 of Yoru no Toshokan II"
        assert rule.rule == "?|?|99:14-25 -> ?|?|100:1-12"
        assert shown.table_at is not None
        choice = await box.services.releases.choice(user, "main", SHOW, 5)
        assert taken(choice) == ["[Kagami] Yoru no Toshokan - 18 (1080p).mkv"]
        assert any("18" in query.split() for query in choice.queries)


async def test_the_user_wins_over_both(boot, rules, second):
    async with boot(rules=rules) as box:
        user = await make_user(box)
        said = ShowPreferences(counts_from=20)
        await box.services.preferences.replace(user, ("main", SHOW), said)
        shown = await box.services.numbering.show(user, "main", SHOW, 5)
        assert shown.counts_from == 20
        assert [(each.number, each.source) for each in shown.numbers][2:] == [(24, "user")]
        choice = await box.services.releases.choice(user, "main", SHOW, 5)
        assert taken(choice) == ["[Kagami] Yoru no Toshokan - 24 (1080p).mkv"]
        other = await make_user(box, "aoi")
        choice = await box.services.releases.choice(other, "main", SHOW, 5)
        assert taken(choice) == ["[Kagami] Yoru no Toshokan - 18 (1080p).mkv"]


@pytest.mark.parametrize(("progress", "shown"), [(4, 5), (12, 1)])
async def test_without_an_episode_it_is_the_next_or_the_first(box, world, progress, shown):
    world.watchlist.entries[SHOW] = entry(progress=progress)
    user = await make_user(box)
    assert (await box.services.numbering.show(user, "main", SHOW, None)).episode == shown


async def test_what_is_not_there_has_no_numbers(box, user):
    with pytest.raises(Invalid, match="no episode 13"):
        await box.services.numbering.show(user, "main", SHOW, 13)
    with pytest.raises(Invalid, match="no episode 0"):
        await box.services.numbering.show(user, "main", SHOW, 0)
    with pytest.raises(NotFound):
        await box.services.numbering.show(user, "main", EntryId("404"), 1)
    with pytest.raises(NotLinked):
        await box.services.numbering.show(user, "elsewhere", SHOW, 1)


@pytest.mark.parametrize(("counts_from", "number"), [(None, 18), (20, 25)])
async def test_files_of_a_pack_are_found_by_the_users_numbers_too(
    box, user, second, counts_from, number
):
    pack, client = fake_hash("pack"), box.world.client
    await box.services.jobs.add(user, AddTorrentRequest(source=pack, entry=SHOW, episode=5))
    client.listed[pack] = tuple(
        TorrentFile(index=n, path=f"Yoru no Toshokan - {n}.mkv", size=10**9, wanted=False)
        for n in range(13, 32)
    )
    if counts_from:
        said = ShowPreferences(counts_from=counts_from)
        await box.services.preferences.replace(user, ("main", SHOW), said)
    job = await get(box, user, DownloadRequest(entry=SHOW, episode=6))
    assert (job.state, job.torrent) == ("done", pack)
    assert [file.index for file in client.listed[pack] if file.wanted] == [number]
