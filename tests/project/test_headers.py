"""Headers on every kind of answer: what the walk over all routes (test_access.py) does not come by, static files,
errors raised in middleware, hosts that are not ours, TLS; and all of it from gunicorn in production mode."""

import http.client
import re
import socket
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.test import Client, override_settings

from tests import make
from tests.project.headers import faults
from tests.project.processes import BASE_DIR, copy_of_the_project, environment, free_port, wait_until

RAISED = {
    400: SuspiciousOperation,
    403: PermissionDenied,
    404: Http404,
    500: ZeroDivisionError,
    "400 again": BadRequest,
    "database away": OperationalError,
}


@pytest.fixture
def browser(db) -> Client:
    return Client(raise_request_exception=False)


class Failing:
    """A middleware that fails, wherever it stands."""

    error: type[Exception] = ZeroDivisionError

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, _request):
        raise self.error


@pytest.mark.parametrize("place", range(1, 8))
@pytest.mark.parametrize("error", RAISED.values(), ids=[str(name) for name in RAISED])
def test_an_error_in_a_middleware_has_them(browser, settings, monkeypatch, place, error):
    """The first put the headers on, SecurityMiddleware the last of them; an error is answered outside of it."""
    monkeypatch.setattr(Failing, "error", error)
    place += settings.MIDDLEWARE.index("django.middleware.security.SecurityMiddleware")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:place], f"{__name__}.Failing", *settings.MIDDLEWARE[place:]]
    response = browser.get("/")
    assert response.status_code in {400, 403, 404, 500, 503}
    assert faults(response.headers) == []


def test_a_host_that_is_not_ours_is_answered_with_them(browser):
    response = browser.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert faults(response.headers) == []


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"username=" + b"a" * 2_000_000, "application/x-www-form-urlencoded"),
        ("&".join(f"f{number}=1" for number in range(1200)).encode(), "application/x-www-form-urlencoded"),
    ],
    ids=["bytes", "fields"],
)
def test_too_much_is_413_with_them(browser, data, content_type):
    response = browser.post("/sign-in/", data, content_type=content_type)
    assert response.status_code == 413
    assert "Too much at once" in response.content.decode()
    assert faults(response.headers) == []


def test_a_static_file_is_kept_by_its_reader_and_has_the_rest(browser):
    response = browser.get("/static/hotline/css/base.css")
    assert response.status_code == 200
    # Names without a digest, outside production: a minute.
    assert faults(response.headers, static=True) == ["Cache-Control"]
    again = browser.get("/static/hotline/css/base.css", headers={"if-modified-since": response["Last-Modified"]})
    assert again.status_code == 304
    assert faults(again.headers, static=True) == ["Cache-Control"]
    response.close()
    assert faults(browser.get("/static/nothing.css").headers) == []


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=63072000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
                   SECURE_HSTS_PRELOAD=True)  # fmt: skip
def test_the_redirect_to_tls_has_them(browser):
    response = browser.get("/queue/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/queue/")
    assert faults(response.headers) == []
    assert faults(browser.get("/queue/", secure=True).headers, tls=True) == []


def test_a_header_that_is_missing_would_be_noticed(browser, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "hotline.headers.HeadersMiddleware"]
    missing = faults(browser.get("/sign-in/").headers)
    assert {"Permissions-Policy", "Cross-Origin-Resource-Policy", "Vary"} <= set(missing)
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'unsafe-inline'"]}}
    assert "Content-Security-Policy" in faults(browser.get("/sign-in/").headers)


