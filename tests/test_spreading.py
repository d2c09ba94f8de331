"""Work done by several processes is the work of one, whatever becomes of the helpers."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from benchmarks.invented import Invented
from clusterer import Collection
from clusterer.living import assembly, growing, shelf, spreading
from clusterer.living.spreading import VARIABLE, cut, spread
from clusterer.matching import shelves


@pytest.fixture(params=["1", "2", "3"])
def hands(request, monkeypatch):
    monkeypatch.setenv(VARIABLE, request.param)
    return int(request.param)


def test_results_stand_in_the_order_of_the_parts(hands):
    assert spread(sum, cut(list(range(23)), 3)) == [
        sum(range(at, min(at + 3, 23))) for at in range(0, 23, 3)
    ]


def test_what_fails_in_a_helper_fails_here(hands):
    with pytest.raises(ZeroDivisionError):
        spread(lambda part: 1 // part, [1, 2, 3, 0])


def test_a_helper_that_dies_is_stood_in_for(hands):
    here = os.getpid()

    def work(part):
        if part % 2 and os.getpid() != here:
            os._exit(9)
        return part * part

    assert spread(work, list(range(7))) == [part * part for part in range(7)]


def test_a_helper_asks_for_no_helpers(monkeypatch):
    monkeypatch.setenv(VARIABLE, "2")
    assert spread(lambda _: spreading.processes(), [0, 1])[1] == 1


def test_where_nothing_can_be_forked_the_work_is_done_here(hands, monkeypatch):
    def refuse():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    assert spread(lambda part: (part, os.getpid()), [1, 2, 3]) == [
        (part, os.getpid()) for part in (1, 2, 3)
    ]


def test_no_thread_beside_the_main_one_forks(hands):
    """Others may be inside of BLAS just then, and a fork would wait for them for ever."""
    with ThreadPoolExecutor(1) as pool:
        pids = pool.submit(spread, lambda _: os.getpid(), [0, 1, 2]).result()
    assert set(pids) == {os.getpid()}


def test_a_collection_is_the_same_whoever_helps(monkeypatch):
    for module, name, size in (
        (assembly, "CREDITED", 16),
        (assembly, "PLACED", 64),
        (assembly, "SEARCHED", 64),
        (assembly, "BLOCK", 256),
        (assembly, "FEW", 10),
        (growing, "DESCRIBED", 32),
        (growing, "CROWD", 128),
        (shelf, "FEWEST", 8),
        (shelf, "FOUND", 200),
        (shelves, "FEWEST", 8),
        (shelves, "FOUND", 200),
    ):
        monkeypatch.setattr(module, name, size)
    told = set()
    for count in ("1", "2"):
        monkeypatch.setenv(VARIABLE, count)
        world = Invented(3333, crowd=0.5)
        collection = Collection(world)
        keeper = collection._keeper
        keeper.stages = replace(keeper.stages, cache=None)
        given = world.articles(300)
        collection.add(given[:250])
        collection.add(given[250:])
        told.add(collection.result().to_json())
    assert len(told) == 1
