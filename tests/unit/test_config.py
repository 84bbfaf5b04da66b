"""The configuration is checked whole, and everything wrong with it is said at once."""

import enum
import string
from pathlib import Path, PurePosixPath
from typing import Literal

import attrs
import pytest
from attrs import validators
from hypothesis import given
from hypothesis import strategies as st

from uuutd.backends import Indexer, TorrentClient
from uuutd.config import Address, examine, find_file, load, reference
from uuutd.config.structure import Flaws, Reader
from uuutd.domain import Secret
from uuutd.errors import ConfigError
from uuutd.hookspecs import hookimpl
from uuutd.plugins import Plugins

CANARY = "hunter2-canary"


class Colour(enum.Enum):
    RED = "red"


@attrs.frozen(kw_only=True)
class BoxConfig:
    url: str = attrs.field(metadata={"help": "Where the box is."})
    password: Secret | None = None
    timeout: float = attrs.field(default=5.0, validator=validators.gt(0))
    retries: int = 3
    verify: bool = True
    mode: Literal["fast", "slow"] = attrs.field(default="fast")
    colour: Colour = Colour.RED
    tags: tuple[str, ...] = ()
    save_path: Path | None = None
    remote_path: PurePosixPath | None = None


@attrs.frozen
class NyaaConfig:
    rate: float = 1.0


class Box(TorrentClient[BoxConfig]):
    name, title, Config = "box", "A box", BoxConfig
    check = add = torrents = changes = files = set_wanted = pause = resume = remove = None
    recheck = limit = limits = set_limits = trackers = peers = free_bytes = None


class Nyaa(Indexer[NyaaConfig]):
    name, title, Config = "nyaa", "Nyaa", NyaaConfig
    check = search = None


class Plugin:
    @hookimpl
    def uuutd_torrent_clients(self):
        return [Box]

    @hookimpl
    def uuutd_indexers(self):
        return [Nyaa]


@pytest.fixture
def plugins():
    made = Plugins([])
    made.register(Plugin(), "test")
    return made


@pytest.fixture
def read(tmp_path, plugins):
    """Return what loads a configuration of this text and environment."""

    def read(text="", **environ):
        path = tmp_path / "uuutd.toml"
        path.write_text(text)
        return load(path, plugins, environ)

    return read


@pytest.fixture
def problems(read):
    """Return what lists everything that is wrong with a configuration."""

    def problems(text="", **environ):
        with pytest.raises(ConfigError) as refused:
            read(text, **environ)
        return [str(each) for each in refused.value.problems]

    return problems


def test_every_problem_is_reported_at_once(read, tmp_path):
    with pytest.raises(ConfigError) as refused:
        read(
            """
            lissten = "127.0.0.1:8484"
            [clients.seedbox]
            type = "box"
            url = "http://127.0.0.1:8080"
            timeout = -1.0
            [indexers.nyaasi]
            """
        )
    assert str(refused.value).splitlines() == [
        f"{tmp_path}/uuutd.toml: 3 problems",
        "  lissten: no such setting (did you mean listen?)",
        (
            '  indexers.nyaasi: no plugin brings an indexer of type "nyaasi" '
            "(did you mean nyaa?); installed: nyaa"
        ),
        "  clients.seedbox.timeout: must be > 0, got -1.0",
    ]


def test_an_empty_file_gives_the_defaults(read, tmp_path):
    config = read()
    assert config.listen == Address("127.0.0.1", 8484)
    assert config.data_dir == tmp_path / "uuutd-data"
    assert config.database_url == f"sqlite://{tmp_path}/uuutd-data/uuutd.db"
    assert config.key_file == tmp_path / "uuutd-data" / "keys.json"
    assert config.auth.signup == "invite"
    assert config.choice.resolutions == ("1080p", "720p", "480p")


