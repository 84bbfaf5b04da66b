"""The words that release names are made of besides titles and numbers."""

import re
from functools import lru_cache

from ..domain import Format

RESOLUTION = re.compile(r"(?:\d{3,4}x)?(\d{3,4})[pi]?(?:60)?$")
HEIGHTS = frozenset({360, 396, 480, 540, 544, 576, 720, 810, 816, 900, 1080, 1440, 2160, 4320})
NAMED_RESOLUTIONS = {"4k": "2160p", "uhd": "2160p", "8k": "4320p", "fhd": "1080p"}

CODECS = {
    **dict.fromkeys(("hevc", "x265", "h265", "265", "hevc10", "hvc1", "ma10p"), "hevc"),
    **dict.fromkeys(("avc", "x264", "h264", "264", "hi10p", "hi10", "hi444pp"), "avc"),
    **dict.fromkeys(("av1", "svtav1"), "av1"),
    **dict.fromkeys(("xvid", "divx", "divx5"), "xvid"),
    **dict.fromkeys(("vp9", "vvc", "mpeg2"), "other"),
}

SOURCES = {
    **dict.fromkeys(("bd", "bdrip", "bluray", "blu", "bdremux", "bdmv", "remux", "uhdbd"), "bd"),
    **dict.fromkeys(("web", "webrip", "webdl"), "web"),
    **dict.fromkeys(("amzn", "cr", "nf", "dsnp", "hidive", "hidi", "hulu", "adn", "funi"), "web"),
    **dict.fromkeys(("baha", "bilibili", "bili", "abema", "atvp", "viutv", "iqiyi"), "web"),
    **dict.fromkeys(("netflix", "crunchyroll", "funimation", "wakanim", "vrv", "bstation"), "web"),
    **dict.fromkeys(("dvd", "dvdrip", "r2j", "r2dvd", "dvd5", "dvd9"), "dvd"),
    **dict.fromkeys(("hdtv", "hdtvrip", "tvrip", "dtv"), "tv"),
}

BROADCASTERS = frozenset(
    {"bs11", "mx", "tx", "ntv", "ytv", "tbs", "mbs", "nhk", "cx", "ex", "tva", "ktv", "wowow"}
    | {"nhke", "kbs", "ctc", "tvk", "bstbs", "bsfuji", "bsntv", "bsj", "bs4", "bs5", "nbn", "atx"}
    | {"tokyomx", "animax", "cbc", "thk", "ebc"}
)
"""Japanese stations, which name the source of untouched recordings."""

AUDIO_AND_MORE = re.compile(
    r"(?:\d{1,2}(?:bits?|b)|\d+(?:fps|kbps|khz|hz|ch|mb|gb)|(?:e?ac3|eac3|aac|flac|dts|dtshd|ddp?|opus|"
    r"truehd|lpcm|pcm|mp3|ogg|vorbis|ma)\d?|atmos|hdr(?:10)?(?:plus)?|dv|dovi|sdr|yuv\d+p?\d*|"
    r"mkv|mp4|avi|ass|srt|ts|m2ts|v\d|repack\d?|proper\d?|real|remastered|"
    r"hardsubs?|softsubs?|chapters|ws|weekly|simulcast|hd|sd|10bits?|crf\d*)$"
)

SUBBING_RAWS = frozenset({"erai-raws", "new-raws"})
"""Groups that subtitle, whatever they call themselves."""

VIDEO_SUFFIXES = frozenset(
    {"mkv", "mp4", "avi", "m4v", "ts", "m2ts", "wmv", "mov", "ogm", "webm"}
    | {"rmvb", "flv", "mpg", "mpeg"}
)
OTHER_SUFFIXES = frozenset(
    {"exe", "scr", "msi", "bat", "cmd", "com", "lnk", "js", "vbs", "apk", "iso", "rar", "zip", "7z"}
    | {"jar", "ps1", "hta", "pif", "dll", "dmg", "deb", "pkg", "wsf", "vbe", "jse", "cpl", "chm"}
    | {"gz", "tgz", "tar", "bz2", "xz", "zst", "cab", "ace", "torrent", "nzb", "par2", "url"}
    | {"srt", "ass", "ssa", "vtt", "sup", "idx", "mks", "txt", "nfo", "sfv", "md5", "m3u", "m3u8"}
    | {"pdf", "epub", "mobi", "cbz", "cbr", "cb7", "docx", "xlsx", "html", "htm", "json", "xml"}
    | {"jpg", "jpeg", "png", "gif", "webp", "bmp", "psd", "mp3", "m4a", "wma", "wav"}
)
"""Suffixes of what is no video; a name without spaces ends in no such word either."""
TRACK_SUFFIXES = frozenset({"flac", "aac", "ac3", "eac3", "dts", "opus", "ogg", "mka"})
"""Suffixes of sound, which are the codecs of a video's in a name that is cut by dots."""

