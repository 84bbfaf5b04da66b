"""What is kept of a search, and judging it again."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import uuutd
from uuutd.choice import rank
from uuutd.domain import (
    Adjustment,
    Airing,
    Entry,
    EntryId,
    Format,
    InfoHash,
    Language,
    ListStatus,
    Redirect,
    Relation,
    RelationKind,
    Release,
    Taste,
    Titles,
    Wanted,
    Work,
)
from uuutd.errors import NotFound
from uuutd.services import rules
from uuutd.services.findings import compare, findings_of, judge_again
from uuutd.services.kept_group import keep_to_group
from uuutd.services.rules import rules_digest, source_files
from uuutd.store.searches import pack, unpack

PACKAGE = Path(uuutd.__file__).parent
AT = datetime(2026, 2, 7, 12, tzinfo=UTC)


def work(romaji, english=None, **more):
    return Work(id=EntryId(romaji), titles=Titles(romaji=romaji, english=english), **more)


FIRST = work("Midori no Oka", "The Green Hill", episodes=24, format=Format.TV)
SECOND = work(
    "Midori no Oka 2nd Season",
    "The Green Hill Season 2",
    synonyms=("Midori II",),
    episodes=12,
    format=Format.TV,
    airing=Airing.RELEASING,
    start_date=date(2026, 1, 8),
    ids={"anilist": "2", "mal": "20"},
)
FILM = work("Midori no Oka 0", episodes=1, format=Format.MOVIE)
WANTED = Wanted(
    work=SECOND, episode=5, prequels=(FIRST,), related=(Relation(RelationKind.SIDE_STORY, FILM),)
)
ENTRY = Entry(work=SECOND, status=ListStatus.CURRENT, progress=4, aired=5)

groups = st.sampled_from(["Kagami", "Tori", "Tori & Kagami", "Umi-Raws", "夜鳥"])
names = st.builds(
    "[{}] {} {}{} ({}){}{}.mkv".format,
    groups,
    st.sampled_from(["Midori no Oka", "Midori no Oka S2", "The Green Hill 2nd Season", "Asa"]),
    st.sampled_from(["- 05", "- 29", "- 5", "S02E05", "- 04", "- 05.5", "01-12", ""]),
    st.sampled_from(["", "v2", "v3"]),
    st.sampled_from(["1080p", "720p", "1080p HEVC", "WEB 1080p Dual Audio", "BD"]),
    st.sampled_from(["", " [Multiple Subtitle]", " [English Dub]", " [VOSTFR]", " raw"]),
    st.sampled_from(["", " [0A1B2C3D]", " ́̀", " \N{COLLISION SYMBOL}"]),
)
offers = st.builds(
    Release,
    title=names | st.text(max_size=40),
    info_hash=st.none() | st.integers(0, 50).map(lambda n: InfoHash(f"{n:040x}")),
    indexer=st.sampled_from(["main", "second"]),
    size=st.none() | st.integers(0, 10**12),
    seeders=st.none() | st.integers(0, 20_000),
    leechers=st.none() | st.integers(0, 9),
    downloads=st.none() | st.integers(0, 9),
    published_at=st.none() | st.integers(-300, 2000).map(lambda n: AT - timedelta(hours=n)),
    language=st.sampled_from(Language),
    is_anime_video=st.integers(0, 9).map(bool),
    trusted=st.booleans(),
    remake=st.booleans(),
    trackers=st.sampled_from([(), ("http://t.invalid/passkey-1",), ("http://t.invalid/2",)]),
    page_url=st.none() | st.just("http://i.invalid/1"),
    torrent_url=st.none() | st.integers(0, 99).map("http://i.invalid/{}?passkey=x".format),
)
tastes = st.builds(
    Taste,
    resolutions=st.sampled_from([("1080p", "720p"), ("720p",), ()]),
    groups=st.sampled_from([(), ("Tori",), ("Kagami", "Tori")]),
    codec=st.none() | st.just("HEVC"),
    audio=st.sampled_from(["sub", "dub"]),
    batch=st.sampled_from(["never", "allow", "only"]),
    min_seeders=st.integers(0, 2),
    keep_group=st.sampled_from(["off", "on", "wait"]),
    earlier_group=st.none() | groups,
)

SPLIT = Redirect(source=FIRST.id, first=25, last=36, target=SECOND.id, start=1, text="a rule")
questions = st.builds(
    Wanted,
    work=st.just(SECOND),
    episode=st.integers(1, 12),
    prequels=st.just((FIRST,)),
    related=st.sampled_from([(), WANTED.related]),
    redirects=st.sampled_from([(), (SPLIT,)]),
    counts_from=st.none() | st.just(25),
) | st.builds(Wanted, work=st.sampled_from([FIRST, FILM]), episode=st.integers(1, 12))


def whim(wanted, release, taste, verdict):
    """Judge by whatever: points, a refusal, nothing."""
    value = len(release.title) % 7
    return Adjustment(points=value - 3, reason="a whim", refuse=value == 6) if value else None


def same_offer(release):
    """Return what the daemon takes for one release, however often it is found."""
    return release.info_hash or (release.indexer, release.torrent_url or release.title)


def search(releases, taste, judges=(), wanted=WANTED):
    choice = keep_to_group(rank(wanted, releases, taste, judges), taste, ENTRY, AT)
    return findings_of(choice, taste, ENTRY, ())


@given(
    st.lists(offers, unique_by=same_offer, max_size=25),
    tastes,
    st.sampled_from([(), (("whim", whim),)]),
    questions,
)
def test_what_was_kept_is_judged_again_byte_for_byte(releases, taste, judges, wanted):
    made = search(releases, taste, judges, wanted)
    kept = unpack(pack(made))
    assert kept == made
    again = judge_again(kept, AT, judges)
    assert msgspec.json.encode(again) == msgspec.json.encode(made.candidates)
    assert compare(kept.candidates, again).same
    assert {each.id for each in again} == {each.id for each in made.candidates}
    assert b"passkey" not in msgspec.json.encode(kept)


def offer(title, **more):
    given = {"info_hash": None, "indexer": "main", "seeders": 9, "language": Language.ENGLISH}
    return Release(title=title, **given | more)


def test_a_page_decides_between_twins_whether_or_not_there_is_a_file():
    """The address of the file is not kept, and must not come before what is."""
    twins = [offer("", page_url="http://i/1"), offer("", torrent_url="http://i/2")]
    made = search(twins, Taste(min_size=0))
    assert judge_again(unpack(pack(made)), AT, ()) == made.candidates


def test_addresses_decide_between_twins_as_they_did():
    twins = [offer("[A] Midori no Oka S2 - 05.mkv", torrent_url=f"http://i/{n}") for n in "2913"]
    made = search(twins, Taste(min_size=0))
    assert len({each.id for each in made.candidates}) == 4
    assert judge_again(unpack(pack(made)), AT, ()) == made.candidates


def test_waiting_for_a_group_is_judged_as_of_then():
    taste = Taste(keep_group="wait", earlier_group="Tori", keep_group_hours=1)
    published = AT - timedelta(minutes=30)
    made = search([offer("[Kagami] Midori no Oka S2 - 05.mkv", published_at=published)], taste)
    (candidate,) = made.candidates
    assert [r.code for r in candidate.rejections] == ["waiting"]
    assert judge_again(made, AT, ()) == made.candidates
    later = compare(made.candidates, judge_again(made, AT + timedelta(hours=1), ()))
    assert (later.best, later.same) == (candidate.id, False)


@pytest.mark.parametrize("content", [b"", b"x", pack([])[:-3], b"\x78\x01"])
def test_what_is_no_search_is_refused(content):
    with pytest.raises(NotFound):
        unpack(content)


def test_a_search_that_would_fill_the_memory_is_refused():
    with pytest.raises(NotFound):
        unpack(pack(["x" * 1000] * 20_000))


# --- the name of the rules ------------------------------------------------------------------


@pytest.fixture
def unread(monkeypatch):
    rules._ours.cache_clear()
    yield
    rules._ours.cache_clear()


def test_the_name_of_the_rules_stays_while_they_stay(unread):
    first = rules_digest()
    rules._ours.cache_clear()
    assert rules_digest() == first
    assert len(first) == 32


@pytest.mark.parametrize("path", ["choice/score.py", "text.py", "services/kept_group.py"])
def test_a_letter_that_changes_in_the_rules_changes_their_name(unread, tmp_path, monkeypatch, path):
    before = rules_digest()
    for original in source_files(PACKAGE):
        copy = tmp_path / original.relative_to(PACKAGE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(original.read_bytes())
    monkeypatch.setattr(rules, "_PACKAGE", tmp_path)
    rules._ours.cache_clear()
    assert rules_digest() == before
    with (tmp_path / path).open("a") as file:
        file.write("#")
    rules._ours.cache_clear()
    assert rules_digest() != before


def test_judges_are_part_of_the_rules():
    names = {rules_digest(judges) for judges in ((), (("a", whim),), (("b", whim),))}
    assert len(names) == 3
    assert rules_digest((("a", whim),)) in names
    assert len(rules_digest((("built-in", print),))) == 32


def imported(path):
    """Yield the files of ours that a file imports, below the package's folder."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = PACKAGE.joinpath(
                *parts[: len(parts) - node.level], *(node.module or "").split(".")
            )
            yield from (base / f"{each.name}.py" for each in node.names)
            yield from (base.with_suffix(".py"), base / "__init__.py")


def test_all_that_decides_has_part_in_the_name():
    part = set(source_files(PACKAGE))
    assert {PACKAGE / "choice/scan.py", PACKAGE / "domain/releases.py"} <= part
    decides = part - {PACKAGE / "choice/plain.py"}  # the same for benchmarks, with plugins
    needed = {each for path in decides for each in imported(path) if each.is_file()}
    assert needed <= part