def test_everything_that_can_be_set_arrives(read, tmp_path):
    config = read(
        """
        listen = "[::1]:0"
        data_dir = "state"
        allowed_hosts = ["box.example"]
        [database]
        url = "sqlite://uuutd.db"
        [auth]
        signup = "open"
        [choice]
        resolutions = ["720p"]
        batch = "allow"
        [clients.one]
        type = "box"
        url = "http://a"
        timeout = 2
        tags = ["a", "b"]
        colour = "red"
        save_path = "anime"
        remote_path = "/srv/anime"
        [clients.box]
        url = "http://b"
        """
    )
    assert config.listen == Address("::1", 0)
    assert str(config.listen) == "[::1]:0"
    assert config.data_dir == tmp_path / "state"
    assert config.database_url == f"sqlite://{tmp_path}/uuutd.db"
    assert config.choice.batch == "allow"
    assert list(config.clients) == ["one", "box"]
    assert config.clients["box"].type == "box"
    assert config.clients["one"].backend is Box
    assert config.clients["one"].settings == BoxConfig(
        url="http://a",
        timeout=2.0,
        tags=("a", "b"),
        save_path=tmp_path / "anime",
        remote_path=PurePosixPath("/srv/anime"),
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("retries = true", "retries: expected a whole number, got a boolean"),
        ('retries = "7"', "retries: expected a whole number, got a text"),
        ("retries = 1.0", "retries: expected a whole number, got a decimal number"),
        ("timeout = true", "timeout: expected a number, got a boolean"),
        ("verify = 1", "verify: expected true or false, got a number"),
        ('tags = "abc"', "tags: expected a list, got a text"),
        ('tags = ["a", 1, 2]', "tags[1]: expected a text, got a number"),
        ('mode = "fats"', "mode: expected one of fast, slow"),
        ('colour = "blue"', "colour: expected one of red"),
        ("password = 1", 'password: expected a text, or { file = "..." }'),
        ('password = { fil = "x" }', 'password: expected a text, or { file = "..." }'),
        ("save_path = 3", "save_path: expected a path, got a number"),
        ("retrys = 3", "retrys: no such setting (did you mean retries?)"),
        ("zzz = 3", "zzz: no such setting"),
    ],
)
def test_types_are_taken_strictly(problems, line, problem):
    found = problems(f'[clients.x]\ntype = "box"\nurl = "http://a"\n{line}\n')
    assert found[0] == f"clients.x.{problem}"


