"""Names that say of the file what must not be overlooked: its kind, its speech, its group."""

import pytest

from uuutd.choice import rank
from uuutd.domain import Language, Taste

from .asking import fits, release, show, verdict, want

KAGE = want(5, show("Kage no Yakusoku", 12, "The Shadow Promise"))
DUB = Taste(audio="dub")

OTHER_FILES = [
    "[Gumi] Kage no Yakusoku - 05.srt",
    "[Gumi] Kage no Yakusoku - 05 [1080p].ass",
    "[Gumi] Kage no Yakusoku - 05.torrent",
    "[Gumi] Kage no Yakusoku - 05 [1080p].pdf",
    "[Gumi] Kage no Yakusoku - 05 [1080p].mp3",
    "[Gumi] Kage no Yakusoku - 05 [1080p].flac",
    "[Gumi] Kage no Yakusoku - 05.flac",
    "[Gumi] Kage no Yakusoku - 05 [1080p].tar.gz",
    "[Gumi] Kage no Yakusoku - 05 [1080p].jar",
    "[Gumi] Kage no Yakusoku - 05.cbz",
    "[Gumi] Kage no Yakusoku - 05 [1080p].mkv.ps1",
    "[Gumi] Kage no Yakusoku - 05 [1080p].mkv.xyz",
    "[Gumi] Kage no Yakusoku - 05 [1080p].mkv.001",
    "[Gumi] Kage no Yakusoku - 05 [1080p].wxyz",
    "[Gumi] Kage no Yakusoku - 05 1080p.wxyz",
    "Kage.no.Yakusoku.S01E05.1080p.WEB.H264-GRP.srt",
    "Kage.no.Yakusoku.S01E05.1080p.WEB.H264-GRP.zip",
    "[Gumi] Kage no Yakusoku - 05 (Subs Only)",
    "[Gumi] Kage no Yakusoku - 05 [English Subtitles only]",
]


@pytest.mark.parametrize("name", OTHER_FILES)
def test_what_is_no_video_is_refused(name):
    found = verdict(KAGE, name)
    assert "R5" in [each.code for each in found.rejections]


VIDEOS = [
    "[Gumi] Kage no Yakusoku - 05 [1080p].mkv",
    "[Gumi] Kage no Yakusoku - 05 (1080p) [0A1B2C3D].mp4",
    "[Gumi] Kage no Yakusoku - 05.rmvb",
    "[Gumi] Kage no Yakusoku - 05 1080p AAC2.0",
    "[Gumi] Kage no Yakusoku - 05 [1080p H.264]",
    "[Gumi] Kage no Yakusoku - 05 1080p WEB-DL DDP5.1 H.264",
    "[Gumi] Kage no Yakusoku - 05 [1080p] Ver1.1a",
    "[Gumi] Kage no Yakusoku - 05 - Mr.Right",
    "[Gumi] Kage no Yakusoku - 05 - The Battle of Mt.Fuji",
    "Kage.no.Yakusoku.S01E05.1080p.WEB.x264",
    "Kage.no.Yakusoku.S01E05.1080p.BluRay.FLAC",
    "Kage.no.Yakusoku.S01E05.1080p.WEB-DL.AAC2.0.H.264-GRP",
    "Kage.no.Yakusoku.S01E05.1080p.WEB-DL.DDP5.1.H.264-GRP.mkv",
    "Kage.no.Yakusoku.S01E05.The.Last.Door",
    "Kage.no.Yakusoku.S01E05",
    "[Gumi].Kage.no.Yakusoku.-.05.[1080p]",
]


@pytest.mark.parametrize("name", VIDEOS)
def test_a_dot_makes_no_suffix(name):
    assert fits(KAGE, name)


NOT_ENGLISH = [
    "[TRUEFRENCH]",
    "[SUBITA]",
    "[Sub Indo]",
    "[Subtitle Indonesia]",
    "[JPSC]",
    "[JPTC]",
    "[SC]",
    "[BR]",
    "[BR][FR]",
    "[ES-IT]",
    "[No Subs]",
    "[Without Subs]",
    "[Unsubbed]",
    "[NoSubs]",
    "[JPN Only]",
    "[English Audio]",
    "(Audio: English)",
    "[SimulDub]",
    "(Fandub)",
    "(Tamil Dub)",
    "(Dub: Spanish)",
    " German",
    " AVC French",
    "[Dual Audio][Hindi-English]",
]


