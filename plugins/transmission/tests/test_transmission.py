"""What is particular to Transmission, on real ones."""

import asyncio
import re
import shutil
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePath

import attrs
import pytest
import requests
import transmission_rpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from uuutd_transmission import TransmissionConfig
from uuutd_transmission.rpc import refusal
from uuutd_transmission.states import torrent, tracker

from uuutd.domain import InfoHash, Limits, Secret, Source, TorrentState, TrackerState
from uuutd.errors import Invalid, LoginFailed, NotFound, Refused, Unavailable
from uuutd.magnets import magnet
from uuutd.testing.ports import free_port
from uuutd.testing.program import USERNAME
from uuutd.testing.swarm import PIECE
from uuutd.testing.transmission import TransmissionServer

from .conftest import opened

LABEL = "uuut"
STOPPED = 0  # a status of Transmission
FOLDER = PurePath("Some Show")
HASH = InfoHash("ab" * 20)


async def test_hybrids_are_refused_by_a_version_that_does_not_know_them(client, swarm):
    seeded = await swarm.add("Show - 01.mkv", size=PIECE, version="hybrid")
    if (await client.check()).startswith("3."):
        with pytest.raises(Refused, match="hybrid"):
            await client.add(seeded.file_source, label=LABEL, folder=FOLDER)
        assert await client.torrents([seeded.info_hash]) == []
    else:
        assert await client.add(seeded.file_source, label=LABEL, folder=FOLDER)


async def eventually(ask, seconds=40):
    async with asyncio.timeout(seconds):
        while True:
            if found := await ask():
                return found
            await asyncio.sleep(0.1)


async def until(client, info_hash, truth):
    async def ask():
        return [row for row in await client.torrents([info_hash]) if truth(row)]

    (row,) = await eventually(ask)
    return row


def outside(server):
    return transmission_rpc.Client(port=server.port, username=USERNAME, password=server.password)


async def test_it_is_reached_and_tells_its_version(client):
    assert re.fullmatch(r"[34]\.\d+(\.\d+)?(-\w+[.\d]*)?", await client.check())


# --- who may ask ----------------------------------------------------------------------------


async def test_a_wrong_password_is_tried_once(config, tmp_path):
    wrong = attrs.evolve(config, password=Secret("not this one"))
    async with opened(wrong, tmp_path / "wrong") as backend:
        tried = []
        hooks = backend._api._client._http_session.hooks["response"]
        hooks.insert(0, lambda response, **_: tried.append(response.status_code))
        for _ in range(8):
            with pytest.raises(LoginFailed, match="user name and password"):
                await backend.torrents([HASH])
        assert tried == [401]
        with pytest.raises(LoginFailed):
            await backend.check()
        assert tried == [401, 401]
    async with opened(config, tmp_path / "right") as backend:
        assert await backend.check()


async def test_a_password_may_have_any_characters(program, tmp_path):
    server = TransmissionServer(tmp_path / "server", program=program)
    server.password = "Zürich: 東京 @ 5 %/?#"
    async with server:
        config = TransmissionConfig(
            url=server.url, username=USERNAME, password=Secret(server.password)
        )
        async with opened(config, tmp_path / "host") as backend:
            assert await backend.check()


async def test_too_many_bad_logins_are_never_taken_for_anything_else(program, tmp_path):
    settings = {"anti-brute-force-enabled": True, "anti-brute-force-threshold": 3}
    async with TransmissionServer(
        tmp_path / "server", program=program, settings=settings
    ) as server:
        config = TransmissionConfig(url=server.url, username=USERNAME, password=Secret("wrong"))
        async with opened(config, tmp_path / "host") as backend:
            for _ in range(5):  # an administrator who insists
                with pytest.raises(LoginFailed, match=r"user name and password|too many bad"):
                    await backend.check()


async def test_an_address_that_is_not_in_its_list(program, tmp_path):
    settings = {"rpc-whitelist": "10.0.0.1"}
    async with TransmissionServer(
        tmp_path / "server", program=program, settings=settings
    ) as server:
        config = TransmissionConfig(
            url=server.url, username=USERNAME, password=Secret(server.password)
        )
        async with opened(config, tmp_path / "host") as backend:
            with pytest.raises(LoginFailed, match="this machine's address") as refused:
                await backend.check()
            assert "rpc-whitelist" in refused.value.hint


