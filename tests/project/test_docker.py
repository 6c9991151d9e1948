"""The container files agree with the project: names, roles, secrets, and the scripts do what they say.

There is no Docker here; hadolint and the compose schema are checked by `make lint`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import psycopg
import pytest
import yaml

from hotline.embedded.binaries import postgres_install
from tests.project.processes import BASE_DIR, environment
from tests.project.roles import ANSWERS, ASKED

DOCKER = BASE_DIR / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
SHOW = (
    "from hotline import settings as s; d = s.DATABASES['default'];"
    "print(d['HOST'], d['USER'], s.APP_DATABASE_ROLE, 'broker:6379' in s.REDIS_URL)"
)
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "hotline")


def test_every_role_of_the_entrypoint_has_its_service():
    roles = re.findall(r"^    ([a-z]+)\)$", (DOCKER / "entrypoint.sh").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(set(roles) - {"manage"}) == OURS
    assert {name: SERVICES[name]["command"] for name in OURS} == {name: [name] for name in OURS}


@pytest.mark.parametrize("name", OURS)
def test_settings_know_every_variable_of_a_service(name):
    settings = (BASE_DIR / "hotline" / "settings.py").read_text(encoding="utf-8")
    variables = {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]}
    assert [variable for variable in sorted(variables) if f'"{variable}"' not in settings] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_secret_file_of_a_service_is_given_to_it(name):
    service = SERVICES[name]
    read = {Path(value).name for key, value in service.get("environment", {}).items() if key.endswith("_FILE")}
    assert read <= set(service["secrets"])
    assert set(service["secrets"]) <= set(COMPOSE["secrets"])


def test_only_migrate_holds_the_owners_address():
    assert [name for name in OURS if "database_owner_url" in SERVICES[name]["secrets"]] == ["migrate"]


def test_every_service_but_the_one_shot_is_watched():
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service] == ["migrate"]


def test_only_the_web_is_reached_from_outside_and_from_this_host_alone():
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_every_mounted_and_copied_file_is_there():
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = [DOCKER / volume for volume in mounted if volume.startswith("./")]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DOCKER / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    files += [BASE_DIR / name for line in copied for name in line.split()]
    assert len(files) > 8
    assert [path for path in files if not path.exists()] == []


def test_the_image_copies_what_it_does_not_ignore():
    allowed = re.findall(r"^!(.+)$", (DOCKER / "Dockerfile.dockerignore").read_text("utf-8"), re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DOCKER / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert sorted(allowed) == sorted(name for line in copied for name in line.split())


@pytest.fixture
def made_secrets(tmp_path) -> Path:
    script = tmp_path / "make-secrets.sh"
    script.write_bytes((DOCKER / "make-secrets.sh").read_bytes())
    subprocess.run(["sh", script], check=True, capture_output=True)
    return tmp_path / "secrets"


def test_make_secrets_makes_what_compose_mounts_and_never_twice(made_secrets):
    assert sorted(path.name for path in made_secrets.iterdir()) == sorted(COMPOSE["secrets"])
    assert made_secrets.stat().st_mode & 0o077 == 0
    before = {path.name: path.read_text("ascii") for path in made_secrets.iterdir()}
    assert len(set(before.values())) == len(before)
    assert min(len(value) for value in before.values()) > 50
    again = subprocess.run(["sh", made_secrets.parent / "make-secrets.sh"], check=False, capture_output=True)
    assert again.returncode == 1
    assert {path.name: path.read_text("ascii") for path in made_secrets.iterdir()} == before


@pytest.mark.xdist_group("database roles")
def test_the_database_script_makes_roles_that_the_addresses_fit(made_secrets):
    # On this test run's own server, where the roles' and the database's real names are taken.
    server = urlsplit(os.environ["DATABASE_URL"])
    script = (DOCKER / "postgres" / "init-roles.sh").read_text("utf-8").replace("/run/secrets", str(made_secrets))
    script = script.replace("DATABASE hotline", "DATABASE docker_hotline").replace(
        "connect hotline", "connect docker_hotline"
    )
    script = script.replace("/etc/postgresql/rights.sql", str(DOCKER / "postgres" / "rights.sql"))
    for name in ("database_url", "database_owner_url"):
        path = made_secrets / name
        path.chmod(0o600)
        path.write_text(path.read_text("ascii").replace("hotline_", "docker_").replace("/hotline", "/docker_hotline"))
    variables = {
        "PATH": f"{postgres_install() / 'bin'}:{os.environ['PATH']}",
        "POSTGRES_USER": server.username,
        "PGHOST": server.hostname,
        "PGPORT": str(server.port),
        "PGPASSWORD": server.password,
    }
    try:
        subprocess.run(["sh", "-c", script], env=variables, capture_output=True, check=True)
        assert [_asked(made_secrets / name, server) for name in ("database_url", "database_owner_url")] == [
            ("docker_app", *ANSWERS["app"]),
            ("docker_owner", *ANSWERS["owner"]),
        ]
    finally:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as superuser:
            superuser.execute("DROP DATABASE IF EXISTS docker_hotline")
            superuser.execute("DROP ROLE IF EXISTS docker_app, docker_owner")


def _asked(secret: Path, server: SplitResult) -> tuple:
    """Who one is with that address, and what one may do."""
    address = secret.read_text("ascii").strip().replace("database:5432", f"{server.hostname}:{server.port}")
    with psycopg.connect(address) as connection:
        return connection.execute(ASKED).fetchone()


def test_the_services_environment_makes_settings_that_start(made_secrets):
    service = SERVICES["migrate"]
    given = {
        key: str(value).replace("/run/secrets", str(made_secrets)) for key, value in service["environment"].items()
    }
    given = {key: re.sub(r"\$\{\w+:[?-]([^}]*)\}", r"\1", value) for key, value in given.items()}
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=BASE_DIR,
        env=environment() | given | {"ALLOWED_HOSTS": "hotline.example", "HOTLINE_DATABASE_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("database hotline_owner hotline_app True\n", "")