def test_all_problems_of_one_table_are_found_whatever_else_is_missing(problems):
    assert problems('[clients.box]\ntimeout = 0\nretries = "x"\n') == [
        "clients.box.retries: expected a whole number, got a text",
        "clients.box.url: is missing",
        "clients.box.timeout: must be > 0, got 0.0",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("clients = 3", "clients: expected tables, such as [clients.NAME]"),
        ("[clients]\nbox = 3", "clients.box: expected a table: [clients.box]"),
        ("[clients.box]\ntype = 3", "clients.box.type: expected a text"),
        ('[clients."a b"]', "clients.a b: a name is made of lower-case letters"),
        ('[clients."../x"]', "clients.../x: a name is made of lower-case letters"),
        ("[database]\nurls = 1", "database.urls: no such setting (did you mean url?)"),
        ("database = 1", "database: expected a table, got a number"),
        ('[auth]\nsignup = "opne"', "auth.signup: expected one of closed, invite, open"),
        ("listen = 8484", 'listen: expected "host:port"'),
        ('listen = "8484"', 'listen: expected "host:port"'),
        ('listen = "127.0.0.1:99999"', 'listen: expected "host:port"'),
        ('listen = "::1:8484"', "listen: an IPv6 address stands in brackets"),
        ('listen = "0.0.0.0:8484"', "listen: 0.0.0.0:8484 can be reached from other machines"),
        ('listen = "box.example:8484"', "listen: box.example:8484 can be reached"),
        ('[database]\nurl = "mysql://h/n"', "database.url: it names no database that we know"),
        ('[database]\nurl = "postgres://h"', "database.url: the name of the database is missing"),
        ('blocked_plugins = ["tset"]', "blocked_plugins: no plugin 'tset' is installed (did you"),
        ('allowed_hosts = ["https://box.example"]', "allowed_hosts: 'https://box.example' is no"),
        ('allowed_hosts = ["box.example:80"]', "allowed_hosts: 'box.example:80' is no host name"),
        ('allowed_hosts = ["a b"]', "allowed_hosts: 'a b' is no host name"),
        ('allowed_hosts = [""]', "allowed_hosts: '' is no host name"),
        ('allowed_hosts = ["*"]', "allowed_hosts: '*' is no host name"),
        ('trusted_proxies = ["proxy.example"]', "trusted_proxies: 'proxy.example' is no address"),
        ('trusted_proxies = ["10.0.0.0/33"]', "trusted_proxies: '10.0.0.0/33' is no address"),
        ('trusted_proxies = ["0.0.0.0/0"]', "trusted_proxies: '0.0.0.0/0' is everybody"),
        ('trusted_proxies = ["::/0"]', "trusted_proxies: '::/0' is everybody"),
        ('public_url = "box.example"', "public_url: must be a web address"),
        ('public_url = "ftp://box.example"', "public_url: must be a web address"),
        ('public_url = "https://box.example/?a=1"', "public_url: must be a web address"),
        ('public_url = "https://u@box.example"', "public_url: must be a web address"),
        ('public_url = "https://box.example:x"', "public_url: must be a web address"),
        ('public_url = "https://"', "public_url: must be a web address"),
        ('[numbering]\ntable = "box.example/t"', "numbering.table: must be a web address"),
        ('[numbering]\ntable = "file:///t"', "numbering.table: must be a web address"),
        ('[numbering]\ntable = "https://u:p@box.example/t"', "numbering.table: must be a web"),
        ('[numbering]\ntable = "https://box.example/t#a"', "numbering.table: must be a web"),
        ("[stalled]\nmetadata_minutes = -1", "stalled.metadata_minutes: must be >= 0, got -1"),
        ("[stalled]\nno_seeders_minutes = nan", "stalled.no_seeders_minutes: must be >= 0"),
        ("[stalled]\nreplacements = 21", "stalled.replacements: must be <= 20, got 21"),
        ("[stalled]\nreplacements = 1.5", "stalled.replacements: expected a whole number"),
        ("[disk]\nmin_free_bytes = -1", "disk.min_free_bytes: must be >= 0, got -1"),
        ("[disk]\nmin_free_percent = 100", "disk.min_free_percent: must be < 100, got 100"),
        ("[choice]\nmin_size = -1", "choice.min_size: must be >= 0, got -1"),
        ("[choice]\nmin_seeders = -1", "choice.min_seeders: must be >= 0, got -1"),
        ('[choice]\nresolutions = ["1080p", "best"]', "choice.resolutions: must look like 1080p"),
        ('[choice]\nresolutions = [""]', "choice.resolutions: must look like 1080p"),
        ('[choice]\nresolutions = ["1080"]', "choice.resolutions: must look like 1080p"),
        (
            '[choice]\nresolutions = ["4K"]',
            "choice.resolutions: must look like 1080p, not '4K' (did you mean 2160p?)",
        ),
        ('[choice]\ngroups = [" "]', "choice.groups: must not hold an empty name"),
        ('[choice]\nlanguage = ""', "choice.language: must be one of ar, "),
        ('[choice]\nlanguage = "english"', "choice.language: must be one of ar, "),
        (
            "[choice]\nkeep_group_hours = 721",
            "choice.keep_group_hours: must be from 0 to 720, got 721",
        ),
        ("[choice]\nkeep_group = true", "choice.keep_group: expected one of off, on, wait"),
        ('[choice]\nearlier_group = "A"', "choice.earlier_group: no such setting"),
        ('[choice]\ncodec = ""', "choice.codec: must be a video codec"),
        ('[choice]\ncodec = "h.256"', "choice.codec: must be a video codec"),
    ],
)
def test_what_is_wrong_with_the_cores_tables(problems, text, problem):
    (found,) = problems(text)
    assert found.startswith(problem)


def test_a_wrong_type_hides_no_other_problem_of_its_table(problems):
    text = """
        listen = "0.0.0.0:8484"
        data_dir = 3
        [choice]
        min_size = "big"
        min_seeders = -1
        resolutions = ["best"]
        [clients.box]
        url = 3
        timeout = -1
    """
    assert [each.split(":")[0] for each in problems(text)] == [
        "data_dir",
        "choice.min_size",
        "choice.min_seeders",
        "choice.resolutions",
        "listen",
        "clients.box.url",
        "clients.box.timeout",
    ]


def test_a_setting_that_is_wrong_itself_is_not_held_against_another(problems):
    assert problems('listen = "0.0.0.0:8484"\nbehind_proxy = "yes"\n') == [
        "behind_proxy: expected true or false, got a text"
    ]


