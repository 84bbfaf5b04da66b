"""How release groups write names, and what stands in the files they name so."""

import attrs

JA, EN = "ja", "en"
FULL, HALF, SMALL = 1400, 640, 360
"""Usual sizes of an episode, in MiB: 1080p, the same in HEVC or 720p, and smaller."""


@attrs.frozen(kw_only=True)
class Habit:
    """A group's way to write a name.

    The template knows ``own`` ``short`` ``base`` ``english`` (titles), ``tag`` (the number as
    *counts* says, with its version), ``res`` ``crc`` ``year`` ``said`` (own English title) and
    ``chinese``.  *counts*: own numbers, ``short`` ones (a season's), ``season`` for ``S02E05``,
    ``through`` the whole line, ``none``.  *codec* is what the name says.
    """

    group: str
    template: str
    counts: str = "own"
    codec: str | None = None
    trusted: bool = False
    category: str = "1_2"
    speech: frozenset = frozenset({JA})
    subs: frozenset = frozenset({EN})
    resolutions: tuple = ("1080p", "720p")
    seeders: tuple = (20, 90)
    size: int = FULL


def _h(group, template, counts="own", codec=None, **more):
    return Habit(group=group, template=template, counts=counts, codec=codec, **more)


MANY = frozenset({"en", "pt", "es", "ar", "fr", "de", "it", "ru"})
BOTH = frozenset({JA, EN})

ENGLISH = (
    _h(
        "SubsPlease",
        "[SubsPlease] {short} - {tag} ({res}) [{crc}].mkv",
        "short",
        trusted=True,
        resolutions=("1080p", "720p", "480p"),
        seeders=(300, 900),
    ),
    _h(
        "Erai-raws",
        "[Erai-raws] {own} - {tag} [{res} CR WEB-DL AVC AAC][MultiSub][{crc}]",
        "own",
        "avc",
        trusted=True,
        subs=MANY,
        seeders=(100, 299),
    ),
    _h(
        "Judas",
        "[Judas] {base} - {tag} [{res}][HEVC x265 10bit][Multi-Subs] (Weekly)",
        "season",
        "hevc",
        trusted=True,
        subs=MANY,
        resolutions=("1080p",),
        size=HALF,
        seeders=(91, 290),
    ),
    _h(
        "EMBER",
        "[EMBER] {base} {tag} [{res}] [HEVC WEBRip] ({said})",
        "season",
        "hevc",
        size=HALF,
        seeders=(80, 280),
    ),
    _h(
        "ASW",
        "[ASW] {short} - {tag} [{res} HEVC x265 10Bit][AAC]",
        "short",
        "hevc",
        trusted=True,
        resolutions=("1080p",),
        size=HALF,
        seeders=(90, 280),
    ),
    _h(
        "ToonsHub",
        "[ToonsHub] {english} {tag} {res} CR WEB-DL AAC2.0 H.264 (Multi-Subs)",
        "season",
        "avc",
        subs=MANY,
        resolutions=("1080p", "2160p"),
        seeders=(20, 90),
    ),
    _h(
        "VARYG",
        "{english} {tag} {res} CR WEB-DL AAC2.0 H 264-VARYG ({own}, Multi-Subs)",
        "season",
        "avc",
        trusted=True,
        subs=MANY,
        resolutions=("1080p",),
        seeders=(30, 89),
    ),
    _h("SSA", "[SSA] {short} - {tag} [{res}].mkv", "short", seeders=(3, 19)),
    _h(
        "New-raws",
        "[New-raws] {base} - {tag} [{res}] [AMZN].mkv",
        "through",
        resolutions=("1080p",),
        seeders=(5, 25),
    ),
    _h(
        "DKB",
        "[DKB] {base} - {tag} [{res}][HEVC x265 10bit][Multi-Subs][weekly]",
        "season",
        "hevc",
        subs=MANY,
        size=HALF,
        seeders=(20, 80),
    ),
    _h(
        "Trix",
        "[Trix] {base} {tag} ({res} AV1) [Multi Subs]",
        "season",
        "av1",
        subs=MANY,
        size=HALF,
        seeders=(10, 50),
    ),
    _h(
        "Anime Time",
        "[Anime Time] {base} - {tag} [{res}][HEVC 10bit x265][AAC][Multi Sub] [Weekly]",
        "through",
        "hevc",
        trusted=True,
        subs=MANY,
        resolutions=("1080p",),
        size=HALF,
        seeders=(20, 80),
    ),
    _h(
        "KAWAII",
        "{english_dots}.{tag}.{res}.WEB.H264-KAWAII",
        "season",
        "avc",
        resolutions=("1080p",),
        seeders=(5, 30),
    ),
)
MULTI = _h(
    "Erai-raws",
    "[Erai-raws] {own} - {tag} [{res}][Multiple Subtitle] [ENG][POR-BR][SPA][ARA][FRE][GER]",
    "own",
    trusted=True,
    subs=MANY,
    seeders=(100, 299),
)
"""The one habit with an explicit list of languages."""

