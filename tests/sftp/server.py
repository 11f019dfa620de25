"""A real OpenSSH server with a configuration of its own on a free loopback port."""
import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from core.sources.sftp import keys
from tests.e2e.serving import free_port

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
PATIENCE_S = 30.0  # a poll whose limits are a second or two ends far sooner, on a busy machine too


@dataclass(frozen=True)
class Sshd:
    """A running server: whoever holds `key` may sign in as `user`."""

    port: int
    home: Path
    user: str
    key: str
    log: Path
    process: "subprocess.Popen[bytes]"

    @property
    def host_key(self) -> keys.HostKey:
        return keys.host_keys((self.home / "host.pub").read_text())[0]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def start(home: Path, *options: str, subsystem: str = "internal-sftp") -> Sshd:
    """Keys, configuration and log go into `home`; `options` stand in front of the configuration, where the first of a keyword counts."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / name)], check=True)
    port = free_port()
    lines = [*options, f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {home}/host", f"AuthorizedKeysFile {home}/user.pub", "PidFile none", "UsePAM no",
             "StrictModes no", "PermitRootLogin yes", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "MaxStartups 100"]
    lines += [f"Subsystem sftp {subsystem}"] if subsystem else []
    (home / "sshd_config").write_text("\n".join(lines) + "\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # OpenSSH wants the folder, and a container that never ran it has none
    process = subprocess.Popen([SSHD, "-D", "-f", str(home / "sshd_config"), "-E", str(home / "log")])
    for _ in range(200):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return Sshd(port, home, pwd.getpwuid(os.geteuid()).pw_name, (home / "user").read_text(), home / "log", process)
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"sshd did not start: {(home / 'log').read_text()}")