def test_no_part_of_a_password_is_repeated(problems):
    (found,) = problems(f'[database]\nurl = "postgres://me:{CANARY}/x@host/name"\n')
    assert found.startswith("database.url: host and port cannot be read")
    assert CANARY not in found


@pytest.mark.parametrize("table", ["", "http://127.0.0.1:8000/t?a=1", "https://box.example/t"])
def test_where_the_table_of_numbering_rules_may_be(read, table):
    assert read(f'[numbering]\ntable = "{table}"').numbering.table == table


def test_what_is_well_in_the_cores_tables(read):
    config = read(
        """
        allowed_hosts = ["box", "box.example.", "192.0.2.7", "[2001:db8::1]", "2001:db8::2"]
        public_url = "https://uuut.example:8443/anime"
        [choice]
        resolutions = []
        codec = "H.265"
        language = "fr"
        min_size = 0
        """
    )
    assert config.hosts == (*config.allowed_hosts, "uuut.example")
    assert config.choice.min_size == 0


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", ()),
        ('listen = "0.0.0.0:1"\ninsecure_bind = true', ()),
        ('listen = "[::]:1"\ninsecure_bind = true', ()),
        ('listen = "192.0.2.7:1"\nbehind_proxy = true', ("192.0.2.7",)),
        ('allowed_hosts = ["a.example"]\npublic_url = "http://a.example"', ("a.example",)),
    ],
)
def test_the_hosts_of_the_daemon(read, text, hosts):
    assert read(text).hosts == hosts


class TestDisk:
    @pytest.fixture
    def found(self, tmp_path, plugins):
        def found(text):
            path = tmp_path / "uuutd.toml"
            path.write_text(text)
            path.chmod(0o600)
            return examine(path, plugins, {}, on_disk=True)

        return found

    def test_a_folder_that_cannot_be_made_is_named_with_all_the_rest(self, found, tmp_path):
        (tmp_path / "file").touch()
        said = found('lissten = 1\ndata_dir = "file/data"\n[auth]\nsignup = "x"\n')
        assert said.config is None
        assert [str(each) for each in said.problems] == [
            "lissten: no such setting (did you mean listen?)",
            "auth.signup: expected one of closed, invite, open",
            f"data_dir: {tmp_path}/file is not a folder",
        ]

    def test_a_folder_that_takes_no_file_is_named(self, found):
        said = found('data_dir = "/proc/uuutd"\n')
        assert [str(each) for each in said.problems] == [
            "data_dir: /proc/uuutd cannot be made: No such file or directory"
        ]

    def test_the_default_is_looked_at_too(self, found, tmp_path):
        (tmp_path / "uuutd-data").touch()
        assert [each.path for each in found("").problems] == ["data_dir"]

    def test_nothing_is_made_by_looking(self, found, tmp_path):
        said = found('data_dir = "a/b"\n')
        assert said.config is not None
        assert [each.name for each in tmp_path.iterdir()] == ["uuutd.toml"]


class TestReadableSecrets:
    TEXT = (
        f'[database]\nurl = "postgres://u:{CANARY}@h/d"\n'
        f'[clients.box]\nurl = "http://a"\npassword = "{CANARY}"\n'
    )

    def found(self, tmp_path, plugins, text, mode=0o644, **environ):
        path = tmp_path / "uuutd.toml"
        path.write_text(text)
        path.chmod(mode)
        return [str(each) for each in examine(path, plugins, environ).warnings]

    def test_those_that_stand_in_a_readable_file_are_warned_of(self, tmp_path, plugins):
        warnings = self.found(tmp_path, plugins, self.TEXT)
        assert [each.split(":")[0] for each in warnings] == [
            "database.url",
            "clients.box.password",
        ]
        assert f"chmod 600 {tmp_path}/uuutd.toml" in warnings[0]
        assert CANARY not in str(warnings)
        assert load(tmp_path / "uuutd.toml", plugins, {})

    def test_others_are_not(self, tmp_path, plugins):
        assert self.found(tmp_path, plugins, self.TEXT, mode=0o640) == []
        (tmp_path / "secret").write_text(CANARY)
        elsewhere = '[database]\nurl = "sqlite:///x.db"\n[clients.box]\nurl = "http://a"\n'
        environ = {"UUUTD_CLIENTS__BOX__PASSWORD": CANARY}
        assert self.found(tmp_path, plugins, elsewhere, **environ) == []
        in_file = f'{elsewhere}password = {{ file = "secret" }}\n'
        assert self.found(tmp_path, plugins, in_file) == []