FOREIGN = (
    _h(
        "ANi",
        "[ANi] {own} - {tag} [1080P][Baha][WEB-DL][AAC AVC][CHT][MP4]",
        "own",
        "avc",
        category="1_3",
        subs=frozenset({"zh"}),
        resolutions=("1080p",),
    ),
    _h(
        "LoliHouse",
        "[LoliHouse] {chinese} / {short} - {tag} [WebRip {res} HEVC-10bit AAC][简繁内封字幕]",
        "short",
        "hevc",
        category="1_3",
        subs=frozenset({"zh"}),
        resolutions=("1080p",),
        size=HALF,
    ),
    _h(
        "桜都字幕组",
        "[桜都字幕组] {chinese} / {short} [{tag}][{res}][简繁内封]",
        "short",
        category="1_3",
        subs=frozenset({"zh"}),
        resolutions=("1080p",),
    ),
    _h(
        "Tsundere-Raws",
        "{base} {tag} VOSTFR {res} WEB x264 AAC -Tsundere-Raws (CR)",
        "season",
        "avc",
        category="1_3",
        subs=frozenset({"fr"}),
        resolutions=("1080p",),
    ),
    _h(
        "PuyaSubs!",
        "[PuyaSubs!] {short} - {tag} [{res}][Sub Español][{crc}].mkv",
        "short",
        category="1_3",
        subs=frozenset({"es"}),
        resolutions=("1080p",),
    ),
    _h(
        "Ohys-Raws",
        "[Ohys-Raws] {own} - {tag} (AT-X 1280x720 x264 AAC).mp4",
        "own",
        "avc",
        category="1_4",
        subs=frozenset(),
        resolutions=("720p",),
        size=HALF,
    ),
)
DUBS = (
    _h(
        "Yameii",
        "[Yameii] {base} - {tag} [English Dub] [CR WEB-DL {res}] [{crc}]",
        "season",
        speech=frozenset({EN}),
        resolutions=("1080p",),
        seeders=(20, 60),
    ),
    _h(
        "Golumpa",
        "[Golumpa] {base} - {tag} [English Dub] [CR-Dub {res} x264 AAC] [MKV] [{crc}]",
        "through",
        "avc",
        speech=frozenset({EN}),
        resolutions=("720p",),
        size=HALF,
        seeders=(20, 60),
    ),
)
DUAL = _h(
    "VARYG",
    "{english} {tag} {res} CR WEB-DL DUAL AAC2.0 H 264-VARYG ({own}, Dual-Audio, Multi-Subs)",
    "season",
    "avc",
    trusted=True,
    speech=BOTH,
    subs=MANY,
    resolutions=("1080p",),
    seeders=(61, 120),
)
CJK = _h(
    "Snow-Subs",
    "[Snow-Subs] {native_plain} / {base} [{tag}][{res}][EngSub]",
    "short",
    resolutions=("1080p",),
    seeders=(20, 60),
)
"""A season that only the Japanese part of the name tells."""

