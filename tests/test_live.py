"""The served book: the next build stands ready, shows what was saved, and begins anew when its start was edited."""

import asyncio
import threading
import time

import pytest

from tools import live


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A book of one page, whose title is what the package says."""
    (tmp_path / "mcnotes").mkdir()
    (tmp_path / "mcnotes" / "words.py").write_text("title = 'first title'")
    (tmp_path / "conf.py").write_text("import pathlib\nword = pathlib.Path(__file__).parent / 'mcnotes' / 'words.py'\n"
                                      "exec(word.read_text())\nhtml_title = title\nhtml_theme = 'basic'\n"
                                      "with open(word.parent.parent / 'started', 'a') as log:\n    log.write('.')\n")
    (tmp_path / "index.rst").write_text("first text\n==========\n")
    monkeypatch.setattr(live, "ROOT", tmp_path)
    monkeypatch.setattr(live.running, "make_ready", lambda: None)
    return tmp_path


@pytest.fixture
def builder(folder):
    builder = live.Builder([str(folder), str(folder / "out"), "-b", "html", "-q"], url_host="here",
                           pre_build_commands=[])
    yield builder
    builder.discard()


def save(path, text, builder, starts):
    """Save a file when the next build stands ready, after so many starts."""
    started = path.parents[path.parent.name == "mcnotes"] / "started"
    while len(started.read_text()) < starts:
        assert builder._ready._process.is_alive()
        time.sleep(.05)
    path.write_text(text)
    return [path]


def test_each_build_shows_what_was_saved(folder, builder, capfd):
    def page():
        return (folder / "out" / "index.html").read_text()

    builder(changed_paths=[])
    assert "first text" in page() and "first title" in page()
    builder(changed_paths=save(folder / "index.rst", "second text\n===========\n", builder, 2))
    assert "second text" in page() and "first title" in page()
    builder(changed_paths=save(folder / "mcnotes" / "words.py", "title = 'second title'", builder, 3))
    assert "second text" in page() and "second title" in page()
    said = capfd.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in said] == ["the book", "index.rst", "words.py"]
    assert all("shown, after" in line for line in said)


def test_a_start_that_fails_is_told_and_mended(folder, builder, capfd):
    builder(changed_paths=[])
    builder(changed_paths=save(folder / "mcnotes" / "words.py", "title = 1 / 0", builder, 2))
    told = capfd.readouterr()
    assert "words.py: not built" in told.out and "division by zero" in told.err
    builder(changed_paths=save(folder / "mcnotes" / "words.py", "title = 'mended'", builder, 0))
    assert "mended" in (folder / "out" / "index.html").read_text()


def test_a_build_that_nobody_wants_ends(folder, builder):
    builder(changed_paths=[])
    process = builder._ready._process
    save(folder / "index.rst", "second text\n===========\n", builder, 2)
    assert process.is_alive()
    builder.discard()
    assert process.exitcode == 0 and "second text" not in (folder / "out" / "index.html").read_text()


def test_the_server_builds_beside_its_answers(folder):
    """Builds come from a thread of the server, one after the other."""
    calls, served = [], []

    def built(changed_paths):
        calls.append(([path.name for path in changed_paths], threading.current_thread() is threading.main_thread()))

    async def serve():
        watcher = live.Watcher([folder], lambda path: path.endswith(".log"), built)
        watching = asyncio.create_task(watcher.watch())
        await asyncio.sleep(.3)
        (folder / "noise.log").write_text("not watched")
        (folder / "index.rst").write_text("saved\n=====\n")
        await asyncio.wait_for(watcher.flag.wait(), 10)
        served.append(True)
        watching.cancel()

    asyncio.run(serve())
    assert served and calls == [(["index.rst"], False)]


def test_a_build_may_come_from_a_thread(folder, builder, capfd):
    builder(changed_paths=[])
    for text in ("second text", "third text"):
        paths = save(folder / "index.rst", f"{text}\n===========\n", builder, 0)
        asyncio.run(asyncio.to_thread(builder, changed_paths=paths))
        assert text in (folder / "out" / "index.html").read_text()
    assert "not built" not in capfd.readouterr().out
