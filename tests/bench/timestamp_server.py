"""A timestamp authority in a process of its own: `openssl ts` behind HTTP on loopback; it prints its port.

The argument is how far away it is: for how many milliseconds what is asked and answered is on its way.
"""

import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.timestamp_authority import TimestampAuthority


def main() -> None:
    """Answer until the input ends."""
    on_its_way_s = float(sys.argv[1]) / 1000
    with tempfile.TemporaryDirectory(prefix="kanta-stamps-") as folder:
        authority = TimestampAuthority(Path(folder))

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # connections are kept, as long as whoever asks keeps them
            wbufsize = -1  # head and body leave together

            def do_POST(self) -> None:
                answer = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(on_its_way_s)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                return

        with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
            print(server.server_port, flush=True)
            server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
