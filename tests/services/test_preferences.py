"""Preferences: what falls back to what, and that everything that chooses goes by them."""

from datetime import UTC, datetime, timedelta

import attrs
import msgspec
import pytest

from uuutd.config import Choice
from uuutd.domain import EntryId, Taste
from uuutd.errors import Invalid, NoRelease, NotFound, ReleaseRejected
from uuutd.services.preferences import Preferences
from uuutd.store import preferences as stored
from uuutd.store.tables import PreferenceRow, UserRow
from uuutd.testing.nyaa_query import parse
from uuutd.titles import search_terms
from uuutd.wire import DownloadRequest, ShowPreferences, UserPreferences

from .conftest import SHOW, entry, make_user, release
from .tools import ended, forget_searches, get

AT = ("main", SHOW)
KAGAMI = "[Kagami] Yoru no Toshokan - {:02} (1080p).mkv"
YUKI = "[Yuki] Yoru no Toshokan - {:02} (1080p).mkv"
SMALLER = "[Yuki] Yoru no Toshokan - 06 (720p).mkv"
SIXTH = DownloadRequest(entry=SHOW, episode=6)


@pytest.fixture
def both(world):
    """Two groups release episodes 5 and 6; Kagami's have more seeders."""
    world.indexer.releases = [
        release(name.format(number), seeders=seeders)
        for number in (5, 6)
        for name, seeders in ((KAGAMI, 50), (YUKI, 5))
    ]


async def best(box, user, episode=None):
    shown = await box.services.releases.choice(user, *AT, episode)
    return next((r.title for r in shown.releases if r.id == shown.best), None)


async def say(box, user, show=None, **said):
    kind = ShowPreferences if show else UserPreferences
    return await box.services.preferences.replace(user, show, kind(**said))


# --- levels ---------------------------------------------------------------------------------


async def test_a_show_falls_back_to_the_user_and_the_user_to_the_defaults(box, user):
    await say(box, user, audio="dub", groups=("Yuki",), min_seeders=3)
    shown = await say(box, user, AT, groups=(), counts_from=13)
    assert shown.set == ShowPreferences(groups=(), counts_from=13)
    effective = shown.effective
    assert (effective.groups, effective.counts_from) == ((), 13)
    assert (effective.audio, effective.min_seeders) == ("dub", 3)
    assert (effective.batch, effective.min_size) == ("never", 40 * 1024 * 1024)
    assert {name: origin for name, origin in shown.from_.items() if origin != "default"} == {
        "groups": "show",
        "counts_from": "show",
        "audio": "user",
        "min_seeders": "user",
    }
    assert set(shown.from_) == set(attrs.asdict(effective))
    await box.services.preferences.forget(user, AT)
    shown = await box.services.preferences.show(user, AT)
    assert shown.set == ShowPreferences()
    assert (shown.effective.groups, shown.effective.counts_from) == (("Yuki",), None)
    await box.services.preferences.forget(user, None)
    shown = await box.services.preferences.show(user, AT)
    assert set(shown.from_.values()) == {"default"}


async def test_what_the_administrator_set_counts_before_the_defaults(box, user):
    configured = Choice(language="fr", groups=("Yuki",), codec="hevc")
    preferences = Preferences(box.services.watchlists, configured)
    await preferences.replace(user, None, UserPreferences(groups=("Kagami",), codec="any"))
    shown = await preferences.show(user, None)
    assert (shown.effective.language, shown.from_["language"]) == ("fr", "configuration")
    assert (shown.effective.groups, shown.from_["groups"]) == (("Kagami",), "user")
    assert (shown.effective.codec, shown.from_["codec"]) == (None, "user")
    listed = await box.services.watchlists.locate(user.id, *AT)
    wish = await preferences.wish(user.id, listed)
    assert wish.taste == Taste(language="fr", groups=("Kagami",))
    await preferences.forget(user, None)
    wish = await preferences.wish(user.id, listed)
    assert wish.taste == Taste(language="fr", groups=("Yuki",), codec="hevc")


async def test_the_number_of_the_first_episode_is_handed_on(box, user):
    await say(box, user, AT, counts_from=13)
    listed = await box.services.watchlists.locate(user.id, *AT)
    assert (await box.services.preferences.wish(user.id, listed)).counts_from == 13


