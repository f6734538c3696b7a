from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.driver import NotThereError, Person, Seen, Workspace
from sandbox.files import File, disposition, kind_of, size_in_words
from sandbox.server import Sandbox
from tests.sandbox.conftest import EVENTS, NOW, PEOPLE, PLACES, SCOPES, manifest, modal, web_client

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
CSV = b"name,weekday\nAmara,Tuesday\n"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
PATTERN = "[ERROR] input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$ [json-pointer:/%s]"
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    body = manifest(scopes=[*SCOPES, "files:read", "files:write"], events=[*EVENTS, "file_shared", "file_deleted"])
    with Sandbox(manifest=body, members=PEOPLE, channels=PLACES, now=NOW) as running:
        yield running


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    workspace = shared.workspace
    for messages in workspace.messages.values():
        messages.clear()
    workspace.homes.clear()
    for member in workspace.members.values():
        workspace.stack(member.id).clear()
    shared.deliveries.clear()
    shared.calls.clear()
    return shared


def fetch(
    sandbox: Sandbox, method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=5)
    try:
        connection.request(method, url.removeprefix(sandbox.url), body, headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def with_token(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.bot_token}"}


def place(sandbox: Sandbox, name: str) -> str:
    return sandbox.workspace.find_channel(name).id


def dm(sandbox: Sandbox, name: str) -> str:
    return sandbox.workspace.dm_with(sandbox.workspace.find_member(name).id).id


def refused(call: Callable[..., object], **args: object) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    return answer


def upload(client: WebClient, name: str, data: bytes, **more: Any) -> str:  # noqa: ANN401 - the SDK's own arguments
    return str(client.files_upload_v2(filename=name, file=data, **more)["file"]["id"])


def promised(client: WebClient, name: str = "a.csv", data: bytes = CSV) -> tuple[str, str]:
    answer = client.files_getUploadURLExternal(filename=name, length=len(data))
    return answer["file_id"], answer["upload_url"]


def last(person: Person, where: str | None = None) -> Seen:
    return person.messages(where)[-1]


# Sharing with the SDK's own upload


def test_a_file_uploaded_to_a_channel_is_a_message_that_its_members_can_open(
    client: WebClient, sandbox: Sandbox, slack: Workspace
) -> None:
    answer = client.files_upload_v2(
        filename="cohort.csv", content=CSV, title="The cohort", channel=place(sandbox, "cohort"), initial_comment="Here"
    )
    file_id = answer["file"]["id"]
    assert file_id.startswith("F")
    seen = last(slack.member("Amara"), "#cohort")
    assert seen.plain == "Here\n(file: The cohort, cohort.csv, 27 bytes)"
    assert [(f["name"], f["title"], f["mimetype"], f["size"]) for f in seen.files] == [
        ("cohort.csv", "The cohort", "text/csv", len(CSV))
    ]
    assert slack.member("Ben").downloads(file_id) == CSV


def test_the_answer_to_an_upload_knows_no_type_and_no_share_and_files_info_knows_both(
    client: WebClient, sandbox: Sandbox
) -> None:
    channel = place(sandbox, "cohort")
    fresh = client.files_upload_v2(filename="cohort.csv", content=CSV, channel=channel)["file"]
    assert (fresh["mimetype"], fresh["filetype"], fresh["shares"], fresh["channels"]) == ("", "", {}, [])
    file = client.files_info(file=fresh["id"])["file"]
    message = client.conversations_history(channel=channel)["messages"][0]
    assert (file["mimetype"], file["filetype"], file["pretty_type"]) == ("text/csv", "csv", "CSV")
    assert (file["name"], file["title"], file["size"], file["mode"]) == ("cohort.csv", "cohort.csv", 27, "hosted")
    assert (file["channels"], file["groups"], file["ims"], file["is_public"]) == ([channel], [], [], True)
    assert [share["ts"] for share in file["shares"]["public"][channel]] == [message["ts"]]
    assert (file["user"], file["user_team"]) == (sandbox.bot_user_id, sandbox.team_id)


def test_a_message_with_a_file_is_a_file_share_in_history_and_in_its_event(client: WebClient, sandbox: Sandbox) -> None:
    channel = place(sandbox, "cohort")
    file_id = upload(client, "cohort.csv", CSV, channel=channel, initial_comment="Here")
    [message] = client.conversations_history(channel=channel)["messages"]
    assert (message["subtype"], message["text"], message["upload"]) == ("file_share", "Here", True)
    assert [(f["id"], f["mimetype"]) for f in message["files"]] == [(file_id, "text/csv")]
    assert message["bot_id"].startswith("B")
    events = [delivery.payload["event"] for delivery in sandbox.deliveries]
    assert [(e["type"], e.get("subtype")) for e in events] == [("message", "file_share"), ("file_shared", None)]
    shared = events[1]
    assert (shared["file_id"], shared["file"], shared["channel_id"]) == (file_id, {"id": file_id}, channel)
    assert shared["user_id"] == sandbox.bot_user_id


def test_a_file_goes_to_a_direct_conversation_by_the_conversations_own_id(
    client: WebClient, sandbox: Sandbox, slack: Workspace
) -> None:
    user = sandbox.workspace.find_member("Amara").id
    channel = client.conversations_open(users=user)["channel"]["id"]
    file_id = upload(client, "note.txt", b"hello", channel=channel)
    assert last(slack.member("Amara")).plain == "(file: note.txt, 5 bytes)"
    file = client.files_info(file=file_id)["file"]
    assert (file["ims"], file["is_public"], list(file["shares"])) == ([channel], False, ["private"])
    with pytest.raises(NotThereError):
        slack.member("Ben").downloads(file_id)


def test_a_file_goes_into_a_thread(client: WebClient, sandbox: Sandbox, slack: Workspace) -> None:
    channel = place(sandbox, "cohort")
    parent = client.chat_postMessage(channel=channel, text="The week")["ts"]
    upload(client, "note.txt", b"hello", channel=channel, thread_ts=parent)
    seen = last(slack.member("Amara"), "#cohort")
    assert (seen.thread_ts, len(seen.files)) == (parent, 1)
    assert [m["text"] for m in client.conversations_history(channel=channel)["messages"]] == ["The week"]
    replies = client.conversations_replies(channel=channel, ts=parent)["messages"]
    assert [len(m.get("files", [])) for m in replies] == [0, 1]


def test_two_files_at_once_are_one_message(client: WebClient, sandbox: Sandbox, slack: Workspace) -> None:
    uploads = [
        {"filename": "a.csv", "content": CSV},
        {"filename": "chart.png", "file": PNG, "alt_txt": "A rising line", "title": "Chart"},
    ]
    answer = client.files_upload_v2(file_uploads=uploads, channel=place(sandbox, "cohort"), initial_comment="Both")
    assert len(answer["files"]) == 2
    [seen] = slack.member("Amara").messages("#cohort")
    assert seen.plain == "Both\n(file: a.csv, 27 bytes)\n(image: A rising line, chart.png, 264 bytes)"
    assert client.files_info(file=answer["files"][1]["id"])["file"]["alt_txt"] == "A rising line"


def test_one_upload_is_shared_in_several_channels(client: WebClient, sandbox: Sandbox, slack: Workspace) -> None:
    channels = [place(sandbox, "cohort"), place(sandbox, "evaluation")]
    file_id = upload(client, "a.csv", CSV, channels=channels)
    for who, where in (("Ben", "#cohort"), ("Cara", "#evaluation")):
        assert [len(each.files) for each in slack.member(who).messages(where)] == [1]
    file = client.files_info(file=file_id)["file"]
    assert [file["channels"], file["groups"], file["ims"]] == [[channels[0]], [channels[1]], []]
    assert set(file["shares"]) == {"public", "private"}


def test_blocks_introduce_a_file_when_no_comment_does(client: WebClient, sandbox: Sandbox, slack: Workspace) -> None:
    blocks = json.dumps([{"type": "section", "text": {"type": "plain_text", "text": "In blocks"}}])
    channel = place(sandbox, "cohort")
    upload(client, "a.csv", CSV, channel=channel, blocks=blocks)
    assert last(slack.member("Amara"), "#cohort").plain == "In blocks\n(file: a.csv, 27 bytes)"
    upload(client, "a.csv", CSV, channel=channel, blocks=blocks, initial_comment="In words")
    assert last(slack.member("Amara"), "#cohort").plain == "In words\n(file: a.csv, 27 bytes)"
    answer = refused(upload, client=client, name="a.csv", data=CSV, channel=channel, blocks='[{"type": "nonsense"}]')
    assert answer["error"] == "invalid_blocks"
    assert len(slack.member("Amara").messages("#cohort")) == 2


def test_a_file_without_a_channel_is_the_apps_own(client: WebClient, sandbox: Sandbox, slack: Workspace) -> None:
    file_id = upload(client, "a.csv", CSV)
    assert client.files_info(file=file_id)["file"]["shares"] == {}
    assert not any(sandbox.workspace.messages.values())
    with pytest.raises(NotThereError, match="no such file"):
        slack.member("Amara").downloads(file_id)


def test_bytes_come_raw_or_as_a_form(client: WebClient, sandbox: Sandbox) -> None:
    data = b"\r\n--x\r\n\0\xff--x--"
    for headers, body in (
        ({}, data),
        ({"Content-Type": "application/x-www-form-urlencoded"}, data),
        (
            {"Content-Type": 'multipart/form-data; boundary="a fence"'},
            b'--a fence\r\nContent-Disposition: form-data; name="more"\r\n\r\nwords\r\n'
            b'--a fence\r\nContent-Disposition: form-data; name="filename"; filename="a.bin"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--a fence--\r\n",
        ),
    ):
        file_id, url = promised(client, "a.bin", data)
        status, _, said = fetch(sandbox, "POST", url, body, headers)
        assert (status, said) == (200, f"OK - {len(data)}".encode())
        client.files_completeUploadExternal(files=[{"id": file_id}])
        private = client.files_info(file=file_id)["file"]["url_private"]
        assert fetch(sandbox, "GET", private, None, with_token(sandbox))[2] == data


# Refusals


@pytest.mark.parametrize(
    ("args", "error", "message"),
    [
        ({"length": 0}, "missing_argument", None),
        ({"length": -1}, "missing_argument", None),
        ({"length": "many"}, "invalid_arguments", "[ERROR] must provide a number [json-pointer:/length]"),
        ({"filename": ""}, "invalid_arguments", "[ERROR] missing required field: filename"),
        ({"alt_txt": "x" * 1001}, "alt_txt_too_large", None),
        ({"length": 100_000_001}, "file_upload_size_restricted", None),
        ({"length": 1_000_001, "snippet_type": "python"}, "snippet_too_large", None),
    ],
)
def test_an_upload_that_cannot_be_is_refused_at_once(
    client: WebClient, args: dict[str, Any], error: str, message: str | None
) -> None:
    answer = refused(client.files_getUploadURLExternal, **{"filename": "a.csv", "length": 3, **args})
    assert answer["error"] == error
    assert answer.get("response_metadata", {}).get("messages") == ([message] if message else None)


def test_an_empty_file_is_refused_through_the_sdk_too(client: WebClient, sandbox: Sandbox) -> None:
    answer = refused(client.files_upload_v2, filename="a.csv", content=b"", channel=place(sandbox, "cohort"))
    assert answer["error"] == "missing_argument"


@pytest.mark.parametrize("sent", [CSV[:-1], CSV + b"x", b"", CSV + b"x" * 100_000])
def test_fewer_or_more_bytes_than_were_promised_are_not_taken(client: WebClient, sandbox: Sandbox, sent: bytes) -> None:
    file_id, url = promised(client)
    assert fetch(sandbox, "POST", url, sent)[0] == 400
    assert refused(client.files_completeUploadExternal, files=[{"id": file_id}])["error"] == "file_not_found"
    assert fetch(sandbox, "POST", url, CSV)[2] == b"OK - 27"
    assert client.files_completeUploadExternal(files=[{"id": file_id}])["ok"]


def test_an_upload_is_completed_once_with_bytes_and_by_its_own_id(
    client: WebClient, sandbox: Sandbox, slack: Workspace
) -> None:
    def complete(*ids: str) -> str:
        files: Any = [{"id": each} for each in ids]
        channel = place(sandbox, "cohort")
        return str(refused(client.files_completeUploadExternal, files=files, channel_id=channel)["error"])

    file_id, url = promised(client)
    assert complete(file_id) == "file_not_found"
    assert complete("F0000000000") == "file_not_found"
    assert refused(client.files_info, file=file_id)["error"] == "file_not_found"
    fetch(sandbox, "POST", url, CSV)
    assert complete(file_id, "F0000000000") == "file_not_found"
    assert slack.member("Amara").messages("#cohort") == []
    client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=place(sandbox, "cohort"))
    assert complete(file_id) == "file_not_found"
    assert len(slack.member("Amara").messages("#cohort")) == 1
    assert fetch(sandbox, "POST", url, CSV)[0] == 404


