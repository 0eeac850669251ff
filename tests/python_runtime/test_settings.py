"""Where settings come from and what they refuse."""

import copy
import json
import pickle
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import ValidationError

from python.cloud_sink_base import (
    CloudSinkConfig,
    EnvMilliseconds,
    Overflow,
    PositiveSeconds,
    SecretMap,
    TextList,
    TextMap,
    expose,
)
from support import HttpSink, HttpSinkConfig

PAIRS = Path(__file__).parents[1] / "settings" / "pairs.json"


class ListConfig(CloudSinkConfig):
    env_prefix = "LISTS_"
    names: TextList = ()
    tags: TextMap = {}


class OtherNamesConfig(CloudSinkConfig):
    env_prefix = "OTHERS_"
    headers: SecretMap = {}
    timeout_seconds: Annotated[PositiveSeconds, EnvMilliseconds("LOGS_TIMEOUT", "TIMEOUT")] = 10.0


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, 10.0),
        ({"TIMEOUT": "3000", "LOGS_TIMEOUT": "2500"}, 2.5),
        ({"TIMEOUT": "3000", "OTHERS_TIMEOUT_SECONDS": "7"}, 7.0),
    ],
)
def test_milliseconds_of_another_variable_give_way_to_the_settings_own(
    variables: dict[str, str], expected: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in variables.items():
        monkeypatch.setenv(name, text)

    assert expected == OtherNamesConfig().timeout_seconds


@pytest.mark.parametrize("text", ["0", "3s", "-1", "1.5"])
def test_milliseconds_are_whole(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEOUT", text)

    with pytest.raises(ValidationError, match="`TIMEOUT`: expected whole milliseconds, from 1"):
        OtherNamesConfig()


def test_secrets_by_name_come_from_texts_references_and_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTHERS_HEADERS", "authorization=Basic%20aGk%3D,X-Team=a")
    monkeypatch.setenv("KEY", "from-env")

    read = OtherNamesConfig()
    given = OtherNamesConfig.model_validate(
        {"headers": {"X-Key": "plain", "X-Other": {"env": "KEY"}}}
    )

    texts = [{name: expose(text) for name, text in it.headers.items()} for it in (read, given)]
    assert [
        {"authorization": "Basic aGk=", "X-Team": "a"},
        {"X-Key": "plain", "X-Other": "from-env"},
    ] == texts
    assert "plain" not in repr(given)
    assert "aGk" not in repr(read)


def test_a_keyword_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDMADE_SINK_BATCH_SIZE", "12")
    monkeypatch.setenv("HANDMADE_SINK_OVERFLOW", "drop_oldest")
    monkeypatch.setenv("HANDMADE_SINK_MAX_RETRIES", "")

    config = HttpSinkConfig(overflow=Overflow.BLOCK)

    assert (12, Overflow.BLOCK, 5) == (config.batch_size, config.overflow, config.max_retries)


def test_the_first_variable_that_is_set_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDMADE_KEY", "example-first")
    monkeypatch.setenv("HANDMADE_SINK_API_KEY", "example-second")

    assert ("HANDMADE_KEY", "HANDMADE_SINK_API_KEY") == HttpSinkConfig.variables("api_key")
    key = HttpSinkConfig().api_key
    assert key is not None
    assert "example-first" == key.get_secret_value()


def test_pairs_are_read_as_the_shared_table_says() -> None:
    table = json.loads(PAIRS.read_text("utf-8"))

    for text, pairs in table["taken"].items():
        assert pairs == ListConfig.model_validate({"tags": text}).tags
    for text in table["refused"]:
        with pytest.raises(ValidationError, match="expected texts by name"):
            ListConfig.model_validate({"tags": text})


def test_lists_and_pairs_are_comma_separated_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LISTS_NAMES", "a, b,,c")
    monkeypatch.setenv("LISTS_TAGS", "env:prod,url:http://x")

    config = ListConfig()

    assert ("a", "b", "c") == config.names
    assert {"env": "prod", "url": "http://x"} == config.tags


@pytest.mark.parametrize("text", ['["a","b"]', ' {"env":"prod"}'])
@pytest.mark.parametrize("variable", ["LISTS_NAMES", "LISTS_TAGS"])
def test_json_is_not_taken_for_a_comma_separated_text(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)

    with pytest.raises(ValidationError, match="in the environment"):
        ListConfig()


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_sise": 1},
        {"batch_size": 0},
        {"retry_base_delay": 2, "retry_max_delay": 1},
        {"timeout_seconds": float("nan")},
        {"url": "ftp://x"},
        {"url": "http://user:pass@x"},
        {"url": "http://x?q=1"},
        {"url": "http://"},
        {"url": "http://x:99999"},
        {"url": "http://x/a b"},
        {"api_key": "example\r\nX-Other: 1"},
        {"api_key": "exämple"},
        {"api_key": {"env": "NO_SUCH_VARIABLE"}},
        {"api_key": {"file": "/no/such/file"}},
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HttpSink(settings)


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("example-key\n", encoding="utf-8")

    key = HttpSinkConfig.model_validate({"api_key": {"file": str(path)}}).api_key

    assert key is not None
    assert "example-key" == key.get_secret_value()


def test_no_secret_prints() -> None:
    config = HttpSinkConfig.model_validate({"api_key": "example-canary"})
    sink = HttpSink(config)

    shown = [repr(config), str(config), str(config.model_dump()), config.model_dump_json()]
    shown += [repr(sink), str(vars(sink)), repr(sink._encoder), str(vars(sink._worker))]
    with pytest.raises(ValidationError) as refused:
        HttpSinkConfig.model_validate({"api_key": ["example-canary"], "url": "example-canary"})
    shown.append(str(refused.value))

    assert "example-canary" not in " ".join(shown)
    for thing in (config, sink):
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(thing)


def test_a_config_can_be_copied() -> None:
    config = HttpSinkConfig.model_validate({"api_key": "example-key"})

    assert config == config.model_copy() == copy.copy(config)


def test_a_duration_beyond_all_measure_counts_as_a_very_long_one() -> None:
    durations = [
        name for name in CloudSinkConfig.model_fields if name.endswith(("_seconds", "_delay"))
    ]

    config = CloudSinkConfig.model_validate(dict.fromkeys(durations, 1e300))

    for name in durations:
        # What a socket is given must fit the milliseconds of a 32-bit number.
        limit = 2**31 / 1000 if name == "timeout_seconds" else 10 * 366 * 86_400
        assert 86_400 <= getattr(config, name) <= limit
