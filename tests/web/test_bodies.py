"""Bodies and queries: what is not exactly right is refused, and said where."""

import asyncio
import json
from io import BytesIO

import aiohttp
import pytest
from aiohttp import FormData
from hypothesis import given
from hypothesis import strategies as st

from uuutd import wire
from uuutd.web import decode
from uuutd.web.errors import Unreadable
from uuutd.web.plain import parse_json

from .fakes import HASH
from .test_problems import problem

PROGRESS = "/api/v1/watchlist/progress"
DOWNLOAD = "/api/v1/watchlist/download"
TOKEN = "/api/v1/auth/token"
TORRENTS = "/api/v1/torrents"
JSON = {"Content-Type": "application/json"}


async def refused(face, path, *, method="POST", by="ann", **kwargs):
    async with face.ask(method, path, by=by, **kwargs) as response:
        return await problem(response)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"entry": "1",}',
        b'{"entry": "1"} {}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"entry": "1", "entry": "2"}',
        b'{"entry": NaN}',
        b'{"entry": -Infinity}',
        b'{"entry": 1e999}',
        b'{"episode": ' + b"9" * 19 + b"}",
        b'{"episode": ' + b"9" * 5000 + b"}",
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 60_000,
        b"[" * 30_000 + b"]" * 30_000,
    ],
    ids=range(16),
)
async def test_a_body_that_cannot_be_read(face, body):
    said = await refused(face, PROGRESS, data=body, headers=JSON)
    assert (said.status, said.code) == (400, "unreadable")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (None, {""}),
        ([], {""}),
        ("text", {""}),
        (7, {""}),
        ({}, {"entry", "episode"}),
        ({"entry": 101, "episode": 7}, {"entry"}),
        ({"entry": "101", "episode": "7"}, {"episode"}),
        ({"entry": "101", "episode": True}, {"episode"}),
        ({"entry": "101", "episode": 7.0}, {"episode"}),
        ({"entry": "101", "episode": None}, {"episode"}),
        ({"entry": "101", "episode": -1}, {"episode"}),
        ({"entry": "101", "episode": 2**31}, {"episode"}),
        ({"entry": ["1"], "episode": [1]}, {"entry", "episode"}),
        ({"entry": "1\0", "episode": 1}, {"entry"}),
        ({"entry": "\ud800", "episode": 1}, {"entry"}),
        ({"entry": "1", "episode": 1, "\udfff": 1}, {"?"}),
        ({"entry": "1", "episode": 1, "role": "admin", "id": 1}, {"role", "id"}),
    ],
    ids=range(17),
)
async def test_everything_that_is_wrong_is_said_with_its_place(face, body, wrong):
    said = await refused(face, PROGRESS, data=json.dumps(body), headers=JSON)
    assert (said.status, said.code) == (422, "invalid")
    assert {item.path for item in said.problems} == wrong
    assert all(item.detail for item in said.problems)


async def test_nobody_makes_themselves_an_administrator(face):
    body = {"username": "eve", "password": "long enough", "invite": "i", "role": "admin"}
    said = await refused(face, "/api/v1/auth/signup", by=None, json=body)
    assert said.status == 422
    assert said.problems == (wire.ProblemItem(path="role", detail="there is no such field"),)
    assert face.services.auth.seen == []


async def test_many_problems_do_not_make_a_long_answer(face):
    body = {"entry": "1", "episode": 1} | {f"x{n}": 0 for n in range(5000)}
    said = await refused(face, PROGRESS, json=body)
    assert said.status == 422
    assert len(said.problems) == 50


async def test_inside_of_an_object(face):
    body = {"fields": {"answer": 1, "b": "fine"}}
    said = await refused(face, "/api/v1/auth/anilist/link", json=body)
    assert [item.path for item in said.problems] == ["fields.answer"]
    said = await refused(
        face, f"{TORRENTS}/{HASH}/files", method="PATCH", json={"wanted": [0, "1"]}
    )
    assert [item.path for item in said.problems] == ["wanted[1]"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/octet-stream"},
    ],
)
async def test_only_json_is_taken(face, headers):
    said = await refused(face, PROGRESS, data=b'{"entry": "101", "episode": 7}', headers=headers)
    assert (said.status, said.code) == (415, "unsupported-type")