async def test_a_host_name_that_it_does_not_know(program, tmp_path):
    settings = {"rpc-authentication-required": False}
    server = TransmissionServer(tmp_path / "server", program=program, settings=settings)
    config = TransmissionConfig(url=server.url)
    async with server, opened(config, tmp_path / "host") as backend:
        assert await backend.check()
        backend._api._client._http_session.headers["Host"] = "seedbox.example"
        with pytest.raises(LoginFailed, match="host name") as refused:
            await backend.check()
        assert "rpc-host-whitelist" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("403: Forbidden Unauthorized IP Address. Either disable the IP", "take orders from"),
        ("403: Forbidden Too many unsuccessful login attempts. Please restart", "locked everybody"),
        ("403: Forbidden", "not in its rpc-whitelist, or there were too many bad logins"),
    ],
)
def test_a_403_is_said_in_words(text, said):
    response = requests.Response()
    response.status_code = 403
    error = refusal(response, text)
    assert isinstance(error, LoginFailed)
    assert said in error.detail
    assert error.hint


# --- when it is away ------------------------------------------------------------------------


async def test_nobody_there_is_unavailable(tmp_path):
    config = TransmissionConfig(url=f"http://127.0.0.1:{free_port()}")
    async with opened(config, tmp_path) as backend:
        with pytest.raises(Unavailable):
            await backend.check()


async def test_a_restarted_server_is_gone_on_with(own, service):
    await own.add(Source(info_hash=HASH, name="Something"), label=LABEL, folder=FOLDER)
    await own.set_limits(Limits(down=7000))
    await service.stop()
    with pytest.raises(Unavailable):
        await own.torrents([HASH])
    await service.start()
    assert await own.limits() == Limits(down=7000)
    (row,) = await own.torrents([HASH])  # at once, though it has a new session
    assert (row.state, row.label) == (TorrentState.METADATA, LABEL)
    assert row.save_path == str(service.downloads / FOLDER)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_restart_of_the_server_loses_nobody_in_the_changes(own, service, end):
    await own.add(Source(info_hash=HASH, name="Something"), label=LABEL, folder=FOLDER)
    first = await own.changes(None)
    assert [row.info_hash for row in first.torrents] == [HASH]
    await getattr(service, end)()
    await service.start()
    again = await own.changes(first.cursor)
    assert not again.full
    assert again.removed == ()
    await own.remove(HASH, delete_files=False)
    assert (await own.changes(again.cursor)).removed == (HASH,)


async def test_what_another_program_does_is_told(client, shared):
    await client.add(Source(info_hash=HASH, name="Something"), label=LABEL, folder=FOLDER)
    cursor = (await client.changes(None)).cursor
    there = outside(shared)
    there.stop_torrent(HASH)

    async def stopped():  # it may tell of the time before that first
        rows = (await client.changes(cursor)).torrents
        return [row.state for row in rows] == [TorrentState.PAUSED]

    await eventually(stopped, 10)
    cursor = (await client.changes(cursor)).cursor
    there.remove_torrent(HASH)

    async def gone():
        return (await client.changes(cursor)).removed

    assert await eventually(gone, 10) == (HASH,)


async def test_new_settings_are_told_at_once(client):
    await client.add(Source(info_hash=HASH, name="x"), label=LABEL, folder=FOLDER, paused=True)
    cursor = (await client.changes(None)).cursor
    await client.limit(HASH, Limits(up=5000))
    assert [row.limits for row in (await client.changes(cursor)).torrents] == [Limits(up=5000)]


