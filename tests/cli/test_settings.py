"""Settings: read once, validated at start, secrets never shown."""
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import settings


def test_everything_has_a_default_beside_the_data(tmp_path):
    read = settings.read({}, data_dir=tmp_path, env_file=tmp_path / "none")
    assert (read.data_dir, read.database_url, read.base_url, read.sftp_allowed_hosts, read.sftp_max_mb) == (
        tmp_path, f"sqlite:///{tmp_path / 'journeys.sqlite'}", None, (), 1024)


def test_the_environment_goes_before_the_file_and_the_command_line_before_both(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# ours\nexport JOURNEYS_BASE_URL='https://file.example'\nJOURNEYS_DATA_DIR=/file\nJOURNEYS_SFTP_MAX_MB=5\nOTHER=x\n")
    read = settings.read({"JOURNEYS_BASE_URL": "https://journeys.example/", "JOURNEYS_DATA_DIR": "/environment"}, data_dir=tmp_path, env_file=file)
    assert (read.base_url, read.data_dir, read.sftp_max_mb) == ("https://journeys.example", tmp_path, 5)


def test_a_name_that_is_no_setting_is_refused_in_the_file_and_left_alone_in_the_environment(tmp_path):
    file = tmp_path / ".env"
    file.write_text("JOURNEYS_DATADIR=x\n")
    with pytest.raises(settings.WrongSettings, match="Did you mean “JOURNEYS_DATA_DIR”"):
        settings.read({}, env_file=file)
    assert settings.read({"JOURNEYS_OTHER": "x"}, env_file=tmp_path / "none").sftp_max_mb == 1024


def test_a_file_that_is_no_text_is_named(tmp_path):
    file = tmp_path / ".env"
    file.write_bytes(b"JOURNEYS_MAIL_FROM=\xe4@host\n")
    with pytest.raises(settings.WrongSettings) as refused:
        settings.read({}, env_file=file)
    assert str(refused.value) == f"{file} is not UTF-8: save it as UTF-8."


@pytest.mark.parametrize(("name", "value"), [
    ("JOURNEYS_DATABASE_URL", "mysql://x"), ("JOURNEYS_DATABASE_URL", "sqlite://host/x"), ("JOURNEYS_DATABASE_URL", "sqlite:///"),
    ("JOURNEYS_DATABASE_URL", "postgresql://ana:geheim@host:port/d"), ("JOURNEYS_BASE_URL", "https://[x"), ("JOURNEYS_BASE_URL", "https://x:port"),
    ("JOURNEYS_BASE_URL", "journeys.example"), ("JOURNEYS_SMTP_URL", "http://x"), ("JOURNEYS_MAIL_FROM", "nobody"),
    ("JOURNEYS_SFTP_MAX_MB", "0"), ("JOURNEYS_SFTP_MAX_MB", "1e3"),
    ("JOURNEYS_SFTP_ALLOWED_HOSTS", "files.example, 10.0.0.0/99"), ("JOURNEYS_SFTP_ALLOWED_HOSTS", "one.example two.example")])
def test_a_setting_that_cannot_be_meant_is_refused_by_name(tmp_path, name, value):
    with pytest.raises(settings.WrongSettings, match=name) as refused:
        settings.read({name: value}, env_file=tmp_path / "none")
    assert "geheim" not in str(refused.value)


def test_a_key_that_is_too_short_is_refused_without_showing_it(tmp_path):
    with pytest.raises(settings.WrongSettings, match="JOURNEYS_SECRET_KEY") as refused:
        settings.read({"JOURNEYS_SECRET_KEY": "geheim"}, env_file=tmp_path / "none")
    assert "geheim" not in str(refused.value)


def test_postgres_is_spoken_with_the_driver_that_is_installed(tmp_path):
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert settings.read({"JOURNEYS_DATABASE_URL": f"{scheme}://a:b@h/d"}, env_file=tmp_path / "none").database_url == "postgresql+psycopg://a:b@h/d"


def test_without_a_key_one_is_made_for_the_owner_alone_and_many_first_starts_agree(tmp_path):
    read = settings.read({}, data_dir=tmp_path / "data", env_file=tmp_path / "none")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read.secret_key, range(8)))
    file = tmp_path / "data" / "secret.key"
    assert (len(keys), len(keys.pop()), stat.S_IMODE(file.stat().st_mode), [one.name for one in file.parent.iterdir()]) == (1, 64, 0o600, ["secret.key"])


def test_a_key_that_others_can_read_is_refused(tmp_path):
    read = settings.read({}, data_dir=tmp_path, env_file=tmp_path / "none")
    assert read.secret_key
    (tmp_path / "secret.key").chmod(0o640)
    with pytest.raises(settings.WrongSettings, match="chmod 600"):
        assert read.secret_key