async def test_what_is_said_is_the_users_own_and_goes_with_them(box, user):
    other = await make_user(box, "other")
    await say(box, user, audio="dub")
    await say(box, user, AT, audio="dub")
    assert (await box.services.preferences.show(other, AT)).effective.audio == "sub"
    await say(box, other, AT, language="fr")
    await box.services.preferences.forget(other, None)
    assert (await box.services.preferences.show(user, AT)).effective.audio == "dub"
    await UserRow.filter(id=user.id).delete()
    assert [row.user_id for row in await PreferenceRow.all()] == [other.id]


async def test_what_is_said_again_takes_the_place_of_what_was_said(box, user):
    for language in ("fr", "de"):
        await say(box, user, AT, language=language)
        await say(box, user, audio="dub")
    assert await stored.load(user.id, AT) == (
        ShowPreferences(audio="dub"),
        ShowPreferences(language="de"),
    )
    rows = await PreferenceRow.all().order_by("id")
    assert [msgspec.json.decode(row.content) for row in rows] == [
        {"language": "de"},
        {"audio": "dub"},
    ]


async def test_a_show_must_be_on_the_users_list(box, user):
    elsewhere = ("main", EntryId("999"))
    for call in (
        box.services.preferences.show(user, elsewhere),
        box.services.preferences.replace(user, elsewhere, ShowPreferences(audio="dub")),
        box.services.preferences.forget(user, elsewhere),
    ):
        with pytest.raises(NotFound):
            await call
    assert await PreferenceRow.all().count() == 0


@pytest.mark.parametrize(
    ("said", "paths"),
    [
        ({"resolutions": ("4K",)}, ["resolutions"]),
        ({"groups": ("A", " ")}, ["groups"]),
        ({"groups": ("A",) * 51}, ["groups"]),
        ({"groups": ("A" * 81,)}, ["groups"]),
        ({"codec": "h.256", "language": "english"}, ["codec", "language"]),
        ({"keep_group_hours": 721}, ["keep_group_hours"]),
        ({"counts_from": 0}, ["counts_from"]),
        ({"counts_from": 10000}, ["counts_from"]),
    ],
)
async def test_what_no_release_can_fit_is_refused_with_its_path(box, user, said, paths):
    with pytest.raises(Invalid) as refused:
        await say(box, user, AT, **said)
    assert [problem.path for problem in refused.value.problems] == paths
    assert await PreferenceRow.all().count() == 0


async def test_what_is_listed_twice_is_kept_once_and_languages_in_small_letters(box, user):
    shown = await say(
        box,
        user,
        resolutions=("720p", "1080p", "720p"),
        groups=("Yuki", "Kagami", "yuki", " Kagami"),
        language="FR",
    )
    assert (shown.set.resolutions, shown.set.groups) == (("720p", "1080p"), ("Yuki", "Kagami"))
    assert (shown.set.language, shown.effective.language) == ("fr", "fr")
    shown = await say(box, user, groups=())
    assert (shown.set.groups, shown.set.resolutions) == ((), None)


# --- what goes by them ----------------------------------------------------------------------


@pytest.mark.usefixtures("both")
async def test_one_search_is_judged_for_each_user_by_their_own_preferences(box, user):
    other = await make_user(box, "other")
    await say(box, other, AT, groups=("yuki",))
    assert await best(box, user) == KAGAMI.format(5)
    assert await best(box, other) == YUKI.format(5)
    assert box.world.indexer.gate.count("search") == 1
    assert (await get(box, user)).release.title == KAGAMI.format(5)
    assert (await get(box, other)).release.title == YUKI.format(5)
    assert box.world.indexer.gate.count("search") == 1


async def test_what_is_refused_is_the_users_own_affair(box, user):
    other = await make_user(box, "other")
    await say(box, other, min_seeders=51)
    assert await best(box, user) == KAGAMI.format(5)
    assert await best(box, other) is None
    job = await get(box, other)
    assert (job.state, job.problem.code) == ("failed", NoRelease.code)
    await say(box, other, AT, min_seeders=50)
    assert (await get(box, other)).state == "done"


async def test_a_job_that_goes_on_after_a_restart_chooses_by_them(boot, world, both):
    async with boot() as first:
        user = await make_user(first)
        await say(first, user, AT, groups=("Yuki",))
        async with world.indexer.gate.hold("search") as came:
            job = await first.services.jobs.download(
                user, DownloadRequest(entry=SHOW), idempotency_key=None
            )
            await came.wait()
            await first.crash()
    async with boot() as second:
        await second.services.jobs.resume_all()
        assert (await ended(second, user, job)).release.title == YUKI.format(5)