@pytest.fixture
def behind_tls(tmp_path):
    """A proxy with a certificate that nobody vouches for; it asks for a password."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(401)
            self.end_headers()

        def log_message(self, *_):
            pass

    path = tmp_path / "certificate.pem"
    path.write_bytes(self_signed())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # whoever does not trust it hangs up
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def self_signed():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "seedbox")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, form, serialization.NoEncryption())
    return secret + certificate.public_bytes(pem)


@pytest.mark.parametrize(
    ("verify", "error", "said"), [(True, Unavailable, "trusted"), (False, LoginFailed, "user name")]
)
async def test_a_certificate_must_be_trusted_unless_told_otherwise(
    verify, error, said, behind_tls, tmp_path
):
    config = TransmissionConfig(url=behind_tls, verify_tls=verify)
    async with opened(config, tmp_path / "host") as backend:
        with pytest.raises(error, match=said):
            await backend.check()


# --- torrents -------------------------------------------------------------------------------


async def test_other_programs_torrents_stay_as_they_are(client, shared, tmp_path):
    other = Source(info_hash=InfoHash("cd" * 20), name="Somebody else's")
    there = outside(shared)
    there.add_torrent(magnet(other), paused=True, download_dir=str(tmp_path))
    fields = ["labels", "downloadDir", "status", "addedDate", "trackerList"]
    before = there.get_torrent(other.info_hash, arguments=fields).fields
    while before["status"] != STOPPED:  # it looks for files first
        await asyncio.sleep(0.05)
        before = there.get_torrent(other.info_hash, arguments=fields).fields
    tracked = attrs.evolve(other, trackers=("http://127.0.0.1:9/announce",))
    await client.add(tracked, label=LABEL, folder=FOLDER)
    assert there.get_torrent(other.info_hash, arguments=fields).fields == before
    assert (await until(client, other.info_hash, lambda _: True)).label is None


async def test_files_are_chosen_before_anything_is_fetched(client, swarm):
    seeded = await swarm.add("Pack", files={f"{n}.mkv": PIECE for n in range(3)})
    await client.add(seeded.file_source, label=LABEL, folder=FOLDER, wanted=[1])
    assert [file.wanted for file in await client.files(seeded.info_hash)] == [False, True, False]
    (row,) = await client.torrents([seeded.info_hash])
    assert (row.size, row.label) == (PIECE, LABEL)
    await client.set_wanted(seeded.info_hash, [])
    assert not any(file.wanted for file in await client.files(seeded.info_hash))
    await client.add(seeded.file_source, label=LABEL, folder=FOLDER, wanted=[0, 2])
    assert [file.wanted for file in await client.files(seeded.info_hash)] == [True, False, True]


async def test_what_cannot_be_chosen_or_added_is_refused(client):
    source = Source(info_hash=HASH, name="Pack")
    with pytest.raises(Invalid):
        await client.add(source, label=LABEL, folder=FOLDER, wanted=[0])
    for folder in ("/etc", "../elsewhere"):
        with pytest.raises(Invalid):
            await client.add(source, label=LABEL, folder=PurePath(folder))
    await client.add(source, label=LABEL, folder=FOLDER, paused=True)
    with pytest.raises(Refused, match="not known yet"):
        await client.set_wanted(HASH, [0])
    with pytest.raises(Invalid, match="no usable 'info'"):
        nonsense = attrs.evolve(source, info_hash=InfoHash("cd" * 20), metainfo=b"de")
        await client.add(nonsense, label=LABEL, folder=FOLDER)


async def test_torrents_of_version_2_alone_are_none_of_its_own(client):
    digits = InfoHash("ab" * 32)
    with pytest.raises(Refused, match="version 2"):
        await client.add(Source(info_hash=digits, name="x"), label=LABEL, folder=FOLDER)
    assert await client.torrents([digits]) == []
    with pytest.raises(NotFound):
        await client.pause(digits)
    await client.remove(digits, delete_files=True)


async def test_lost_files_are_an_error_in_plain_words(client, shared, swarm):
    seeded = await swarm.add("Lost - 01.mkv", size=4 * PIECE)
    folder = shared.downloads / FOLDER
    await swarm.copy(seeded.info_hash, folder)
    await client.add(seeded.file_source, label=LABEL, folder=FOLDER)
    await until(client, seeded.info_hash, lambda t: t.finished)
    await client.pause(seeded.info_hash)
    await until(client, seeded.info_hash, lambda t: t.state is TorrentState.PAUSED)
    shutil.rmtree(folder)
    await client.resume(seeded.info_hash)
    await client.recheck(seeded.info_hash)
    row = await until(client, seeded.info_hash, lambda t: t.state is TorrentState.ERROR)
    assert row.error.startswith("Transmission stopped it: ")
    assert "no data" in row.error.lower()
    await swarm.copy(seeded.info_hash, folder)
    await client.recheck(seeded.info_hash)
    await client.resume(seeded.info_hash)
    await until(client, seeded.info_hash, lambda t: t.finished and t.error is None)


async def test_a_tracker_in_error_is_no_error_of_the_torrent(client, swarm):
    seeded = await swarm.add("Untracked - 01.mkv", size=PIECE)
    swarm.refuse("unregistered torrent")
    await client.add(seeded.file_source, label=LABEL, folder=FOLDER)

    async def refused():
        return [t.state for t in await client.trackers(seeded.info_hash)] == [TrackerState.ERROR]

    await eventually(refused)
    (row,) = await client.torrents([seeded.info_hash])
    assert (row.state, row.error) == (TorrentState.STALLED, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": 0}, TorrentState.PAUSED),
        ({"status": 0, "error": 3, "errorString": "Disk full"}, TorrentState.ERROR),
        ({"status": 1, "error": 3}, TorrentState.CHECKING),
        ({"status": 2}, TorrentState.CHECKING),
        ({"status": 3}, TorrentState.QUEUED),
        ({"status": 4, "metadataPercentComplete": 0.5}, TorrentState.METADATA),
        ({"status": 4, "rateDownload": 1}, TorrentState.DOWNLOADING),
        ({"status": 4, "rateDownload": 0}, TorrentState.STALLED),
        ({"status": 4, "rateDownload": 1, "error": 1}, TorrentState.DOWNLOADING),
        ({"status": 6, "error": 2, "errorString": "Tracker gone"}, TorrentState.SEEDING),
        ({"status": 5}, TorrentState.SEEDING),
        ({"status": 99}, TorrentState.QUEUED),
    ],
)
def test_states_have_plain_words(fields, expected):
    row = torrent({"id": 1, "hashString": HASH, "eta": -1, "addedDate": 0, **fields})
    assert row.state is expected
    assert (row.error is not None) == (expected is TorrentState.ERROR)
    assert row.eta is None
    assert row.added_at is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"announceState": 1}, TrackerState.WAITING),
        ({"announceState": 3, "hasAnnounced": True}, TrackerState.UPDATING),
        ({"announceState": 1, "hasAnnounced": True}, TrackerState.ERROR),
        (
            {"announceState": 1, "hasAnnounced": True, "lastAnnounceSucceeded": True},
            TrackerState.WORKING,
        ),
        ({"announceState": 0}, TrackerState.OFF),
    ],
)
def test_states_of_trackers_have_plain_words(fields, expected):
    said = tracker({"announce": "http://t.example/x", "seederCount": -1, **fields})
    assert (said.state, said.seeders, said.message) == (expected, None, None)


@pytest.mark.parametrize(
    ("claim", "files"), [("a/b", None), ("Else.mkv", {"01.mkv": PIECE, "extras/02.mkv": PIECE})]
)
async def test_it_tells_where_the_files_are_whatever_the_magnet_called_them(
    claim, files, client, swarm
):
    seeded = await swarm.add("Some Show - 05", **({"files": files} if files else {"size": PIECE}))
    source = Source(info_hash=seeded.info_hash, name=claim, trackers=(swarm.tracker_url,))
    await client.add(source, label=LABEL, folder=FOLDER)
    row = await until(client, seeded.info_hash, lambda t: t.finished)
    assert row.content == str(Path(row.save_path, seeded.name))
    assert await asyncio.to_thread(Path(row.content).exists)
    await client.add(Source(info_hash=HASH, name="claimed"), label=LABEL, folder=FOLDER)
    assert (await until(client, HASH, lambda _: True)).content is None
