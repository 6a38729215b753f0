"""A web server of the distribution, which takes new certificates without being stopped."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kanta_tenancy.machinery.x509.credentials import Credential
from tests.assembly.processes import free_port
from tests.machinery.probing.servers import until_listening
from tests.machinery.probing.shown import written

NGINX = Path("/usr/sbin/nginx")
_SETTINGS = """\
daemon off;
master_process on;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/chain.pem;
    ssl_certificate_key {folder}/key.pem;
    {extra}
  }}
}}
"""


class Nginx:
    def __init__(self, folder: Path, process: subprocess.Popen[bytes], port: int) -> None:
        self.folder = folder
        self.process = process
        self.port = port

    def renew(self, shown: Credential) -> None:
        """Lay another certificate where the server has its own, as people do, and do not tell the server."""
        written(self.folder, shown)

    def reload(self) -> None:
        """Tell the server to read its settings anew, and wait until the workers of before have ended."""
        before = self._workers()
        self.process.send_signal(1)
        while before & self._workers() or not self._workers():
            assert self.process.poll() is None, (self.folder / "errors").read_text()

    def _workers(self) -> set[str]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        return set(children.split())


@contextmanager
def nginx(folder: Path, shown: Credential, extra: str = "") -> Iterator[Nginx]:
    folder.chmod(0o755)
    written(folder, shown)
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(_SETTINGS.format(folder=folder, port=port, extra=extra))
    with subprocess.Popen(
        [NGINX, "-p", folder, "-c", settings, "-e", folder / "errors"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            until_listening(port)
            yield Nginx(folder, process, port)
        finally:
            process.terminate()
