"""The embedded servers: shared, ended with their last user, and found again after anything."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from hotline.embedded.place import Home, State
from tests.project.processes import BASE_DIR, assert_ended, belonging_to, environment, python, wait_until
from tests.project.roles import ANSWERS, ASKED

pytestmark = pytest.mark.xdist_group("embedded")

USE = """
import os, sys
from hotline.embedded import data_folder, provide_environment
provide_environment(data_folder())
import psycopg, redis
redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
owner = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)
app = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
"""
STARTED = USE + 'print(owner.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)\n'
STAY = STARTED + "sys.stdin.read()\n"
# A run that a shell started in the background ignores the interrupt, and its children inherit that.
HEARS = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Iterator[Path]:
    """A data folder, made once: making a cluster takes seconds."""
    folder = tmp_path_factory.mktemp("data folder")
    yield folder
    assert_ended(folder)


def use(code: str, folder: Path) -> str:
    done = python(code, cwd=BASE_DIR, HOTLINE_DATA_DIR=str(folder))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def stay(folder: Path, *, first: str = "") -> "subprocess.Popen[str]":
    """A user of the servers that stays until its standard input is closed; its first line is when they started."""
    return subprocess.Popen(
        [sys.executable, "-c", first + STAY],
        cwd=BASE_DIR,
        env=environment(HOTLINE_DATA_DIR=str(folder)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def state(folder: Path, kind: str = "postgres") -> State:
    found = Home(folder, kind).read_state()
    assert found
    return found


def test_servers_end_with_their_only_user(folder):
    assert use(STARTED, folder)
    assert_ended(folder)


def test_servers_shared_and_ended_by_the_last_user(folder):
    with stay(folder) as first, stay(folder) as second:
        assert first.stdout.readline() == second.stdout.readline()
        first.communicate()
        assert use(STARTED, folder)
        assert belonging_to(folder)
        second.communicate()
    assert_ended(folder)


def test_many_that_come_at_once_all_find_the_same_servers(folder):
    users = [stay(folder) for _ in range(5)]
    started = {user.stdout.readline() for user in users}
    for user in users:
        user.communicate()
    assert len(started) == 1
    assert [user.returncode for user in users] == [0] * 5
    wait_until(lambda: not belonging_to(folder), seconds=5)


def test_killed_user_leaves_nothing_running(folder):
    with stay(folder) as user:
        user.stdout.readline()
        user.kill()
    wait_until(lambda: not belonging_to(folder), seconds=10)


def test_killed_keeper_takes_its_server_along_and_the_data_stay(folder):
    use(USE + 'owner.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS n")', folder)
    with stay(folder) as user:
        user.stdout.readline()
        os.kill(state(folder).keeper_pid, signal.SIGKILL)
        os.kill(state(folder, "valkey").keeper_pid, signal.SIGKILL)
        user.communicate()
    assert use(USE + 'print(app.execute("SELECT 1").fetchone()[0])', folder) == "1"
    assert use(USE + 'print(owner.execute("SELECT n FROM kept").fetchone()[0])', folder) == "42"


def test_killed_server_is_started_again(folder):
    with stay(folder) as user:
        before = user.stdout.readline()
        os.kill(state(folder).server_pid, signal.SIGKILL)
        wait_until(lambda: _answers_since(folder, before), seconds=20)
        user.communicate()
    wait_until(lambda: not belonging_to(folder), seconds=5)


def test_server_that_can_not_start_for_a_while_comes_back_where_it_was(folder):
    control = folder / "postgres" / "data" / "global" / "pg_control"
    with stay(folder) as user:
        before = user.stdout.readline()
        at = state(folder)
        control.rename(control.with_name("away"))
        os.kill(at.server_pid, signal.SIGKILL)
        time.sleep(2)
        assert state(folder) == at
        control.with_name("away").rename(control)
        wait_until(lambda: _answers_since(folder, before), seconds=20)
        assert state(folder).port == at.port
        assert state(folder).keeper_pid == at.keeper_pid
        user.communicate()
    wait_until(lambda: not belonging_to(folder), seconds=5)


def _answers_since(folder: Path, before: str) -> bool:
    done = python(STARTED, cwd=BASE_DIR, HOTLINE_DATA_DIR=str(folder))
    return done.returncode == 0 and done.stdout > before


def test_pid_file_of_a_later_process_is_not_believed(folder):
    # After a crash the pid in it may be anybody's: here it is ours. PostgreSQL alone would refuse to start.
    (folder / "postgres" / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/nowhere\n", encoding="ascii")
    assert use(STARTED, folder)


def test_taken_port_moves_the_server(folder):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", state(folder).port))
        taken.listen()
        before = state(folder).port
        assert use(STARTED, folder)
    assert state(folder).port != before


def test_interrupt_reaches_the_user_and_not_the_servers(folder):
    user = subprocess.Popen(
        [sys.executable, "-c", HEARS + STAY],
        cwd=BASE_DIR,
        env=environment(HOTLINE_DATA_DIR=str(folder)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with user, stay(folder) as other:
        assert user.stdout.readline() == other.stdout.readline()

        # What a terminal does: to the whole process group.
        os.killpg(user.pid, signal.SIGINT)
        user.wait(10)
        assert psutil.pid_exists(state(folder).server_pid)
        other.communicate()
    wait_until(lambda: not belonging_to(folder), seconds=5)


def test_nothing_typed_reaches_the_servers_log(folder):
    use(
        USE
        + """