COMPOUNDS = frozenset(
    {("web", "dl"), ("web", "rip"), ("blu", "ray"), ("bd", "rip"), ("dvd", "rip"), ("hd", "rip")}
    | {("tv", "rip"), ("hdtv", "rip"), ("hd", "tv"), ("sub", "title"), ("sub", "titles")}
    | {("sub", "titled"), ("hard", "subbed"), ("soft", "subbed"), ("dts", "x"), ("dts", "es")}
    | {("true", "hd"), ("dolby", "vision"), ("vp", "9"), ("he", "aac"), ("re", "encode")}
    | {("re", "mux"), ("dual", "language"), ("multi", "language"), ("dual", "lang")}
    | {("multi", "lang"), ("hi", "res"), ("8", "bits"), ("bd", "mux"), ("web", "mux")}
)
"""Technical words of two parts, the second of which is the name of no group."""

LANGUAGES = {
    **dict.fromkeys(("eng", "english", "engsub", "engsubs", "esub", "esubs", "engdub"), "en"),
    **dict.fromkeys(
        ("vostfr", "vost", "vf", "fre", "fra", "french", "francais", "subfrench", "truefrench"),
        "fr",
    ),
    **dict.fromkeys(("spa", "spanish", "espanol", "castellano", "latino", "esp"), "es"),
    **dict.fromkeys(("por", "pt", "ptbr", "portuguese", "portugues", "legendado", "dublado"), "pt"),
    **dict.fromkeys(("subesp", "subspa", "doblado", "doblada"), "es"),
    **dict.fromkeys(("ita", "italian", "italiano", "subita"), "it"),
    **dict.fromkeys(("ger", "deu", "german", "deutsch", "gerdub", "gersub", "subger"), "de"),
    **dict.fromkeys(("rus", "russian"), "ru"),
    **dict.fromkeys(("ara", "arabic"), "ar"),
    **dict.fromkeys(("jpn", "jap", "japanese", "japones", "japonais"), "ja"),
    **dict.fromkeys(("chs", "cht", "chi", "zho", "big5", "gb", "chinese", "mandarin", "cn"), "zh"),
    **dict.fromkeys(("jpsc", "jptc", "chsjp", "chtjp", "cantonese"), "zh"),
    **dict.fromkeys(("kor", "korean"), "ko"),
    **dict.fromkeys(("pol", "polish"), "pl"),
    **dict.fromkeys(("tur", "turkish", "turkce"), "tr"),
    **dict.fromkeys(("ind", "indonesian", "indonesia", "indo", "subindo"), "id"),
    **dict.fromkeys(("vie", "vietnamese", "vietsub"), "vi"),
    **dict.fromkeys(("tha", "thai"), "th"),
    **dict.fromkeys(("hin", "hindi"), "hi"),
    **dict.fromkeys(("may", "malay"), "ms"),
    **dict.fromkeys(("heb", "hebrew"), "he"),
    **dict.fromkeys(("hun", "hungarian"), "hu"),
    **dict.fromkeys(("dut", "dutch"), "nl"),
    **dict.fromkeys(("cze", "czech"), "cs"),
    **dict.fromkeys(("ukr", "ukrainian"), "uk"),
    "tamil": "ta",
    "telugu": "te",
    **dict.fromkeys(("filipino", "tagalog"), "tl"),
}
FLAGS = {
    **dict.fromkeys(("us", "uk", "en"), "en"),
    **dict.fromkeys(("br", "pt"), "pt"),
    **dict.fromkeys(("es", "sp", "latam"), "es"),
    **dict.fromkeys(("sa", "ar"), "ar"),
    **dict.fromkeys(("jp", "ja"), "ja"),
    **dict.fromkeys(("sc", "tc", "tw", "hk", "zh"), "zh"),
    **dict.fromkeys(("kr", "ko"), "ko"),
    **dict.fromkeys(("vn", "vi"), "vi"),
    **dict.fromkeys(("in", "hi"), "hi"),
    **{each: each for each in ("fr", "de", "it", "ru", "pl", "tr", "id", "th", "hu", "nl")},
    "my": "ms",
    "il": "he",
    "cz": "cs",
    "ua": "uk",
    "ph": "tl",
}
"""Countries and short codes, which are languages in lists of them only."""
SUB_WORDS = frozenset(
    {"sub", "subs", "subbed", "subtitle", "subtitles", "subtitled", "subtitulado", "softsub"}
    | {"softsubs", "hardsub", "hardsubs", "hardsubbed"}
)
DUB_WORDS = frozenset(
    {"dub", "dubs", "dubbed", "dublado", "vf", "engdub", "gerdub"}
    | {"truefrench", "doblado", "doblada", "simuldub", "simuldubbed", "fandub"}
)
MANY_WORDS = frozenset({"multi", "multiple"})
MULTI_SUBS = frozenset({"multisub", "multisubs", "msubs", "multisubtitle", "multisubtitles"})
DUAL_AUDIO = frozenset({"dualaudio", "multiaudio"})
UNSUBBED = frozenset({"unsubbed", "nosub", "nosubs", "unsub", "subless"})