# --- the group of the earlier episodes ------------------------------------------------------


async def has_fifth_of_yuki(box, user):
    """Let *user* have episode 5 from the group with fewer seeders."""
    shown = await box.services.releases.choice(user, *AT, 5)
    picked = next(r.id for r in shown.releases if "Yuki" in r.title)
    job = await get(box, user, DownloadRequest(entry=SHOW, episode=5, release=picked))
    assert job.state == "done"
    assert job.release.group == "Yuki"


@pytest.mark.usefixtures("both")
async def test_the_group_of_the_earlier_episodes_is_taken_again(box, user):
    other = await make_user(box, "other")
    await say(box, user, groups=("Kagami",))
    await has_fifth_of_yuki(box, user)
    shown = await box.services.releases.choice(user, *AT, 6)
    first, second = (each for each in shown.releases if not each.rejections)
    assert first.title == YUKI.format(6)
    assert "the group of your earlier episodes" in [reason.text for reason in first.reasons]
    assert sum(reason.points for reason in first.reasons) == first.score > second.score
    assert await best(box, other, 6) == KAGAMI.format(6)
    assert (await get(box, user, SIXTH)).release.title == YUKI.format(6)


@pytest.mark.usefixtures("both")
async def test_it_counts_for_nothing_if_the_user_wants_that(box, user):
    await say(box, user, keep_group="off")
    await has_fifth_of_yuki(box, user)
    assert await best(box, user, 6) == KAGAMI.format(6)
    await say(box, user, AT, keep_group="on")
    assert await best(box, user, 6) == YUKI.format(6)


@pytest.mark.usefixtures("both")
async def test_it_counts_less_than_the_resolution_and_never_makes_anybody_wait(box, user):
    await has_fifth_of_yuki(box, user)
    box.world.indexer.releases = [release(KAGAMI.format(6)), release(SMALLER, seeders=900)]
    forget_searches(box)
    assert await best(box, user, 6) == KAGAMI.format(6)
    box.world.indexer.releases = [release(KAGAMI.format(6))]
    forget_searches(box)
    assert (await get(box, user, SIXTH)).release.title == KAGAMI.format(6)


@pytest.mark.usefixtures("both")
async def test_the_newest_episode_with_a_named_group_tells_which_one(box, user):
    await has_fifth_of_yuki(box, user)
    unnamed = release("Yoru no Toshokan - 06 (1080p).mkv", seeders=900)
    box.world.indexer.releases = [unnamed]
    forget_searches(box)
    assert (await get(box, user, SIXTH)).release.group is None
    assert await stored.earlier_group(user.id, "mal:500") == "Yuki"
    box.world.indexer.releases = [release(KAGAMI.format(4))]
    forget_searches(box)
    await get(box, user, DownloadRequest(entry=SHOW, episode=4))
    assert await stored.earlier_group(user.id, "mal:500") == "Kagami"
    assert await stored.earlier_group(user.id, "mal:501") is None


def hours_ago(hours):
    return datetime.now(UTC) - timedelta(hours=hours)


async def others_bring_the_sixth(box, user, *published):
    """Let only other groups have episode 6 since these times, and *user* wait for Yuki."""
    await has_fifth_of_yuki(box, user)
    await say(box, user, AT, keep_group="wait")
    box.world.indexer.releases = [
        attrs.evolve(release(f"[G{n}] Yoru no Toshokan - 06 (1080p).mkv"), published_at=at)
        for n, at in enumerate(published)
    ]
    forget_searches(box)


@pytest.mark.usefixtures("both")
async def test_who_waits_for_a_group_is_told_for_whom_and_until_when(box, user):
    began = hours_ago(47)
    await others_bring_the_sixth(box, user, hours_ago(3), began, None)
    until_when = f"{began + timedelta(hours=48):%Y-%m-%d %H:%M} UTC"
    shown = await box.services.releases.choice(user, *AT, 6)
    assert shown.best is None
    assert {r.text for each in shown.releases for r in each.rejections} == {
        f"waiting for Yuki until {until_when}"
    }
    assert all((each.score, each.reasons) == (0, ()) for each in shown.releases)
    job = await get(box, user, SIXTH)
    assert (job.state, job.problem.code, job.problem.step) == ("failed", "no-release", "choose")
    assert f"Waiting for Yuki until {until_when}" in job.problem.detail
    assert len(job.problem.releases) == 3
    assert box.world.client.gate.count("add") == 1
    other = await make_user(box, "other")
    assert await best(box, other, 6) is not None