@pytest.mark.parametrize("permission", ["behind_proxy", "insecure_bind"])
def test_listening_beyond_loopback_needs_a_word(read, permission):
    config = read(f'listen = "0.0.0.0:8484"\n{permission} = true\n')
    assert config.listen.host == "0.0.0.0"


class TestSecrets:
    def test_one_stands_in_a_file_beside_the_configuration(self, read, tmp_path):
        (tmp_path / "qb").write_text(f"{CANARY}\n")
        config = read('[clients.box]\nurl = "x"\npassword = { file = "qb" }\n')
        assert config.clients["box"].settings.password.reveal() == CANARY

    def test_what_is_wrong_with_the_file_is_said(self, problems, tmp_path):
        (tmp_path / "empty").write_text("\n")
        text = '[clients.box]\nurl = "x"\npassword = {{ file = "{}" }}\n'
        assert problems(text.format("none")) == [
            f"clients.box.password: {tmp_path}/none cannot be read: No such file or directory"
        ]
        assert problems(text.format("empty")) == [
            f"clients.box.password: {tmp_path}/empty is empty"
        ]

    def test_none_is_shown_by_anything(self, read, problems):
        text = (
            f'[database]\nurl = "postgres://u:{CANARY}@h/d"\n'
            f'[clients.box]\nurl = "http://u:{CANARY}@a"\npassword = "{CANARY}"\n'
        )
        config = read(text)
        assert CANARY not in repr(config)
        assert CANARY not in str(attrs.asdict(config, recurse=False))
        assert CANARY in config.database_url
        wrong = problems(f'{text}timeout = 0\n[auth]\nsignup = "{CANARY}"\n')
        assert len(wrong) == 2
        assert CANARY not in str(wrong)


class TestEnvironment:
    def test_it_goes_over_the_file_and_understands_types(self, read, tmp_path):
        (tmp_path / "secret").write_text(CANARY)
        config = read(
            'listen = "127.0.0.1:1"\n[clients.seedbox]\ntype = "box"\nurl = "http://a"\n',
            UUUTD_LISTEN="127.0.0.1:2",
            UUUTD_DATABASE__URL="sqlite:///x.db",
            UUUTD_ALLOWED_HOSTS="a.example, b.example",
            UUUTD_CLIENTS__SEEDBOX__RETRIES="9",
            UUUTD_CLIENTS__SEEDBOX__VERIFY="false",
            UUUTD_CLIENTS__SEEDBOX__TIMEOUT="1.5",
            UUUTD_CLIENTS__SEEDBOX__TAGS="",
            UUUTD_CLIENTS__SEEDBOX__PASSWORD_FILE="secret",
            UUUTD_CLIENTS__OTHER__TYPE="box",
            UUUTD_CLIENTS__OTHER__URL="http://b",
            UNRELATED="x",
            UUUTD_TEST_REQUIRE_ALL="1",
            UUUTD_CONFIG="elsewhere",
        )
        assert config.listen.port == 2
        assert config.database_url == "sqlite:///x.db"
        assert config.allowed_hosts == ("a.example", "b.example")
        assert config.clients["seedbox"].settings == BoxConfig(
            url="http://a", retries=9, verify=False, timeout=1.5, password=Secret(CANARY)
        )
        assert config.clients["other"].settings.url == "http://b"

    def test_what_is_wrong_with_it_is_reported_like_the_file(self, problems):
        assert problems(
            '[clients.box]\nurl = "x"\n',
            UUUTD_LISTN="x",
            UUUTD_LISTEN__PORT="3",
            UUUTD___="x",
            UUUTD_BEHIND_PROXY="yes",
            UUUTD_CLIENTS__BOX__RETRIES="many",
        ) == [
            "UUUTD___: names no setting; tables are parted by two underscores",
            "behind_proxy: expected true or false, got a text",
            'listen: expected "host:port", such as "127.0.0.1:8484"',
            "listn: no such setting (did you mean listen?)",
            "clients.box.retries: expected a whole number, got a text",
        ]