async def test_a_charset_that_is_utf_8_is_fine(face):
    headers = {"Content-Type": "Application/JSON; charset=UTF-8"}
    body = b'{"entry": "101", "episode": 7}'
    async with face.ask("POST", PROGRESS, by="ann", data=body, headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["progress"] == 7


async def test_no_body_is_an_empty_object(face):
    async with face.ask("POST", "/api/v1/auth/logout", by="ann") as response:
        assert response.status == 204
    assert face.services.auth.seen == [("s1", False)]
    said = await refused(face, PROGRESS)
    assert {item.path for item in said.problems} == {"entry", "episode"}


async def zeros(size):
    for _ in range(size // 65536):
        yield bytes(65536)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", [PROGRESS, TOKEN, "/api/v1/auth/signup"])
async def test_a_body_of_20_mb(face, path, chunked):
    data = zeros(20_000_000) if chunked else BytesIO(bytes(20_000_000))
    said = await refused(face, path, data=data, headers=JSON)
    assert (said.status, said.code) == (413, "too-large")
    async with face.ask("GET", "/health") as response:
        assert response.status == 200


async def test_a_body_just_under_the_limit(face):
    body = json.dumps({"entry": "x" * (decode.MAX_BODY - 40), "episode": 1})
    assert len(body) <= decode.MAX_BODY
    assert (await refused(face, PROGRESS, data=body, headers=JSON)).status == 404


async def test_nobody_sends_a_large_body_for_nothing(face):
    """Who asks first is told before the body is on its way."""
    reader, writer = await asyncio.open_connection(*face.runner.addresses[0])
    writer.write(
        b"POST /api/v1/watchlist/progress HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nAuthorization: Bearer token-ann\r\n"
        b"Expect: 100-continue\r\nContent-Length: 20000000\r\n\r\n"
    )
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    async with face.ask(
        "POST", PROGRESS, by="ann", json={"entry": "101", "episode": 7}, expect100=True
    ) as response:
        assert response.status == 200


async def test_a_body_that_never_comes(face, monkeypatch):
    monkeypatch.setattr(decode, "BODY_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection(*face.runner.addresses[0])
    writer.write(
        b"POST /api/v1/auth/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"
    )
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


async def test_a_body_with_broken_chunks(face):
    reader, writer = await asyncio.open_connection(*face.runner.addresses[0])
    writer.write(
        b"POST /api/v1/auth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    await writer.drain()
    writer.write(b"zz\r\n")
    assert b" 400 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


# --- forms ----------------------------------------------------------------------------------


async def test_a_login_form_may_have_fields_that_we_do_not_know(face):
    login = {"grant_type": "password", "username": "ann", "password": "p w&ü"}
    form = {**login, "scope": "", "client_id": "x"}
    async with face.ask("POST", TOKEN, data=form, headers={"User-Agent": "t\u00e9st"}) as response:
        assert response.status == 200
        assert (await response.json())["token_type"] == "bearer"
        assert response.headers["Cache-Control"] == "no-store"
    ((name, password, agent),) = face.services.auth.seen
    assert (name, password) == ("ann", "p w&ü")
    assert agent.isascii()


async def test_a_refresh_token_is_exchanged(face):
    form = {"grant_type": "refresh_token", "refresh_token": "r"}
    for sent in ({"data": form}, {"json": form}):
        async with face.ask("POST", TOKEN, **sent) as response:
            assert (await response.json())["access_token"] == "a2"


@pytest.mark.parametrize(
    ("form", "status", "wrong"),
    [
        ("grant_type=password&username=ann", 422, "password"),
        ("grant_type=password&password=x", 422, "username"),
        ("grant_type=refresh_token", 422, "refresh_token"),
        ("grant_type=client_credentials", 422, "grant_type"),
        ("username=a&password=b", 422, "grant_type"),
        ("grant_type=password&username=ann&username=ben&password=x", 422, "username"),
        ("grant_type=password&username=a%00&password=b", 422, "username"),
        ("grant_type=password&username=%ff&password=b", 400, None),
        ("&".join(f"a{n}=1" for n in range(101)), 400, None),
        ("grant_type=password&username=\u00fc", 400, None),
    ],
    ids=range(10),
)
async def test_a_form_that_is_not_right(face, form, status, wrong):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    said = await refused(face, TOKEN, by=None, data=form.encode(), headers=headers)
    assert said.status == status
    assert [item.path for item in said.problems or ()] == ([wrong] if wrong else [])


def upload(data=b"d4:infoe", **fields):
    form = FormData()
    form.add_field(
        "torrent", BytesIO(data), filename="a.torrent", content_type="application/x-bittorrent"
    )
    for name, text in fields.items():
        filename = "odd" if isinstance(text, bytes) else None
        form.add_field(name, text, filename=filename)
    return form


async def test_a_torrent_file_is_handed_over_as_it_is(face):
    data = bytes(range(256)) * 4096
    async with face.ask("POST", TORRENTS, by="ann", data=upload(data, client="qb")) as response:
        assert response.status == 201
        assert response.headers["Location"] == f"{TORRENTS}/{'b' * 40}"
    assert face.services.jobs.uploads == [(data, "qb")]
    face.services.jobs.had = True
    async with face.ask("POST", TORRENTS, by="ann", data=upload(data)) as response:
        assert response.status == 200


async def test_a_torrent_file_has_its_own_limit(face):
    said = await refused(face, TORRENTS, data=upload(bytes(decode.MAX_TORRENT + 1)))
    assert said.status == 413
    said = await refused(face, TORRENTS, data=upload(bytes(20_000_000)))
    assert said.status == 413
    limit = bytes(decode.MAX_TORRENT)
    async with face.ask("POST", TORRENTS, by="ann", data=upload(limit)) as response:
        assert response.status == 201
    assert [len(data) for data, _ in face.services.jobs.uploads] == [decode.MAX_TORRENT]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (upload(b""), 422),
        (upload(path="/etc"), 422),
        (upload(client=b"\xff"), 422),
        (upload(torrent="again"), 422),
        (upload(client="x" * 100_000), 413),
    ],
    ids=range(5),
)
async def test_an_upload_that_is_not_right(face, form, status):
    assert (await refused(face, TORRENTS, data=form)).status == status
    assert face.services.jobs.uploads == []


MULTIPART = "multipart/form-data; boundary=XX"


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        ("multipart/form-data", b"--XX\r\n\r\n", 400),
        (MULTIPART, b"", 400),
        (MULTIPART, b"nothing", 400),
        (MULTIPART, b"--XX\r\nContent-Disposition: form-data; name=torrent\r\n\r\nabc", 400),
        (MULTIPART, b"--XX\r\nContent-Disposition: form-data; name=torrent\r\n", 400),
        (MULTIPART, b"--XX\r\n\r\nabc\r\n--XX--\r\n", 422),
        ("multipart/mixed; boundary=XX", b"--XX--\r\n", 415),
        (
            MULTIPART,
            b"--XX\r\nContent-Type: multipart/mixed; boundary=Y\r\n\r\n--Y--\r\n--XX--\r\n",
            422,
        ),
        (
            MULTIPART,
            (
                b"--XX\r\nContent-Disposition: form-data; name=torrent\r\n"
                b"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--XX--\r\n"
            ),
            415,
        ),
    ],
    ids=range(9),
)
async def test_a_multipart_body_that_is_not_right(face, content_type, data, status):
    said = await refused(face, TORRENTS, data=data, headers={"Content-Type": content_type})
    assert said.status == status