def test_an_upload_url_expires(client: WebClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    _, url = promised(client)
    later = sandbox.workspace.monotonic() + 15 * 60
    monkeypatch.setattr(sandbox.workspace.files, "_monotonic", lambda: later - 1)
    assert fetch(sandbox, "POST", url, CSV)[0] == 200
    monkeypatch.setattr(sandbox.workspace.files, "_monotonic", lambda: later + 1)
    assert fetch(sandbox, "POST", url, CSV)[0] == 404
    _, fresh = promised(client)
    monkeypatch.undo()
    assert fetch(sandbox, "POST", fresh, CSV)[0] == 200
    assert fetch(sandbox, "POST", f"{sandbox.url}/upload/v1/nonsense", CSV)[0] == 404


def test_the_sdk_hears_of_an_upload_that_failed(client: WebClient, monkeypatch: pytest.MonkeyPatch) -> None:
    real = client.files_getUploadURLExternal

    def short(**args: Any) -> Any:  # noqa: ANN401 - the SDK's own answer
        return real(**{**args, "length": int(args["length"]) - 1})

    monkeypatch.setattr(client, "files_getUploadURLExternal", short)
    with pytest.raises(HTTPError) as caught:
        client.files_upload_v2(filename="a.csv", content=CSV)
    caught.value.close()
    assert caught.value.code == 400


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("elsewhere", "not_in_channel"),
        ("secret", "channel_not_found"),
        ("attic", "posting_to_channel_denied"),
        ("C0000000000", "channel_not_found"),
    ],
)
def test_a_file_is_shared_where_the_app_is_alone(client: WebClient, sandbox: Sandbox, where: str, error: str) -> None:
    channel = where if where.startswith("C0") else place(sandbox, where)
    assert refused(client.files_upload_v2, filename="a.csv", content=CSV, channel=channel)["error"] == error
    both = [place(sandbox, "cohort"), channel]
    assert refused(client.files_upload_v2, filename="a.csv", content=CSV, channels=both)["error"] == error
    assert not any(sandbox.workspace.messages.values())