class TestFile:
    def test_a_missing_file_says_how_to_make_one(self, tmp_path, plugins):
        with pytest.raises(ConfigError, match="uuutd init"):
            load(tmp_path / "none.toml", plugins, {})

    @pytest.mark.parametrize(("content", "problem"), [(b"a = ", "TOML"), (b"\xff", "UTF-8")])
    def test_one_that_is_no_toml_is_refused(self, tmp_path, plugins, content, problem):
        path = tmp_path / "x.toml"
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=problem):
            load(path, plugins, {})

    def test_where_it_is_looked_for(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
        assert find_file(Path("a.toml"), {"UUUTD_CONFIG": "b.toml"}) == Path("a.toml")
        assert find_file(None, {"UUUTD_CONFIG": "b.toml"}) == Path("b.toml")
        assert find_file(None, {}).name == "uuutd.toml"
        assert find_file(None, {}).is_absolute()
        (tmp_path / "uuutd.toml").touch()
        assert find_file(None, {}) == Path("uuutd.toml")


def test_a_backend_whose_plugin_fails_is_disabled_and_the_rest_is_good(tmp_path):
    from importlib.metadata import EntryPoint

    broken = EntryPoint(name="box", value="no_such_module_anywhere", group="uuutd")
    plugins = Plugins([broken])
    plugins.register(Plugin(), "test")
    path = tmp_path / "uuutd.toml"
    path.write_text('[clients.a]\ntype = "box2"\n[indexers.nyaa]\n')
    config = load(path, plugins, {})
    assert config.clients["a"].backend is None
    assert "plugin box does not work: ModuleNotFoundError" in config.clients["a"].problem
    assert config.indexers["nyaa"].problem is None


def test_a_blocked_plugin_is_named_where_it_is_missed(tmp_path):
    path = tmp_path / "uuutd.toml"
    path.write_text('blocked_plugins = ["nyaa"]\n[indexers.nyaa]\n')
    with pytest.raises(ConfigError, match="plugin nyaa stands in blocked_plugins"):
        load(path, Plugins(), {})


def test_validators_that_look_at_other_settings_wait_for_them():
    @attrs.frozen
    class Pair:
        low: int
        high: int = attrs.field()

        @high.validator
        def _above(self, _, value):
            if value <= self.low:
                raise ValueError("must be above low")

    reader = Reader(Path("/"))
    with pytest.raises(Flaws) as refused:
        reader.table({"high": 1}, Pair)
    assert [str(each) for each in refused.value.problems] == ["low: is missing"]
    with pytest.raises(Flaws) as refused:
        reader.table({"low": 1, "high": 1}, Pair)
    assert [str(each) for each in refused.value.problems] == ["high: must be above low"]


def test_the_reference_has_every_setting_of_core_and_plugins(plugins):
    text = reference(plugins)
    for line in (
        'listen (host:port, default: "127.0.0.1:8484")',
        'url (text or { file = "..." }, default: none)',
        '[clients.NAME], type = "box" (A box)',
        "url (text, required)\n    Where the box is.",
        "timeout (number, default: 5.0)",
        'mode ("fast", "slow", default: "fast")',
        'colour ("red", default: "red")',
        "tags (list of text, default: none)",
    ):
        assert line in text


texts = st.text(string.ascii_lowercase + "._-[]{} ", max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([f.name for f in attrs.fields(BoxConfig)]) | texts, values))
def test_whatever_stands_in_a_table_gives_settings_or_problems(table):
    try:
        made = Reader(Path("/nowhere")).table(table, BoxConfig)
    except Flaws as error:
        made, problems = None, error.problems
    if made is None:
        assert problems
    else:
        assert type(made.url) is str
        assert type(made.retries) is int
        assert made.timeout > 0
        assert type(made.verify) is bool
        assert all(type(each) is str for each in made.tags)


@given(texts | st.text(max_size=30))
def test_an_address_is_read_or_refused(text):
    @attrs.frozen
    class Listening:
        listen: Address

    try:
        made = Reader(Path("/")).table({"listen": text}, Listening).listen
    except Flaws:
        return
    assert 0 <= made.port <= 65535
    assert Reader(Path("/")).table({"listen": str(made)}, Listening).listen == made