@pytest.mark.parametrize("mark", NOT_ENGLISH)
def test_what_speaks_against_english_subtitles(mark):
    found = verdict(KAGE, f"[Gumi] Kage no Yakusoku - 05 [1080p]{mark}")
    assert "R4" in [each.code for each in found.rejections]


ENGLISH = [
    "",
    "[US]",
    "[US][BR][FR]",
    "[ENG][POR-BR][SPA-LA]",
    "[Multiple Subtitle][US][BR][FR]",
    "(Multi-Subs)",
    "[Dual Audio]",
    "[ENG+JPN]",
    "[Dual Audio][ENG-JPN]",
    "[Japanese Audio][English Subs]",
    "(Not Dubbed)",
    "[CR WEB-DL][EngSub]",
    "[MultiSub][Weekly]",
]


@pytest.mark.parametrize("mark", ENGLISH)
def test_what_speaks_for_english_subtitles(mark):
    assert fits(KAGE, f"[Gumi] Kage no Yakusoku - 05 [1080p]{mark}")


@pytest.mark.parametrize(
    "name",
    [
        "[Gumi] Kage no Yakusoku - 05 - No Way Out [1080p]",
        "[Gumi] Kage no Yakusoku - 05 - Tell It to Us [1080p]",
        "[Gumi] Kage no Yakusoku - 05 - The Only Audience [1080p]",
        "[Gumi] Kage no Yakusoku - 05 - The German Cook [1080p]",
        "[Gumi] Kage no Yakusoku - 05 - A Man in My Room (1080p)",
    ],
)
def test_short_codes_are_words_outside_of_lists(name):
    assert fits(KAGE, name)


@pytest.mark.parametrize(
    ("language", "mark"),
    [
        ("fr", "[US][BR][FR]"),
        ("pt", "[US][BR][FR]"),
        ("zh", "[JPSC]"),
        ("id", "[Subtitle Indonesia]"),
        ("it", "[SUBITA]"),
        ("FR", "[VOSTFR]"),
        (" de ", "[GerSub]"),
        ("pt-BR", "[POR-BR]"),
    ],
)
def test_a_wanted_language_is_found_in_every_way_of_writing_it(language, mark):
    taste = Taste(language=language)
    name = f"[Gumi] Kage no Yakusoku - 05 [1080p]{mark}"
    assert fits(KAGE, name, taste, language=Language.FOREIGN)
    assert not fits(KAGE, name, Taste(language="ko"), language=Language.FOREIGN)


@pytest.mark.parametrize("language", ["EN", "En", " en", "eng", "English", "en-US"])
def test_english_is_english_however_it_is_written(language):
    assert fits(KAGE, "[Gumi] Kage no Yakusoku - 05 [1080p]", Taste(language=language))


NOT_SPOKEN_IN_ENGLISH = [
    "[Dual Audio][Hindi-Japanese]",
    "[Dual Audio Hindi Japanese] ESub",
    "[Hindi + Japanese Dual Audio]",
    "[Hindi + Japanese Dual Audio] [Eng Sub]",
    "[Hindi-Japanese] Dual Audio",
    "Dual Audio [GER-JPN]",
    "Dual Audio (French/Japanese)",
    "Dual Audio [Latino-Japones]",
    "Dual Audio [Tamil-Japanese]",
    "Dual Audio [Elvish-Japanese]",
    "[Elvish + Japanese Dual Audio]",
    "German Dual Audio",
    "MULTI Audio [FR-JP]",
    "DualAudio [ITA-JPN]",
    "(Tamil Dub)",
    "(Telugu Dubbed)",
    "(Elvish Dub)",
    "Elvish Dub",
    "(Filipino Dub)",
    "(Tagalog Dubbed)",
    "(PT-BR Dub)",
    "(Latin Spanish Dub)",
    "(Dub Ita)",
    "(Dub ESP)",
    "(Dub: Spanish)",
    "(Doblado)",
    "(Not Dubbed)",
    "(Fan Dub)",
    "(Fandub)",
    "(Abridged English Dub)",
    "(AI English Dub)",
    "[Japanese Audio]",
    "[Hindi Audio]",
    "[English Audio Commentary]",
    "[Jpn_Chs_Cht]",
    "[Dual Subs]",
    "",
]


@pytest.mark.parametrize("mark", NOT_SPOKEN_IN_ENGLISH)
def test_speech_is_english_only_if_nothing_says_otherwise(mark):
    found = verdict(KAGE, f"[Gumi] Kage no Yakusoku - 05 1080p {mark}", DUB)
    assert "R4" in [each.code for each in found.rejections]


