"""How fast a large table leaves the server, beside the same file from nginx and with the same readers.

    python -m benchmarks.bytes --rows 10000000 --repeat 3

makes a table of about 1 GB for 10 million rows, grants nine rows in ten, and reads the file: with a
plain reader, and with the Python client of Delta Sharing (from .venv-clients) into memory. nginx gives
the same file and the same answers to the client. Best of `--repeat`, in turns. The first read, which
writes the file of the grant, is compared with DuckDB's own COPY of the selection. Needs nginx.
"""

from __future__ import annotations

import argparse
import getpass
import http.client
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from benchmarks.calling import served
from benchmarks.granted import DATASET, TABLE, city, grant
from benchmarks.measuring import machine, timed
from bureau import Bureau
from bureau.plane import DataPlane
from catalog.predicate import Comparison, Operator
from catalog.views import Views
from web.app import create_app

READER = Path(__file__).parents[1] / ".venv-clients" / "bin" / "python"
COLUMNS = ("code", "first", "second", "name")
MAKE = """
COPY (SELECT i AS code, sha256(CAST(i AS VARCHAR)) AS name, sha256('a' || i) AS first,
      sha256('b' || i) AS second FROM range({rows}) AS t(i)) TO '{path}' (HEADER)
"""
SELECTION = "SELECT code, name, first, second FROM read_parquet({files}) WHERE code >= {least}"
COPY = "COPY ({selection}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
PLAIN = """
import sys, time, urllib.request
began, room, count = time.perf_counter(), bytearray(1 << 20), 0
for address in sys.argv[1:]:
    with urllib.request.urlopen(address) as answer:
        while taken := answer.readinto(room):
            count += taken
print(count, time.perf_counter() - began)
"""
CLIENT = """
import sys, time, delta_sharing
began = time.perf_counter()
frame = delta_sharing.load_as_pandas(sys.argv[1])
print(len(frame), time.perf_counter() - began)
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit; {user}
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; tcp_nopush on; default_type application/octet-stream;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  scgi_temp_path {folder}; uwsgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
    add_header Delta-Table-Version 0 always;
    location /delta-sharing/ {{
      error_page 404 405 =200 /query.ndjson;
    }}
  }}
}}
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--repeat", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "table.csv"
        duckdb.execute(MAKE.format(rows=given.rows, path=table))
        town = city(folder, table)
        table.unlink()
        least = given.rows // 10
        rows = Comparison("code", Operator.GE, (str(least),))
        _, token = grant(town, COLUMNS, rows)
        with served(create_app(DataPlane(town.workspace))) as port:
            first, answer = timed(lambda: _query(port, token))
            copied, _ = timed(lambda: _copy(town, folder / "copy.parquet", least))
            files = [line["file"] for line in map(json.loads, answer.splitlines()[2:])]
            views = Views(town.settings.home / "views")
            with nginx(folder / "nginx", views, answer) as other:
                urls = [file["url"] for file in files]
                read = _read(folder, (port, other), token, urls, given.repeat)
        town.close()
    ratio = round(first["seconds"] / copied["seconds"], 2)
    result = {
        "rows": given.rows,
        "files": len(files),
        "bytes": sum(file["size"] for file in files),
        "first_read": {"server": first, "duckdb_copy": copied, "ratio": ratio},
        **read,
    }
    print(json.dumps({"machine": machine(), **result}, indent=2))


def _read(
    folder: Path, ports: tuple[int, int], token: str, urls: Sequence[str], repeat: int
) -> dict[str, dict[str, float]]:
    """Seconds of each reader from each server; and how fast the first is as a share of the second."""
    readers: dict[str, Callable[[int], float]] = {
        "plain": lambda port: _run(sys.executable, PLAIN, *(_at(port, url) for url in urls)),
        "delta_sharing": lambda port: _run(READER, CLIENT, _profile(folder, port, token)),
    }
    found = {}
    for name, read in readers.items():
        taken = [[read(port) for port in ports] for _ in range(repeat)]
        ours, nginxes = (min(times) for times in zip(*taken, strict=True))
        found[name] = {
            "server_s": round(ours, 3),
            "nginx_s": round(nginxes, 3),
            "share_of_nginx": round(nginxes / ours, 2),
        }
    return found


def _at(port: int, url: str) -> str:
    return urlsplit(url)._replace(netloc=f"127.0.0.1:{port}").geturl()


def _run(python: str | Path, program: str, *arguments: str) -> float:
    called = subprocess.run(
        [python, "-c", program, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    count, seconds = called.stdout.split()
    assert int(count) > 0
    return float(seconds)


def _profile(folder: Path, port: int, token: str) -> str:
    profile = folder / f"{port}.share"
    endpoint = f"http://127.0.0.1:{port}/delta-sharing"
    stated = {"shareCredentialsVersion": 1, "endpoint": endpoint, "bearerToken": token}
    profile.write_text(json.dumps(stated), "utf-8")
    share, schema = TABLE.split("/")[3:6:2]
    return f"{profile}#{share}.{schema}.{DATASET}"


def _query(port: int, token: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", f"{TABLE}/query", "{}", {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    assert answer.status == 200
    lines = answer.read()
    connection.close()
    return lines


def _copy(town: Bureau, target: Path, least: int) -> None:
    with town.workspace.reading() as unit:
        delivery = unit.deliveries.find_published(DATASET)
    assert delivery is not None
    files = town.workspace.lake.files(delivery.lake_table, delivery.lake_version or 0)
    selection = SELECTION.format(files=list(map(str, files)), least=least)
    duckdb.execute(COPY.format(selection=selection, path=target))


def _listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx(folder: Path, views: Views, answer: bytes) -> Iterator[int]:
    """The port of an nginx that gives the files and the answer, as the server does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    *lines, _ = answer.split(b"\n")
    for number, line in enumerate(lines[2:], start=2):
        said = json.loads(line)
        given = said["file"]
        file = folder / "files" / urlsplit(given["url"]).path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        view = views.find(given["id"])
        assert view is not None
        shutil.copyfile(view, file)
        given["url"] = _at(port, given["url"])
        lines[number] = json.dumps(said).encode()
    (folder / "files" / "query.ndjson").write_bytes(b"\n".join([*lines, b""]))
    user = f"user {getpass.getuser()};" if getpass.getuser() == "root" else ""
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port, user=user), "utf-8")
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        sys.exit("nginx is missing: make bytes installs it")
    running = subprocess.Popen([program, "-c", settings, "-e", "stderr"])
    try:
        while not _listens(port):
            assert running.poll() is None, "nginx did not start"
            time.sleep(0.05)
        yield port
    finally:
        running.terminate()
        running.wait()


if __name__ == "__main__":
    main()
