"""`uuutd.choice:choose`, the callable that the documentation names."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from uuutd.choice import choose, given, plain

from .measure import cases

DOCUMENT = (Path(__file__).parents[2] / "docs" / "choice.md").read_text(encoding="utf-8")
MEDIA = {
    "title": {"romaji": "Umi no Uta", "english": None, "native": None},
    "format": "TV",
    "episodes": 12,
    "startDate": "2023-10-22",
}
OFFER = {
    "title": "[Kagami] Umi no Uta - 05 (1080p)",
    "size": 10**9,
    "seeders": 10,
    "pubdate": "2023-11-20T00:00:00Z",
    "category": "1_2",
}


def asked(media=(), wanted=(), *offers):
    """Ask with an ordinary show, episode 5 and release, but for what is given."""
    return choose(
        MEDIA | dict(media),
        {"episode": 5} | dict(wanted),
        [OFFER | dict(offer) for offer in offers or [{}]],
        (),
    )


PLUGIN = """
import uuutd.hookspecs
from uuutd.domain import Adjustment


@uuutd.hookspecs.hookimpl
def uuutd_judge_release(release):
    return Adjustment(refuse="Refused" in release.title, reason="not that group")
"""
ASK = """
import json, sys
from uuutd.choice import choose
case = json.load(sys.stdin)
given = case["media"], case["wanted"], case["releases"]
print(json.dumps([choose(*given), choose(*given, ())]))
"""


@pytest.fixture
def installed(tmp_path):
    """Install a plugin that judges, for other processes."""
    (tmp_path / "strict_judge.py").write_text(PLUGIN)
    info = tmp_path / "strict_judge-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strict-judge\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[uuutd]\nstrict-judge = strict_judge\n")
    return tmp_path


def test_the_judges_of_installed_plugins_are_asked_unless_others_are_named(installed):
    case = {
        "media": {"title": {"romaji": "Umi no Uta"}, "format": "TV", "episodes": 12},
        "wanted": {"episode": 5, "batch": False},
        "releases": [
            {"title": "[Refused] Umi no Uta - 05", "seeders": 99, "category": "1_2"},
            {"title": "[Plain] Umi no Uta - 05", "seeders": 1, "category": "1_2"},
        ],
    }
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps(case),
        env={"PYTHONPATH": f"{installed}:{root}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == [1, 0]


def test_the_benchmark_has_the_shape_that_it_takes():
    for case in cases():
        assert set(case) == {
            "id",
            "show",
            "kind",
            "media",
            "wanted",
            "releases",
            "answer",
            "eligible",
        }


def test_the_example_of_the_documentation_runs(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    exec(compile(example, "choice.md", "exec"), {})
    assert capsys.readouterr().out == "2\n"
    assert "print(choose(media, wanted, releases))  # 2:" in example


def test_every_value_that_is_read_is_documented():
    names = set()
    for module in (plain, given):
        text = Path(module.__file__).read_text(encoding="utf-8")
        reads = r"\.(?:text|texts|number|flag|one_of|object|objects|day|time)\(\"(\w+)\""
        names.update(re.findall(reads, text))
        names.update(re.findall(r"_member\(show, \"(\w+)\"", text))
    assert len(names) > 30
    documented = DOCUMENT.partition("## From a script")[2]
    assert not [name for name in names if f"`{name}`" not in documented]


@pytest.mark.parametrize(
    ("media", "wanted", "offer", "field"),
    [
        ({}, {"episode": 0}, {}, "wanted.episode"),
        ({}, {"episode": -1}, {}, "wanted.episode"),
        ({}, {"episode": "5"}, {}, "wanted.episode"),
        ({}, {"episode": 5.0}, {}, "wanted.episode"),
        ({}, {"episode": True}, {}, "wanted.episode"),
        ({}, {"batch": "sometimes"}, {}, "wanted.batch"),
        ({}, {"batch": 1}, {}, "wanted.batch"),
        ({}, {"prefs": {"batch": "sometimes"}}, {}, "wanted.prefs.batch"),
        ({}, {"prefs": {"audio": "both"}}, {}, "wanted.prefs.audio"),
        ({}, {"prefs": {"language": "elvish"}}, {}, "wanted.prefs.language"),
        ({}, {"prefs": {"resolutions": "1080p"}}, {}, "wanted.prefs.resolutions"),
        ({}, {"prefs": {"resolutions": ["good"]}}, {}, "wanted.prefs.resolutions"),
        ({}, {"prefs": {"groups": "Kagami"}}, {}, "wanted.prefs.groups"),
        ({}, {"prefs": {"codec": "best"}}, {}, "wanted.prefs.codec"),
        ({}, {"prefs": {"min_size": "40 MiB"}}, {}, "wanted.prefs.min_size"),
        ({}, {"prefs": {"min_seeders": -1}}, {}, "wanted.prefs.min_seeders"),
        ({}, {"prefs": ["1080p"]}, {}, "wanted.prefs"),
        ({"title": None}, {}, {}, "media.title"),
        ({"title": "Umi no Uta"}, {}, {}, "media.title"),
        ({"title": {"romaji": 7}}, {}, {}, "media.title.romaji"),
        ({"format": "TELEVISION"}, {}, {}, "media.format"),
        ({"status": "OVER"}, {}, {}, "media.status"),
        ({"episodes": "12"}, {}, {}, "media.episodes"),
        ({"synonyms": "Sea"}, {}, {}, "media.synonyms"),
        ({"startDate": "autumn"}, {}, {}, "media.startDate"),
        ({"startDate": 2023}, {}, {}, "media.startDate"),
        ({"startDate": {"year": 2023, "month": 13}}, {}, {}, "media.startDate"),
        ({"prequels": [{"romaji": "Umi", "format": "X"}]}, {}, {}, "media.prequels[0].format"),
        ({"related": {"romaji": "Umi"}}, {}, {}, "media.related"),
        ({}, {}, {"title": None}, "releases[0].title"),
        ({}, {}, {"size": "1.4 GiB"}, "releases[0].size"),
        ({}, {}, {"seeders": "many"}, "releases[0].seeders"),
        ({}, {}, {"pubdate": "yesterday"}, "releases[0].pubdate"),
        ({}, {}, {"category": "Anime"}, "releases[0].category"),
        ({}, {}, {"category": 12}, "releases[0].category"),
        ({}, {}, {"trusted": "No"}, "releases[0].trusted"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_the_field(media, wanted, offer, field):
    with pytest.raises(ValueError, match=rf"^{re.escape(field)} must be "):
        asked(media, wanted, offer)


def test_a_case_that_is_no_object_is_an_error():
    with pytest.raises(ValueError, match=r"^releases\[1\] must be an object"):
        choose(MEDIA, {"episode": 5}, [OFFER, "Umi no Uta - 05"], ())


PACK = {"title": "[Kagami] Umi no Uta (01-12) (1080p)"}


@pytest.mark.parametrize(
    ("batch", "single", "pack"),
    [
        (None, 0, None),
        (False, 0, None),
        ("never", 0, None),
        ("allow", 0, 0),
        (True, None, 0),
        ("only", None, 0),
    ],
)
def test_every_word_for_packs(batch, single, pack):
    for wanted in ({"batch": batch}, {"prefs": {"batch": batch}}):
        assert asked({}, wanted, {}) == single
        assert asked({}, wanted, PACK) == pack


@pytest.mark.parametrize(
    ("start", "before", "after"),
    [
        ("2023-10-22", "2023-10-20T00:00:00", "2023-10-24T00:00:00+09:00"),
        ("2023-10", "2023-09-28T00:00:00Z", "2023-10-02T00:00:00Z"),
        ("2023", "2022-12-29T00:00:00Z", "2023-01-02T00:00:00Z"),
        (
            {"year": 2023, "month": 10, "day": 22},
            "Fri, 20 Oct 2023 00:00:00 -0000",
            "Tue, 24 Oct 2023 00:00:00 +0000",
        ),
        ({"year": 2023, "month": 10, "day": None}, "2023-09-28", "2023-10-02"),
        ({"year": 2023, "month": None, "day": None}, "2022-12-29", "2023-01-02"),
    ],
)
def test_dates_and_times_as_they_come(start, before, after):
    assert asked({"startDate": start}, {}, {"pubdate": before}) is None
    assert asked({"startDate": start}, {}, {"pubdate": after}) == 0


@pytest.mark.parametrize("start", [None, "", {"year": None, "month": None, "day": None}])
def test_a_show_may_have_no_date(start):
    assert asked({"startDate": start}, {}, {"pubdate": "1999-01-01"}) == 0


def test_preferences_count():
    assert asked({}, {"prefs": {"min_size": 10**9 + 1}}) is None
    assert asked({}, {"prefs": {"min_size": 0}}, {"size": 1}) == 0
    assert asked({}, {"prefs": {"min_seeders": 11}}) is None
    assert asked({}, {"prefs": {"min_seeders": None, "codec": "any", "language": "EN"}}) == 0
    small = {"title": "[Kagami] Umi no Uta - 05 (720p)"}
    assert asked({}, {"prefs": {"resolutions": ["720p"]}}, {}, small) == 1
    assert asked({}, {"prefs": {"resolutions": ["1080p"]}}, {}, small) == 0
    assert asked({"format": "tv", "status": "releasing"}) == 0