# --- queries and headers --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/api/v1/watchlist?status=WATCHED", "status"),
        ("/api/v1/watchlist?status=", "status"),
        ("/api/v1/watchlist?state=ready", "state"),
        ("/api/v1/watchlist/anilist/101/releases?episode=seven", "episode"),
        ("/api/v1/watchlist/anilist/101/releases?episode=-1", "episode"),
        ("/api/v1/watchlist/anilist/101/releases?episode=9999999999", "episode"),
        ("/api/v1/watchlist/anilist/101/releases?episode=%D9%A7", "episode"),
        ("/api/v1/releases", "q"),
        ("/api/v1/releases?q=", "q"),
        ("/api/v1/releases?q=%20%20", "q"),
        ("/api/v1/releases?q=" + "x" * 201, "q"),
        ("/api/v1/releases?q=a&q=b", "q"),
        ("/api/v1/releases?q=%00", "q"),
        ("/api/v1/jobs?limit=5", "limit"),
    ],
)
async def test_a_query_that_is_not_right(face, path, wrong):
    said = await refused(face, path, method="GET")
    assert said.status == 422
    assert [item.path for item in said.problems] == [wrong]


async def test_a_query_that_is_not_utf_8(face):
    import yarl

    url = yarl.URL(f"{face.url}/api/v1/releases?q=%FF", encoded=True)
    async with face.session.get(url, headers={"Authorization": "Bearer token-ann"}) as response:
        assert (await problem(response)).status == 400


async def test_a_misspelt_parameter_deletes_nothing(face):
    said = await refused(face, f"{TORRENTS}/{HASH}?delete_file=true", method="DELETE")
    assert said.status == 422
    for text, meant in (("true", "True"), ("false", "False")):
        async with face.ask(
            "DELETE", f"{TORRENTS}/{HASH}?delete_files={text}", by="ann"
        ) as response:
            assert (await response.json())["client"] == meant
    assert (await refused(face, f"{TORRENTS}/{HASH}?delete_files=1", method="DELETE")).status == 422


# --- properties -----------------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_unreadable(data):
    try:
        value = parse_json(data)
    except Unreadable:
        return
    assert value == json.loads(data)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_what_is_json_is_read_as_it_was_meant(value):
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize("kind", [wire.DownloadRequest, wire.TokenRequest, wire.LinkRequest])
@given(json_values)
def test_whatever_comes_is_a_request_or_invalid(kind, value):
    from uuutd import strict
    from uuutd.errors import Invalid

    try:
        made = strict.structure(value, kind, strict.converter(), what="The body")
    except Invalid as error:
        found = error
    else:
        assert isinstance(made, kind)
        return
    assert found.problems
    assert str(found).encode()


@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionParam")
async def test_any_multipart_body_has_an_answer(face):
    """Cuts and changes of a good upload are answered, and never with 500."""
    good = (
        b"--XX\r\nContent-Disposition: form-data; name=client\r\n\r\nqb\r\n"
        b"--XX\r\nContent-Disposition: form-data; name=torrent; filename=a\r\n\r\nabc\r\n--XX--\r\n"
    )
    headers = {"Content-Type": MULTIPART, "Authorization": "Bearer token-ann"}
    cuts = [good[:n] for n in range(0, len(good), 7)]
    flips = [good[:n] + bytes([good[n] ^ 0x41]) + good[n + 1 :] for n in range(0, len(good), 3)]
    async with aiohttp.ClientSession() as session:
        for data in cuts + flips:
            async with session.post(face.url + TORRENTS, data=data, headers=headers) as response:
                assert response.status < 500, data