def test_the_scope_for_public_messages_shares_no_file() -> None:
    scopes = ["chat:write", "chat:write.public", "files:write"]
    with Sandbox(manifest=manifest(scopes=scopes), members=PEOPLE, channels=PLACES, now=NOW) as open_house:
        channel = open_house.workspace.find_channel("elsewhere").id
        client = web_client(open_house)
        assert client.chat_postMessage(channel=channel, text="x")["ok"]
        assert refused(upload, client=client, name="a.csv", data=CSV, channel=channel)["error"] == "not_in_channel"


def test_a_member_or_a_name_in_place_of_a_channel_is_refused_as_slack_refuses_it(
    client: WebClient, sandbox: Sandbox
) -> None:
    for wanted in (sandbox.workspace.find_member("Amara").id, "#cohort", "cohort"):
        assert client.chat_postMessage(channel=wanted, text="a message goes there")["ok"]
        answer = refused(client.files_upload_v2, filename="a.csv", content=CSV, channel=wanted)
        assert (answer["error"], answer["response_metadata"]["messages"]) == (
            "invalid_arguments",
            [PATTERN % "channel_id"],
        )
    word: Any = place(sandbox, "cohort")  # where the SDK wants a list
    answer = refused(client.files_upload_v2, filename="a.csv", content=CSV, channels=word)
    assert answer["response_metadata"]["messages"] == [PATTERN % "channels"]


