"""Offsets in float32, integer images, several threads at once: what small samples on one thread do not show."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_info

import equivariety as ev


@pytest.mark.parametrize("route", ["moment matrix", "block moments"])
def test_a_large_offset_in_float32(route, rng):
    data = (1.0 + 1e-3 * rng.standard_normal((200_000, 2))).astype(np.float32)
    space = ev.linear_maps(2, 2, rank=1)
    exact = ev.fit(space, data.astype(np.float64))
    assert ev.fit(space, data, route=route).loss == pytest.approx(exact.loss, rel=1e-3)


@pytest.mark.parametrize("dtype", [np.uint8, bool])
def test_error_of_integer_images(dtype):
    data = np.full((2, 3), 255).astype(dtype)
    assert ev.mean_squared_error(np.zeros_like, data) == float(data[0, 0]) ** 2


def test_losses_of_all_ranks_end_at_the_loss_in_float32(rng):
    data = (rng.standard_normal((5000, 100)) * 10.0 ** -np.linspace(0, 5, 100)).astype(np.float32)
    fit = ev.fit(ev.linear_maps(100, 100, rank=60), data)
    assert fit.best_losses[-1] == pytest.approx(fit.loss, rel=1e-9)


@pytest.mark.parametrize("bad", [np.inf, np.nan, 1e30])
def test_bad_entries_in_many_chunks_are_refused_without_a_warning(bad, rng):
    data = rng.standard_normal((3000, 784)).astype(np.float32)
    data[2500, 3] = bad
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=r"^X must be finite"):
            ev.fit(ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=3), data, route="block moments")


def blas_threads():
    return sorted(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")


def test_fits_in_several_threads_leave_the_blas_threads_as_they_were(rng):
    before = blas_threads()
    space = ev.equivariant_maps(ev.groups.shift((6, 8), axis=1), rank=9)
    data = rng.standard_normal((4000, 48))
    losses = []

    def many_fits():
        for _ in range(15):
            losses.append(ev.fit(space, data, route="block moments").loss)

    threads = [threading.Thread(target=many_fits) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert blas_threads() == before
    assert len(losses) == 45
    assert max(losses) - min(losses) <= 1e-12 * max(losses)


def test_samples_have_no_more_eigenvalues_than_the_block(rng):
    fit = ev.fit(ev.equivariant_maps(ev.groups.cyclic(3)), rng.standard_normal((50, 3)), route="samples")
    assert [len(values) for values in fit.spectra.values()] == [1, 1]


def test_listed_identities_pair_with_anything():
    listed = ev.PermutationGroup([[0, 1], [0, 1], [0, 1]])
    assert ev.equivariant_maps(listed, ev.groups.cyclic(3)).shape == (3, 2)


@pytest.mark.parametrize("route", ["samples", "block moments"])
@pytest.mark.parametrize("count", [5, 40, 3000])
def test_dependent_inputs_in_float32_are_not_told_apart_by_their_rounding(route, count, rng):
    x = (rng.standard_normal((count, 2)) @ rng.standard_normal((2, 24))).astype(np.float32)
    y = (x @ rng.standard_normal((24, 24)) + 0.5 * rng.standard_normal((count, 24))).astype(np.float32)
    fit = ev.fit(ev.linear_maps(24, 24, rank=6), x, y, route=route)
    assert fit.loss == pytest.approx(float(np.mean((fit.map(x).astype(float) - y) ** 2)), rel=1e-4)
    assert fit.certificate.ok
