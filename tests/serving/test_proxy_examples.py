"""The proxies accept the examples of docs/self-hosting.md."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from linkmsg.models.attachment import MAX_MESSAGE_SIZE
from linkmsg.web.uploads import FORM_OVERHEAD

DOCS = Path(__file__).parents[2] / "docs" / "self-hosting.md"
CADDY = re.search(r"```\n(messages\.example\.com \{.*?)```", DOCS.read_text(), re.DOTALL)[1]
NGINX = re.search(r"```nginx\n(.*?)```", DOCS.read_text(), re.DOTALL)[1]
CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=x"
)


def run(*command: str, folder: Path) -> None:
    """Run a command in a folder, or skip the test if it is not installed; it must succeed."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    if shutil.which(command[0], path=path) is None:
        pytest.skip(f"{command[0]} is not installed")
    environment = {"PATH": path, "HOME": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_nginx_accepts_the_example(tmp_path):
    run(*CERTIFICATE.split(), "-keyout", "privkey.pem", "-out", "fullchain.pem", folder=tmp_path)
    example = NGINX.replace("/etc/letsencrypt/live/messages.example.com", str(tmp_path))
    # Ports of the system need root, and may be in use.
    example = re.sub(r" *listen \[::\].*\n", "", example)
    example = re.sub(r"listen (80|443)", rf"listen unix:{tmp_path}/\1.socket", example)
    folders = "client_body_temp_path body; proxy_temp_path proxy; access_log off;"
    folders += "fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;"
    file = tmp_path / "nginx.conf"
    file.write_text(f"pid nginx.pid; events {{}} http {{ {folders}\n{example} }}")
    run("nginx", "-t", "-p", f"{tmp_path}/", "-e", "error.log", "-c", str(file), folder=tmp_path)


def test_caddy_accepts_the_example(tmp_path):
    (tmp_path / "Caddyfile").write_text(CADDY)
    run("caddy", "validate", "--adapter", "caddyfile", "--config", "Caddyfile", folder=tmp_path)


def test_examples_accept_the_largest_message():
    largest = (MAX_MESSAGE_SIZE + FORM_OVERHEAD) / 1024**2
    assert float(re.search(r"client_max_body_size (\d+)m;", NGINX)[1]) >= largest
    assert float(re.search(r"max_size (\d+)MiB", CADDY)[1]) >= largest


def test_examples_send_all_that_linkmsg_trusts():
    sent = {name.lower() for name in re.findall(r"proxy_set_header (\S+) ", NGINX)}
    trusted = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
    assert sent >= {"host", "upgrade", "connection", *trusted}
    assert "X-Forwarded-For $remote_addr;" in NGINX