def test_a_deactivated_member_gets_no_file(client: WebClient, sandbox: Sandbox) -> None:
    gone = dm(sandbox, "Dan")
    assert refused(upload, client=client, name="a.csv", data=CSV, channel=gone)["error"] == "channel_not_found"


@pytest.mark.parametrize("files", ["", "[]", "[1]", '[{"title": "x"}]', '{"id": "F1"}', "nonsense"])
def test_completing_names_its_files_in_a_list(client: WebClient, files: str) -> None:
    answer = refused(client.api_call, api_method="files.completeUploadExternal", json={"files": files})
    assert answer["error"] == "invalid_arguments"


def test_completing_takes_its_files_as_json_too_and_a_thread_needs_one_channel(
    client: WebClient, sandbox: Sandbox
) -> None:
    file_id, url = promised(client)
    fetch(sandbox, "POST", url, CSV)
    several = ",".join([place(sandbox, "cohort"), place(sandbox, "evaluation")])
    body = {"files": [{"id": file_id, "title": "T"}], "channels": several, "thread_ts": "1.0"}
    assert refused(client.api_call, api_method="files.completeUploadExternal", json=body)["error"] == (
        "invalid_arguments"
    )
    many = ",".join(f"C{n:010}" for n in range(101))
    body = {"files": [{"id": file_id}], "channels": many}
    assert refused(client.api_call, api_method="files.completeUploadExternal", json=body)["error"] == (
        "channels_limit_exceeded"
    )
    done = client.api_call("files.completeUploadExternal", json={"files": [{"id": file_id, "title": "T"}]})
    assert done["files"][0]["title"] == "T"