owner.execute("CREATE TABLE IF NOT EXISTS counted (n int CHECK (n >= 0), note text)")
for statement, values in [
    ("SELECT %s::int", ["typed-by-somebody"]),
    ("INSERT INTO counted VALUES (-1, %s)", ["typed-by-somebody"]),
    ("INSERT INTO counted VALUES (1, 'typed-by-somebody'::date)", []),
    ("DO $$ BEGIN RAISE WARNING 'typed-by-somebody'; END $$", []),
    ("SELECT 1 / 0 -- typed-by-somebody", []),
]:
    try:
        owner.execute(statement, values)
    except psycopg.Error:
        pass
owner.execute("SELECT pg_sleep(0.01) -- typed-by-somebody")
""",
        folder,
    )
    log = (folder / "postgres" / "server.log").read_text(encoding="utf-8")
    assert "ready to accept connections" in log
    assert "typed-by-somebody" not in log


def test_secrets_are_their_owners_alone_and_stay_the_same(folder):
    files = sorted((folder / "secrets").iterdir())
    before = [path.read_bytes() for path in files]
    use(STARTED, folder)
    assert [path.name for path in files] == [
        "hotline_app", "hotline_owner", "postgres", "redis", "report-key-secret", "secret-key",
    ]  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert [path.read_bytes() for path in files] == before
    assert len(set(before)) == len(before)


def test_passwords_are_asked_and_not_on_a_command_line(folder):
    code = """
import time
url = os.environ["DATABASE_URL"].replace(":" + os.environ["DATABASE_URL"].split(":")[2].split("@")[0], ":wrong")
try:
    psycopg.connect(url)
except psycopg.OperationalError:
    print("refused")
import socket
with socket.create_connection(("127.0.0.1", int(os.environ["REDIS_URL"].split(":")[-1].split("/")[0]))) as broker:
    broker.sendall(b"PING\\r\\n")
    if broker.recv(100).startswith(b"-NOAUTH"):
        print("refused")
"""
    assert use(USE + code, folder).split() == ["refused", "refused"]
    with stay(folder) as user:
        user.stdout.readline()
        lines = [" ".join(process.cmdline()) for process in belonging_to(folder)]
        user.communicate()
    secrets = [path.read_text(encoding="ascii") for path in (folder / "secrets").iterdir()]
    assert len(lines) > 2
    assert not [line for line in lines for secret in secrets if secret in line]


def test_the_roles_can_do_what_they_are_for(folder):
    code = """
print(app.execute("SELECT current_user, pg_has_role('hotline_owner', 'member')").fetchone())
print(owner.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone())
print(app.execute("SHOW fsync").fetchone()[0], app.execute("SHOW timezone").fetchone()[0])
"""
    assert use(USE + code, folder).splitlines() == ["('hotline_app', False)", "(False, True)", "on UTC"]


def test_the_roles_have_what_those_of_the_docker_database_have(folder):
    code = f"""
for role in (app, owner):
    print(role.execute({ASKED!r}).fetchone())
"""
    expected = [str((f"hotline_{name}", *ANSWERS[name])) for name in ("app", "owner")]
    assert use(USE + code, folder).splitlines() == expected


@pytest.mark.parametrize("end", ["", "; os.kill(os.getpid(), 9)"], ids=["ended", "killed"])
def test_throwaway_servers_leave_no_folder(tmp_path, end):
    folder = tmp_path / "throwaway"
    folder.mkdir()
    code = (
        "import os, sys; from pathlib import Path; from hotline.embedded import provide_environment;"
        "provide_environment(Path(sys.argv[1]), throwaway=True);"
        "import psycopg;"
        "print(psycopg.connect(os.environ['DATABASE_URL']).execute('SHOW fsync').fetchone()[0], flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + end, str(folder)],
        cwd=BASE_DIR,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "off\n"
    wait_until(lambda: not folder.exists(), seconds=10)
    assert_ended(folder)


def test_django_is_not_imported():
    done = python("import hotline.embedded, sys; print('django' in sys.modules)", cwd=BASE_DIR)
    assert done.stdout == "False\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")
@pytest.mark.parametrize("ambient", [True, False], ids=["with ambient capability", "without"])
def test_root_in_a_folder_only_root_can_enter(tmp_path, ambient):
    # 1 << 6 is SECBIT_NO_CAP_AMBIENT_RAISE: what a container that refuses ambient capabilities looks like.
    refuse = "import ctypes; assert ctypes.CDLL(None).prctl(28, 1 << 6, 0, 0, 0) == 0\n"
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    folder = shut / "data"
    outside = Home(folder, "postgres").outside()
    try:
        assert use(("" if ambient else refuse) + STARTED, folder)
        with stay(folder, first="" if ambient else refuse) as user:
            user.stdout.readline()
            pids = [state(folder, kind).server_pid for kind in ("postgres", "valkey")]
            assert [psutil.Process(pid).username() for pid in pids] == ["nobody", "nobody"]
            user.communicate()
        assert (outside / "postgres" / "data").exists() is not ambient
        assert (folder / "postgres" / "data").exists() is ambient
    finally:
        subprocess.run(["rm", "-rf", outside], check=True)
