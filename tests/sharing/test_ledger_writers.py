"""Four processes appending at once lose nothing and leave no gap."""

from multiprocessing import get_context

from sharing.ledger.entry import Event, decode
from tests.sharing.ledgers import append, make_engine, opened, verified

WRITERS, ENTRIES = 4, 100


def write(url, writer, start):
    engine = make_engine(url)
    start.wait()
    for number in range(ENTRIES):
        append(engine, Event("grant.issued", f"writer:{writer}", {"number": number}))
    engine.dispose()


def test_four_processes_append_at_once(ledger_engine):
    url = ledger_engine.url.render_as_string(hide_password=False)
    processes = get_context("spawn")
    start = processes.Barrier(WRITERS, timeout=60)
    writers = [processes.Process(target=write, args=(url, n, start)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS

    with opened(ledger_engine) as ledger:
        assert ledger.head().size == WRITERS * ENTRIES
        said = [decode(entry.body) for entry in ledger.list_entries(limit=10_000)]
    assert [one.index for one in said] == list(range(WRITERS * ENTRIES))
    for writer in range(WRITERS):
        own = [one.facts["number"] for one in said if one.subject == f"writer:{writer}"]
        assert own == list(range(ENTRIES))
    assert verified(ledger_engine).ok