PACKS = (
    _h(
        "SubsPlease",
        "[SubsPlease] {short} ({range}) ({res}) [Batch]",
        "short",
        trusted=True,
        resolutions=("1080p", "720p"),
        seeders=(100, 250),
    ),
    _h(
        "Erai-raws",
        "[Erai-raws] {own} - {own_range} [{res}][Multiple Subtitle]",
        "own",
        trusted=True,
        subs=MANY,
        resolutions=("1080p",),
        seeders=(30, 99),
    ),
    _h(
        "Judas",
        "[Judas] {base} (Season {season}) [{res}][HEVC x265 10bit][Multi-Subs] (Batch)",
        "whole",
        "hevc",
        trusted=True,
        subs=MANY,
        resolutions=("1080p",),
        size=HALF,
        seeders=(100, 290),
    ),
    _h(
        "EMBER",
        "[EMBER] {base} ({year}) (Season {season}) [BDRip] [{res} Dual Audio HEVC 10 bits DDP] (Batch)",  # noqa: E501 - a name
        "whole",
        "hevc",
        speech=BOTH,
        resolutions=("1080p",),
        size=HALF,
        seeders=(60, 280),
    ),
    _h(
        "VARYG",
        "{english} S{season:02} {res} CR WEB-DL AAC2.0 H 264-VARYG (Multi-Subs)",
        "whole",
        "avc",
        trusted=True,
        subs=MANY,
        resolutions=("1080p",),
        seeders=(10, 59),
    ),
)
FILMS = (
    _h(
        "SubsPlease",
        "[SubsPlease] {own} ({res}) [{crc}].mkv",
        "none",
        trusted=True,
        seeders=(300, 600),
    ),
    _h(
        "Erai-raws",
        "[Erai-raws] {own} - Movie [{res}][Multiple Subtitle][{crc}].mkv",
        "none",
        trusted=True,
        subs=MANY,
        seeders=(100, 280),
    ),
    _h(
        "EMBER",
        "[EMBER] {own} ({year}) (Movie) [{res}] [HEVC 10 bits BDRip]",
        "none",
        "hevc",
        size=HALF,
        seeders=(60, 280),
    ),
    _h(
        "VARYG",
        "{said} {year} {res} BluRay x264-VARYG",
        "none",
        "avc",
        trusted=True,
        resolutions=("1080p",),
        seeders=(30, 120),
    ),
    _h(
        "Judas",
        "[Judas] {own} ({said}) (Movie) [BD {res}][HEVC x265 10bit][Eng-Subs]",
        "none",
        "hevc",
        trusted=True,
        resolutions=("1080p",),
        size=HALF,
        seeders=(60, 200),
    ),
    _h(
        "ToonsHub",
        "[ToonsHub] {said} ({year}) {res} AMZN WEB-DL DDP5.1 H.264",
        "none",
        "avc",
        resolutions=("1080p", "2160p"),
        seeders=(20, 90),
    ),
)
FOREIGN_FILMS = (
    _h(
        "桜都字幕组",
        "[桜都字幕组] {chinese} / {own} [Movie][{res}][简繁内封]",
        "none",
        category="1_3",
        subs=frozenset({"zh"}),
        resolutions=("1080p",),
    ),
    _h(
        "Tsundere-Raws",
        "{own} {year} VOSTFR {res} WEB x264 AAC -Tsundere-Raws (CR)",
        "none",
        "avc",
        category="1_3",
        subs=frozenset({"fr"}),
        resolutions=("1080p",),
    ),
    _h(
        "Ohys-Raws",
        "[Ohys-Raws] {own} (BD 1280x720 x264 AAC).mp4",
        "none",
        "avc",
        category="1_4",
        subs=frozenset(),
        resolutions=("720p",),
        size=HALF,
    ),
)
OVAS = (
    _h("SSA", "[SSA] {own} [{res}].mkv", "none", seeders=(3, 19)),
    _h(
        "Erai-raws",
        "[Erai-raws] {own} - 01 [{res} CR WEB-DL AVC AAC][MultiSub][{crc}]",
        "none",
        "avc",
        trusted=True,
        subs=MANY,
        seeders=(100, 299),
    ),
    _h(
        "EMBER",
        "[EMBER] {own} S00E01 [{res}] [HEVC WEBRip]",
        "none",
        "hevc",
        size=HALF,
        seeders=(60, 280),
    ),
    _h(
        "Anime Time",
        "[Anime Time] {own} [{res}][HEVC 10bit x265][AAC][Multi Sub]",
        "none",
        "hevc",
        trusted=True,
        subs=MANY,
        resolutions=("1080p",),
        size=HALF,
        seeders=(20, 80),
    ),
)