SPOKEN_IN_ENGLISH = [
    "Dual Audio",
    "[Dual-Audio]",
    "(Dual Audio, Multi-Subs)",
    "[1080p Dual Audio HEVC 10 bits]",
    "[Dual Audio][ENG-JPN]",
    "[Dual Audio] [English Subs]",
    "[Hindi-English-Japanese Multi Audio]",
    "[Multi-Audio][ENG][GER][JPN]",
    "[English Audio]",
    "[ENG+JPN]",
    "[JPN+ENG]",
    "[English Dub]",
    "(English Dubbed)",
    "[EN DUB]",
    "[Eng-Dub]",
    "[English Dub][Spanish Subs]",
    "[CR-Dub 1080p x264 AAC]",
    "(The Shadow Promise, English Dub)",
    "Dub",
    "[SimulDub]",
]


@pytest.mark.parametrize("mark", SPOKEN_IN_ENGLISH)
def test_english_speech_is_heard(mark):
    assert fits(KAGE, f"[Gumi] Kage no Yakusoku - 05 1080p {mark}", DUB)


@pytest.mark.parametrize(
    ("mark", "right"),
    [
        ("[Dub]", False),
        ("[SimulDub]", False),
        ("[Dual Audio]", False),
        ("[English Dub]", True),
        ("[EngDub]", True),
        ("[Dual Audio][ENG-ITA-JPN]", True),
    ],
)
def test_in_a_foreign_category_english_speech_must_be_named(mark, right):
    name = f"[Gumi] Kage no Yakusoku - 05 [1080p]{mark}"
    assert fits(KAGE, name, DUB, language=Language.FOREIGN) is right


def test_a_dub_of_a_short_title_is_english():
    assert fits(KAGE, "[Gumi] Kage no Yakusoku Dub - 05 [1080p]", DUB)


NO_GROUPS = [
    "Kage no Yakusoku S01E05 1080p NF WEB-DL",
    "Kage no Yakusoku S01E05 1080p NF WEB-DL.mkv",
    "Kage.no.Yakusoku.S01E05.1080p.NF.WEB-DL.x264.mkv",
    "Kage no Yakusoku S01E05 1080p NF WEB-DL [Multi-Subs]",
    "Kage no Yakusoku S01E05 1080p WEB-Rip",
    "Kage no Yakusoku S01E05 1080p Blu-Ray",
    "Kage no Yakusoku S01E05 1080p Sub-Title",
    "Kage no Yakusoku S01E05 1080p Dual-Audio",
    "Kage no Yakusoku S01E05 1080p Multi-Subs",
    "Kage no Yakusoku S01E05 1080p x265 10-bit",
    "Kage no Yakusoku S01E05 1080p H-265",
    "[1080p] Kage no Yakusoku - 05",
]


@pytest.mark.parametrize("name", NO_GROUPS)
def test_technical_words_are_no_group(name):
    assert verdict(KAGE, name).group is None


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Kage no Yakusoku S01E05 1080p WEB-DL AAC2.0 H.264-VARYA (Multi-Subs)", "VARYA"),
        ("Kage no Yakusoku S01E05 1080p NF WEB-DL-GRP", "GRP"),
        ("Kage no Yakusoku S01E05 1080p Blu-Ray-GRP.mkv", "GRP"),
        ("Kage no Yakusoku S01E05 VOSTFR 1080p WEB x264 AAC -The-Raws (CR)", "The-Raws"),
        ("[1080p] Kage no Yakusoku S01E05 x264-GRP", "GRP"),
        ("[Gumi] Kage no Yakusoku - 05 [1080p] WEB-DL", "Gumi"),
    ],
)
def test_a_group_is_found_behind_technical_words(name, group):
    assert verdict(KAGE, name).group == group


def test_two_releases_of_nobody_do_not_replace_each_other():
    names = [
        "Kage no Yakusoku S01E05 1080p NF WEB-DL",
        "Kage no Yakusoku S01E05v2 1080p CR WEB-DL",
    ]
    found = rank(KAGE, [release(name) for name in names], Taste())
    assert all(each.fits for each in found.verdicts)


@pytest.mark.parametrize("listed", ["", "  "])
def test_an_empty_group_is_nobody(listed):
    taste = Taste(groups=(listed,), earlier_group=listed)
    bare, torn = (
        verdict(KAGE, f"[{name}] Kage no Yakusoku - 05 [1080p]", taste)
        for name in ("Gumi", "Gumi &")
    )
    assert torn.fits
    assert torn.score == bare.score
    assert all(each.text.strip() for each in torn.reasons)