def test_files_need_their_scopes() -> None:
    with Sandbox(manifest=manifest(scopes=["chat:write"]), members=PEOPLE, channels=PLACES, now=NOW) as bare:
        client = web_client(bare)
        for call, args, needed in (
            (client.files_getUploadURLExternal, {"filename": "a", "length": 1}, "files:write"),
            (client.files_completeUploadExternal, {"files": [{"id": "F1"}]}, "files:write"),
            (client.files_delete, {"file": "F1"}, "files:write"),
            (client.files_info, {"file": "F1"}, "files:read"),
        ):
            answer = refused(call, **args)
            assert (answer["error"], answer["needed"]) == ("missing_scope", needed)


# Deleting


def test_a_deleted_file_is_gone_for_everybody_and_its_message_says_so(
    client: WebClient, sandbox: Sandbox, slack: Workspace
) -> None:
    channel = place(sandbox, "cohort")
    file_id = upload(client, "a.csv", CSV, channel=channel, initial_comment="Here")
    url = client.files_info(file=file_id)["file"]["url_private"]
    assert client.files_delete(file=file_id)["ok"]
    assert last(slack.member("Amara"), "#cohort").plain == "Here\n(file: deleted)"
    [message] = client.conversations_history(channel=channel)["messages"]
    assert message["files"] == [{"id": file_id, "mode": "tombstone"}]
    assert refused(client.files_info, file=file_id)["error"] == "file_deleted"
    assert refused(client.files_delete, file=file_id)["error"] == "file_deleted"
    assert refused(client.files_delete, file="F0000000000")["error"] == "file_not_found"
    assert fetch(sandbox, "GET", url, None, with_token(sandbox))[0] == 404
    assert sandbox.workspace.files.shared(file_id).data == b""
    with pytest.raises(NotThereError):
        slack.member("Amara").downloads(file_id)
    assert sandbox.deliveries[-1].payload["event"]["type"] == "file_deleted"


def test_a_file_whose_message_was_deleted_is_shared_no_more(
    client: WebClient, sandbox: Sandbox, slack: Workspace
) -> None:
    channel = place(sandbox, "cohort")
    file_id = upload(client, "a.csv", CSV, channel=channel)
    assert slack.member("Amara").downloads(file_id) == CSV
    client.chat_delete(channel=channel, ts=last(slack.member("Amara"), "#cohort").ts)
    with pytest.raises(NotThereError):
        slack.member("Amara").downloads(file_id)
    assert client.files_info(file=file_id)["file"]["shares"] == {}


# Getting the bytes


def test_url_private_is_for_the_apps_token_and_a_login_page_for_everybody_else(
    client: WebClient, sandbox: Sandbox
) -> None:
    file = client.files_info(file=upload(client, "Ünder Weg.csv", CSV, channel=place(sandbox, "cohort")))["file"]
    for url in (file["url_private"], file["url_private_download"]):
        assert urlsplit(url).path.endswith("/_nder_weg.csv")
        for headers in ({}, {"Authorization": "Bearer xoxb-wrong"}, {"Authorization": f"Bearer {sandbox.app_token}"}):
            status, given, body = fetch(sandbox, "GET", url, None, headers)
            assert (status, given["content-type"]) == (200, "text/html; charset=utf-8")
            assert body.startswith(b"<!DOCTYPE html>")
            assert CSV not in body
        status, given, body = fetch(sandbox, "GET", url, None, with_token(sandbox))
        assert (status, given["content-type"], body) == (200, "text/csv; charset=utf-8", CSV)
    elsewhere = file["url_private"].replace(sandbox.team_id, "T0000000000")
    assert fetch(sandbox, "GET", elsewhere, None, with_token(sandbox))[0] == 404