@pytest.mark.parametrize("header", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_a_method_is_what_the_request_line_says(browser, header):
    response = browser.get("/sign-out/", headers={header: "POST"})
    assert response.status_code == 405
    assert browser.post("/sign-in/", {"_method": "DELETE"}, headers={header: "DELETE"}).status_code == 200


TRICKS = (
    "//queue/", "/./queue/", "/queue/../audit-log/", "/queue//", "/QUEUE/", "/Queue/", "/%71ueue/", "/%2e/queue/",
    "/%2e%2e/queue/", "/queue%2f", "/queue;x=1/", "/queue/.", "/queue/%00", "/queue/%0a", "/administration%2fusers/",
    "/static/../manage.py", "/static/%2e%2e/manage.py", "/static/..%2f..%2fmanage.py", "/static//etc/passwd",
)  # fmt: skip


@pytest.mark.parametrize("path", TRICKS)
def test_no_way_of_writing_a_path_goes_round_the_door(browser, path):
    """Each is the page itself, whose door asks for a sign-in, or nothing."""
    response = browser.generic("GET", path)
    to_sign_in = response.status_code == 302 and response["Location"].startswith("/sign-in/?next=")
    assert to_sign_in or response.status_code in {301, 400, 404}
    assert faults(response.headers) == []


@pytest.mark.parametrize("path", ["/queue", "/reports/1", "/administration/users"])
def test_a_missing_slash_leads_not_past_the_door(browser, path):
    response = browser.get(path)
    assert response.status_code == 404 or response["Location"] in {path + "/", f"/sign-in/?next={path}"}
    assert faults(response.headers) == []


# In production, under gunicorn.

HOST = "hotline.example"


@pytest.fixture(scope="module")
def production(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[int]:
    """The port of gunicorn, started as docker/entrypoint.sh does, behind a proxy that ends TLS."""
    with django_db_blocker.unblock():
        address = make.database_address()
    found, port = psycopg.conninfo.conninfo_to_dict(address), free_port()
    variables = environment(
        HOTLINE_MODE="production",
        ALLOWED_HOSTS=HOST,
        HOTLINE_BEHIND_PROXY="1",
        SECRET_KEY="k" * 50,
        REPORT_KEY_SECRET="r" * 50,
        REDIS_URL="redis://127.0.0.1:1/0",
        DATABASE_URL=f"postgresql://{found['user']}:{found['password']}@{found['host']}:{found['port']}/{found['dbname']}",
    )
    folder = copy_of_the_project(tmp_path_factory.mktemp("production"))
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=folder, env=variables, check=True)
    command = [sys.executable, "-m", "gunicorn", "hotline.wsgi", "--config", "python:hotline.web_server",
               "--bind", f"127.0.0.1:{port}", "--threads", "4", "--log-level", "warning",
               "--no-control-socket"]  # fmt: skip
    with subprocess.Popen(command, cwd=folder, env=variables, stderr=subprocess.PIPE) as process:
        try:
            wait_until(lambda: answers(port), seconds=60)
            yield port
        finally:
            process.terminate()
            said = process.communicate(timeout=30)[1].decode()
    assert "canary" not in said


def answers(port: int) -> bool:
    try:
        return asked(port, "/healthz", tls=False)[0] == 200
    except OSError:
        return False


def asked(port: int, path: str, *, method: str = "GET", tls: bool = True, body: bytes = b"", **headers: str):
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        sent = {"Host": HOST, "X-Forwarded-For": "203.0.113.7"} | ({"X-Forwarded-Proto": "https"} if tls else {})
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        there.request(method, path, body=body or None, headers=sent)
        response = there.getresponse()
        return response.status, response.headers, response.read()
    finally:
        there.close()


def test_production_has_them_on_every_status(production):
    big = {"Content_Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"}
    big["Cookie"] = "__Host-hotline_csrf=" + "a" * 32
    seen = {
        "page": asked(production, "/sign-in/"),
        "redirect": asked(production, "/queue/"),
        "not there": asked(production, "/nothing/"),
        "method": asked(production, "/account/language/"),
        "no token": asked(production, "/sign-in/", method="POST", body=b"username=a"),
        "too much": asked(production, "/sign-in/", method="POST", body=b"a" * 2_000_000, **big),
        "another host": asked(production, "/", Host="elsewhere.example"),
        "api": asked(production, "/api/v1/years/2024/"),
        "options": asked(production, "/sign-in/", method="OPTIONS"),
    }
    wrong = {name: faults(headers, tls=True) for name, (_status, headers, _body) in seen.items()}
    assert {name: found for name, found in wrong.items() if found} == {}
    assert {name: status for name, (status, _headers, _body) in seen.items()} == {
        "page": 200, "redirect": 302, "not there": 404, "method": 405, "no token": 403, "too much": 413,
        "another host": 400, "api": 403, "options": 405,
    }  # fmt: skip


def test_production_sends_plain_http_to_tls_with_them_but_hsts(production):
    status, headers, _body = asked(production, "/queue/", tls=False)
    assert (status, headers["Location"]) == (301, f"https://{HOST}/queue/")
    assert faults(headers) == []


def test_production_serves_static_files_for_ever_and_no_others(production):
    page = asked(production, "/sign-in/")[2].decode()
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(names) > 10
    for name in names:
        status, headers, _body = asked(production, name)
        assert (status, faults(headers, tls=True, static=True)) == (200, [])
    assert asked(production, "/static/hotline/css/base.css")[0] == 404
    headers = asked(production, names[0])[1]
    again = asked(production, names[0], If_Modified_Since=headers["Last-Modified"])
    assert (again[0], faults(again[1], tls=True, static=True)) == (304, [])


def test_production_cookies_are_this_hosts_alone(production):
    cookies = asked(production, "/sign-in/")[1].get_all("Set-Cookie") or []
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', asked(production, "/sign-in/")[2])
    assert token is not None
    own = cookies[0].partition(";")[0]
    for name, value in (("language", "nl"), ("theme", "dark")):
        body = b"csrfmiddlewaretoken=" + token[1] + f"&{name}={value}".encode()
        cookie = asked(production, "/sign-in/", Cookie=own)
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', cookie[2])
        body = b"csrfmiddlewaretoken=" + token[1] + f"&{name}={value}".encode()
        how = {"Cookie": own, "Content_Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"}
        cookies += (
            asked(production, f"/account/{name}/", method="POST", body=body, **how)[1].get_all("Set-Cookie") or []
        )
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        f"__Host-hotline_{name}" for name in ("csrf", "language", "theme")
    }
    for cookie in cookies:
        said = {part.strip() for part in cookie.split(";")[1:]}
        assert {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"} <= said
        assert not any(part.lower().startswith("domain") for part in said)


def test_every_cookie_of_the_settings_has_the_prefix_in_production():
    show = (
        "from django.conf import settings as s; import django; django.setup();"
        "names = {n: getattr(s, n) for n in dir(s) if n.endswith('COOKIE_NAME')};"
        "print([n for n, v in names.items() if not v.startswith('__Host-')],"
        "[n for n in dir(s) if n.endswith(('COOKIE_DOMAIN')) and getattr(s, n)],"
        "[n for n in dir(s) if n.endswith('COOKIE_SECURE') and not getattr(s, n) and not n.startswith('LANGUAGE')])"
    )
    variables = environment(
        HOTLINE_MODE="production", DJANGO_SETTINGS_MODULE="hotline.settings", ALLOWED_HOSTS=HOST, SECRET_KEY="k" * 50,
        REPORT_KEY_SECRET="r" * 50, REDIS_URL="redis://127.0.0.1:1/0", DATABASE_URL="postgresql://a:b@127.0.0.1:1/c",
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", show], cwd=BASE_DIR, env=variables, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[] [] []\n", "")


NOT_HTTP = (
    b"canary\r\n\r\n",
    b"GET / canary HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.canary\r\n\r\n",
    b"CANARY,x / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nbad header canary: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: canary\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: canary\r\n\r\n",
    b"GET /" + b"canary" * 2000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"canary" * 4000 + b"\r\n\r\n",
)


@pytest.mark.parametrize("sent", NOT_HTTP, ids=range(len(NOT_HTTP)))
def test_what_is_no_request_is_answered_with_them_and_not_said_back(production, sent):

    with socket.create_connection(("127.0.0.1", production), timeout=10) as there:
        there.sendall(sent)
        said = b""
        while piece := there.recv(65536):
            said += piece
    head, _empty, _body = said.decode().partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    assert re.match(r"HTTP/1\.1 (400|414|417|431|501) ", status)
    headers = dict(line.split(": ", 1) for line in lines)
    assert set(faults(headers)) <= {"Vary", "Content-Security-Policy"}
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "canary" not in said.decode().lower()