CHINESE_SUBS = re.compile(
    "[\u7b80\u7c21\u7e41]|\u5b57\u5e55|\u53cc\u8bed|\u96d9\u8a9e|\u5185\u5d4c|\u5167\u5d4c|\u5185\u5c01|\u5167\u5c01|\u5916\u6302|\u5916\u639b|\u4e2d\u6587|\u4e2d\u65e5"
)

HARMLESS = frozenset({"tv", "uncensored", "uncut", "censored", "aka", "ep", "eps", "end"})
"""Words that may stand between a title and its number and say nothing of the show."""

BATCH_WORDS = frozenset({"batch", "complete", "collection"})
BATCH_HAN = re.compile("\u5408\u96c6|\u5168\u96c6|\u5168$|\u5168\\d*[\u8a71\u8bdd\u96c6]")

FORMATS = {
    **dict.fromkeys(("movie", "movies", "film", "films", "gekijouban", "gekijoban"), Format.MOVIE),
    **dict.fromkeys(("ova", "ovas", "oad", "oads", "oav"), Format.OVA),
    **dict.fromkeys(("special", "specials", "sp", "sps"), Format.SPECIAL),
    **dict.fromkeys(("ona", "onas"), Format.ONA),
}
HAN_MOVIE = re.compile("\u5267\u573a\u7248|\u5287\u5834\u7248|\u6620\u753b|\u7535\u5f71")

EXTRA = re.compile(
    r"(?:nc(?:op|ed)\d*[a-z]?(?:v\d)?|ncop|nced|creditless|textless|pv\d*|cm\d*|trailers?|teasers?|"
    r"previews?|menus?|sample|ost|soundtracks?|osts|bgm|artbook|manga|novel|karaoke|abridged)$"
)
LOOSE_EXTRA = re.compile(r"(?:op|ed)\d*[a-z]?$|openings?$|endings?$|interviews?$|recaps?$")
"""What is an extra only where the number of an episode would stand."""

EPISODE_WORDS = frozenset({"e", "ep", "eps", "episode", "episodes", "epi"})
EPISODE_COUNTERS = ("\u8a71", "\u8bdd", "\u96c6", "\u56de", "\u5f3e")
DATE_COUNTERS = ("\u6708", "\u5e74", "\u65b0\u756a", "\u65e5")

CHECKSUM = re.compile(r"(?=.*\d)[0-9a-f]{8}$")


@lru_cache(maxsize=4096)
def resolution(text: str) -> str | None:
    """Return the resolution that a word names, such as ``1080p``."""
    if text in NAMED_RESOLUTIONS:
        return NAMED_RESOLUTIONS[text]
    if len(text) < 4 or not text[0].isdigit():
        return None
    match = RESOLUTION.match(text)
    if match is None or int(match[1]) not in HEIGHTS or text.isdigit():
        return None
    return f"{match[1]}p"


WEAK = frozenset(
    {"may", "ind", "por", "ara", "spa", "pol", "real", "ma", "cr", "dd", "ts", "dv", "hd", "sd"}
    | {"ass", "raw", "raws", "dual", "multi", "audio", "bit", "bits", "adn", "latino", "bili"}
    | {"indo", "indonesia"}
)
"""Technical words that may as well belong to a title, where they stand outside of brackets."""


@lru_cache(maxsize=4096)
def is_technical(text: str) -> bool:
    """Whether a word speaks of the file and not of the show."""
    return (
        text in CODECS
        or text in SOURCES
        or text in LANGUAGES
        or text in SUB_WORDS
        or text in DUB_WORDS
        or text in MANY_WORDS
        or text in MULTI_SUBS
        or text in DUAL_AUDIO
        or text in ("dual", "audio", "raw", "raws", "bit", "bits")
        or resolution(text) is not None
        or AUDIO_AND_MORE.match(text) is not None
    )