@pytest.mark.usefixtures("both")
async def test_when_the_group_comes_it_is_taken_and_the_others_stay_refused(box, user):
    await others_bring_the_sixth(box, user, hours_ago(1))
    box.world.indexer.releases.append(release("[Yuki & Sora] Yoru no Toshokan - 06 (720p).mkv"))
    job = await get(box, user, SIXTH)
    assert job.release.title == "[Yuki & Sora] Yoru no Toshokan - 06 (720p).mkv"
    shown = await box.services.releases.choice(user, *AT, 6)
    assert [bool(each.rejections) for each in shown.releases] == [False, True]


@pytest.mark.usefixtures("both")
async def test_a_user_can_take_another_group_before_the_time_is_over(box, user):
    await others_bring_the_sixth(box, user, hours_ago(1))
    shown = await box.services.releases.choice(user, *AT, 6)
    picked = attrs.evolve(SIXTH, release=shown.releases[0].id)
    job = await get(box, user, picked)
    assert job.problem.code == ReleaseRejected.code
    assert (await get(box, user, attrs.evolve(picked, force=True))).state == "done"


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("published", "hours"),
    [
        ((50, 1), 48),  # from the first of them, not from the last
        ((1,), 0),
        ((None,), 48),  # nobody could say until when
        ((-100,), 48),  # a clock that is ahead says nothing
    ],
)
async def test_nobody_waits_longer_than_they_said(box, user, published, hours):
    times = [None if at is None else hours_ago(at) for at in published]
    await others_bring_the_sixth(box, user, *times)
    await say(box, user, AT, keep_group="wait", keep_group_hours=hours)
    assert (await get(box, user, SIXTH)).state == "done"


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("aired", "published", "waits"),
    [(47, 100, True), (49, 1, False), (-5, 1, True), (-5, 49, False)],
)
async def test_the_time_begins_when_the_episode_aired_if_it_has(box, user, aired, published, waits):
    box.world.watchlist.entries[SHOW] = entry(progress=4, aired=5, airs_at=hours_ago(aired))
    await others_bring_the_sixth(box, user, hours_ago(published))
    assert (await best(box, user, 6) is None) is waits


@pytest.mark.parametrize("batch", ["never", "allow", "only"])
async def test_what_is_searched_for_goes_by_the_wish_for_packs(
    box, user, world, monkeypatch, batch
):
    pack = "[Kagami] Yoru no Toshokan (01-12) (BD 1080p)"
    world.indexer.releases = [release(KAGAMI.format(6)), release(pack, seeders=3)]

    async def search(wanted, *, limit):
        terms = [f"{term.words} ({'|'.join(term.numbers)})" for term in search_terms(wanted)]
        matches = [parse(term) for term in terms]
        return [r for r in world.indexer.releases[:limit] if any(m(r.title) for m in matches)]

    monkeypatch.setattr(world.indexer, "search", search)
    await say(box, user, AT, batch=batch)
    assert await best(box, user, 6) == (pack if batch == "only" else KAGAMI.format(6))
    world.indexer.releases.pop(0)
    forget_searches(box)
    assert await best(box, user, 6) == (None if batch == "never" else pack)
    world.indexer.releases.clear()
    forget_searches(box)
    job = await get(box, user, SIXTH)
    sought = {"never": "this episode", "only": "packs of this show"}
    assert job.problem.detail.startswith(
        f"The searches for {sought.get(batch, 'this episode and')}"
    )


async def test_a_client_that_is_not_configured_cannot_be_wanted(box, user):
    for show in (None, AT):
        with pytest.raises(Invalid) as told:
            await say(box, user, show, client="nowhere")
        assert [problem.path for problem in told.value.problems] == ["client"]
    await say(box, user, None, client="main")
    counts = await box.services.preferences.show(user, AT)
    assert (counts.effective.client, counts.from_["client"]) == ("main", "user")