def test_the_login_page_comes_too_when_the_app_may_not_read_files() -> None:
    with Sandbox(manifest=manifest(scopes=["files:write"]), members=PEOPLE, now=NOW) as writer:
        answer = web_client(writer).files_upload_v2(filename="a.csv", content=CSV)
        status, headers, _ = fetch(writer, "GET", answer["file"]["url_private"], None, with_token(writer))
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("name", "data", "how", "media_type"),
    [
        ("chart.png", PNG, "inline", "image/png"),
        ("chart.jpg", b"\xff\xd8\xff\xe0 jpeg", "inline", "image/jpeg"),
        ("chart.gif", b"GIF89a...", "inline", "image/gif"),
        ("chart.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "inline", "image/webp"),
        ("cohort.csv", CSV, "inline", "text/plain; charset=utf-8"),
        ("note.txt", b"hello", "inline", "text/plain; charset=utf-8"),
        ("note", b"hello", "inline", "text/plain; charset=utf-8"),
        ("page.html", HTML, "attachment", "application/octet-stream"),
        ("page.HTM", HTML, "attachment", "application/octet-stream"),
        ("drawing.svg", b"<svg onload='alert(1)'/>", "attachment", "application/octet-stream"),
        ("feed.xml", b"<a/>", "attachment", "application/octet-stream"),
        ("report.pdf", b"%PDF-1.7", "attachment", "application/octet-stream"),
        ("thing.bin", b"\0\1\2", "attachment", "application/octet-stream"),
        ("not.png", HTML, "inline", "text/plain; charset=utf-8"),
        ("picture.html", PNG, "inline", "image/png"),
    ],
)
def test_a_browser_is_shown_pictures_and_plain_text_and_given_the_rest_to_keep(
    client: WebClient, sandbox: Sandbox, slack: Workspace, name: str, data: bytes, how: str, media_type: str
) -> None:
    upload(client, name, data, channel=place(sandbox, "cohort"))
    [file] = last(slack.member("Amara"), "#cohort").files
    status, headers, body = fetch(sandbox, "GET", file["url"])
    assert (status, body) == (200, data)
    assert headers["content-type"] == media_type
    assert headers["content-disposition"].startswith(f'{how}; filename="')
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_file_is_found_by_those_alone_who_see_a_place_that_it_is_in(
    client: WebClient, sandbox: Sandbox, slack: Workspace
) -> None:
    file_id = upload(client, "a.csv", CSV, channel=place(sandbox, "evaluation"))
    mine = upload(client, "b.csv", CSV, channel=dm(sandbox, "Cara"))
    [file] = last(slack.member("Cara"), "#evaluation").files
    cara, amara = slack.member("Cara").id, slack.member("Amara").id
    assert file["url"] == f"/files/{cara}/{file_id}/a.csv"
    assert fetch(sandbox, "GET", file["url"])[0] == 200
    assert fetch(sandbox, "GET", file["url"], None, {"Host": "evil.example"})[0] == 403
    for path in (
        f"/files/{amara}/{file_id}/a.csv",
        f"/files/U0000000000/{file_id}/a.csv",
        f"/files/{cara}/F0000000000/a.csv",
    ):
        status, headers, body = fetch(sandbox, "GET", path)
        assert (status, headers["x-content-type-options"], CSV in body) == (404, "nosniff", False)
    assert fetch(sandbox, "GET", f"/files/{cara}/{mine}/b.csv")[0] == 200
    slack.deactivate("Cara")
    try:
        assert fetch(sandbox, "GET", file["url"])[0] == 404
        assert fetch(sandbox, "GET", f"/files/{cara}/{mine}/b.csv")[0] == 404
    finally:
        slack.reactivate("Cara")
        sandbox.workspace.find_channel("evaluation").members.append(cara)


@pytest.mark.parametrize(
    ("name", "plain", "extended"),
    [
        ("cohort.csv", "cohort.csv", "cohort.csv"),
        ('a "b"; c.csv', "a _b__ c.csv", 'a "b"; c.csv'),
        ("two\r\nSet-Cookie: x=1.csv", "twoSet-Cookie_ x_1.csv", "twoSet-Cookie: x=1.csv"),
        ("cohort\u202evsc.exe", "cohortvsc.exe", "cohortvsc.exe"),
        ("../../etc/passwd", ".._.._etc_passwd", ".._.._etc_passwd"),
        ("über 日本.csv", "_ber __.csv", "über 日本.csv"),
        ("🙂" * 300 + ".csv", "_" * 146 + ".csv", "🙂" * 146 + ".csv"),
        ("\u202e", "file", "file"),
        ("\ud800.csv", ".csv", ".csv"),
    ],
)
def test_any_name_makes_a_safe_content_disposition(name: str, plain: str, extended: str) -> None:
    header = disposition("attachment", name)
    assert header.isascii()
    start, _, rest = header.partition("; filename*=UTF-8''")
    assert start == f'attachment; filename="{plain}"'
    assert unquote(rest) == extended


def test_a_name_with_every_trap_in_it_goes_through_the_whole_way(
    client: WebClient, sandbox: Sandbox, slack: Workspace
) -> None:
    for name in ("..", "a/b\\c.csv", "x\r\ny.csv", "<b>&amp;.csv", "日本", "?.csv#x"):
        upload(client, name, CSV, channel=place(sandbox, "cohort"))
        [file] = last(slack.member("Amara"), "#cohort").files
        assert file["name"] == name
        assert re.fullmatch(r"/files/U[A-Z0-9]+/F[A-Z0-9]+/[a-z0-9_][a-z0-9._-]*", file["url"])
        assert fetch(sandbox, "GET", file["url"])[2] == CSV
        private = client.files_info(file=file["id"])["file"]["url_private"]
        assert fetch(sandbox, "GET", private, None, with_token(sandbox))[2] == CSV


# Images in blocks


def image(**source: object) -> dict[str, Any]:
    return {"type": "image", "alt_text": "A chart", **source}


def everywhere(source: dict[str, Any]) -> list[list[dict[str, Any]]]:
    said = {"type": "mrkdwn", "text": "x"}
    return [
        [image(slack_file=source)],
        [{"type": "section", "text": said, "accessory": image(slack_file=source)}],
        [{"type": "context", "elements": [said, image(slack_file=source)]}],
    ]


def test_a_picture_of_the_apps_stands_in_blocks_by_id_or_by_address(client: WebClient, sandbox: Sandbox) -> None:
    file = client.files_info(file=upload(client, "chart.png", PNG))["file"]
    for source in ({"id": file["id"]}, {"url": file["url_private"]}, {"url": file["permalink"]}):
        for blocks in everywhere(source):
            assert client.chat_postMessage(channel=place(sandbox, "cohort"), text="x", blocks=blocks)["ok"]


def test_what_is_no_picture_of_the_apps_is_refused_in_blocks(client: WebClient, sandbox: Sandbox) -> None:
    picture = client.files_info(file=upload(client, "chart.png", PNG))["file"]
    gone = upload(client, "gone.png", PNG)
    client.files_delete(file=gone)
    pending, url = promised(client, "soon.png", PNG)
    fetch(sandbox, "POST", url, PNG)
    for source in (
        {"id": "F0000000000"},
        {"id": upload(client, "a.csv", CSV)},
        {"id": upload(client, "renamed.png", HTML)},
        {"id": upload(client, "chart.webp", b"RIFF\x10\0\0\0WEBPVP8 ")},
        {"id": gone},
        {"id": pending},
        {"url": "https://example.org/chart.png"},
        {"url": f"https://example.org/files-pri/{sandbox.team_id}-{picture['id']}/chart.png"},
    ):
        pointers = ("/blocks/0/slack_file", "/blocks/0/accessory/slack_file", "/blocks/0/elements/1/slack_file")
        for blocks, pointer in zip(everywhere(source), pointers, strict=True):
            answer = refused(client.chat_postMessage, channel=place(sandbox, "cohort"), text="x", blocks=blocks)
            assert answer["error"] == "invalid_blocks"
            assert answer["errors"] == [f"[ERROR] invalid slack file [json-pointer:{pointer}]"]
    both = [image(slack_file={"id": picture["id"], "url": picture["url_private"]})]
    answer = refused(client.chat_postMessage, channel=place(sandbox, "cohort"), text="x", blocks=both)
    assert "exactly one of id, url" in answer["errors"][0]


def test_an_edit_and_a_view_are_held_to_it_too(client: WebClient, sandbox: Sandbox) -> None:
    posted = client.chat_postMessage(channel=place(sandbox, "cohort"), text="x")
    wrong, right = ([image(slack_file={"id": each})] for each in ("F0000000000", upload(client, "chart.png", PNG)))
    where = {"channel": posted["channel"], "ts": posted["ts"], "text": "x"}
    assert refused(client.chat_update, **where, blocks=wrong)["error"] == "invalid_blocks"
    assert client.chat_update(channel=posted["channel"], ts=posted["ts"], text="x", blocks=right)["ok"]
    user = sandbox.workspace.find_member("Amara").id
    answer = refused(client.views_publish, user_id=user, view={"type": "home", "blocks": wrong})
    assert answer["error"] == "invalid_arguments"
    assert answer["errors"] == ["[ERROR] invalid slack file [json-pointer:/view/blocks/0/slack_file]"]
    assert client.views_publish(user_id=user, view={"type": "home", "blocks": right})["ok"]
    trigger = sandbox.workspace.new_trigger(user)
    assert refused(client.views_open, trigger_id=trigger, view=modal(*wrong))["error"] == "invalid_arguments"
    assert client.views_open(trigger_id=trigger, view=modal(*right))["ok"]


def test_an_image_in_blocks_is_to_be_had_by_those_who_see_the_blocks(
    client: WebClient, sandbox: Sandbox, slack: Workspace
) -> None:
    ids = [upload(client, f"chart{n}.png", PNG) for n in range(3)]
    amara = sandbox.workspace.find_member("Amara")
    client.chat_postMessage(channel=place(sandbox, "evaluation"), text="x", blocks=everywhere({"id": ids[0]})[2])
    seen_once = everywhere({"id": ids[1]})[1]
    client.chat_postEphemeral(channel=place(sandbox, "cohort"), user=amara.id, text="x", blocks=seen_once)
    client.views_publish(user_id=amara.id, view={"type": "home", "blocks": [image(slack_file={"id": ids[2]})]})
    found = {}
    for who in ("Amara", "Ben", "Cara"):
        person = slack.member(who)
        found[who] = [fetch(sandbox, "GET", f"/files/{person.id}/{each}/chart.png")[0] for each in ids]
    assert found == {"Amara": [404, 200, 200], "Ben": [404, 404, 404], "Cara": [200, 404, 404]}


def test_the_page_gets_an_images_address_in_this_workspace_or_none(client: WebClient, sandbox: Sandbox) -> None:
    service, amara = sandbox.service, sandbox.workspace.find_member("Amara")
    file = client.files_info(file=upload(client, "chart.png", PNG))["file"]
    wanted = f"/files/{amara.id}/{file['id']}/chart.png"
    assert service.image_source(image(slack_file={"id": file["id"]}), amara) == wanted
    assert service.image_source(image(slack_file={"url": file["url_private"]}), amara) == wanted
    for block in (
        image(image_url="https://example.org/chart.png"),
        image(image_url=file["url_private"]),
        image(slack_file={"url": "https://example.org/chart.png"}),
        image(slack_file={"id": "F0000000000"}),
        image(slack_file=None),
    ):
        assert service.image_source(block, amara) is None
    client.files_delete(file=file["id"])
    assert service.image_source(image(slack_file={"id": file["id"]}), amara) is None


# What is kept of it, and titles


def test_no_bytes_of_a_file_are_in_the_log_of_calls_or_in_a_repr(client: WebClient, sandbox: Sandbox) -> None:
    canary = b"heliotrope-kestrel"
    file_id = upload(client, "a.csv", canary, channel=place(sandbox, "cohort"))
    shown = json.dumps([call.shown() for call in sandbox.calls]) + json.dumps([d.shown() for d in sandbox.deliveries])
    assert '"method": "upload"' in shown
    assert f'"length": {len(canary)}' in shown
    assert canary.decode() not in shown
    assert canary.decode() not in repr(sandbox.workspace.files.kept(file_id))
    assert canary.decode() not in repr(sandbox.calls)


def test_a_fault_on_a_channel_strikes_the_share_of_a_file(client: WebClient, sandbox: Sandbox) -> None:
    sandbox.arm("internal_error_after", channel="#cohort")
    try:
        assert refused(upload, client=client, name="a", data=CSV, channel=place(sandbox, "cohort"))["error"] == (
            "internal_error"
        )
    finally:
        sandbox.disarm()


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (2345, "2 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (1_440_000, "1.4 MB"),
    ],
)
def test_a_size_reads_as_people_say_it(size: int, words: str) -> None:
    assert size_in_words(size) == words


def test_a_file_reads_with_its_words_and_a_name_once() -> None:
    def reads(name: str, data: bytes, title: str, alt: str = "") -> str:
        return File("F1", name, "U1", 0, len(data), alt, title, data, kind_of(name, data)).in_words

    assert reads("a.csv", b"x" * 2345, title="a.csv") == "(file: a.csv, 2 kB)"
    assert reads("a.csv", b"x" * 2345, title="The cohort", alt="unused") == "(file: The cohort, a.csv, 2 kB)"
    assert reads("a.png", PNG, title="Chart", alt="A rising line") == "(image: A rising line, a.png, 264 bytes)"
    assert reads("a.png", PNG, title="Chart") == "(image: Chart, a.png, 264 bytes)"


def test_a_members_title_is_in_their_profile() -> None:
    people: list[dict[str, Any] | str] = [{"name": "Amara Okafor", "title": "Associate director"}, "Ben Li"]
    with Sandbox(manifest=manifest(), members=people, now=NOW) as titled:
        client = web_client(titled)
        titles = [
            client.users_info(user=titled.workspace.find_member(who).id)["user"]["profile"]["title"]
            for who in ("Amara", "Ben")
        ]
        assert titles == ["Associate director", ""]
