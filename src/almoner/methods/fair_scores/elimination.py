"""The linear algebra of the fit: M = D Z'Z D + I, factorised at a cost by levels.

Z'Z counts ratings by pairs of levels, and D holds a term's relative standard deviation on each of
its levels. A family of terms whose joint block of Z'Z falls into small blocks (a root term and all
terms nested in it) is eliminated block by block; the rest is factorised as one dense matrix.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.linalg import blas, lapack

from almoner.methods.fair_scores.statistics import (
    FairScoreError,
    Floats,
    Integers,
    Obstacle,
    Statistics,
    nested,
)

DENSE_LEVELS = 20_000  # 3.2 GB a matrix, and two are held
CHUNK = 2_000_000  # numbers worked on at once
# A number scattered to a random place costs as much as this many multiplications of a dense
# product; only speed hangs on it.
SCATTER_COST = 200
WIDER = 1.25  # times the columns that the narrowest block of a chunk meets


@dataclass(frozen=True)
class _Chunk:
    """Blocks of equal size, at `rows`. `columns` are those of the rest that a block meets, padded
    with the last; None where so many are met that all are worked with."""

    rows: slice
    inner: Floats  # blocks x size x size
    columns: Integers | None  # blocks x width
    outer: Floats  # blocks x size x width, zero where padded
    pairs: npt.NDArray[np.int32]  # where pairs of a block's columns stand in the rest, made flat


def family(statistics: Statistics, terms: Sequence[int]) -> list[int]:
    """The terms to eliminate, their root first: those that leave the least work."""
    sizes = {term: len(statistics.factors[term].parts) for term in terms}
    best: tuple[float, list[int]] = (np.inf, [])
    for root in terms:
        members = [root] + [
            term for term in terms if term != root and nested(statistics, term, root)
        ]
        block = np.ones(sizes[root])
        for member in members[1:]:
            block += np.diff(statistics.crossed(root, member).indptr)
        rest = sum(sizes[term] for term in terms if term not in members)
        best = min(best, (float((block**3).sum() + 2.0 * rest**3), members))
    return best[1]


class Elimination:
    """The pattern of M for some terms, prepared once and factorised for many deviations."""

    def __init__(self, statistics: Statistics, terms: Sequence[int]) -> None:
        members = family(statistics, terms)
        rest = [term for term in terms if term not in members]
        sizes = {term: len(statistics.factors[term].parts) for term in terms}
        self.first = sum(sizes[term] for term in members)
        self.rest = sum(sizes[term] for term in rest)
        if self.rest > DENSE_LEVELS:
            names = ", ".join(f"{statistics.factors[term].name} ({sizes[term]:,})" for term in rest)
            raise FairScoreError(
                f"{self.rest:,} levels of {names} cross one another, and at most {DENSE_LEVELS:,} "
                "can be fitted beside the largest term: leave out the term with the most levels",
                Obstacle.TOO_MANY_CROSSED,
            )

        def counts(rows: Sequence[int], columns: Sequence[int]) -> sp.csr_array:
            shape = (sum(sizes[i] for i in rows), sum(sizes[j] for j in columns))
            blocks = [[statistics.crossed(i, j) for j in columns] for i in rows]
            return sp.csr_array(sp.block_array(blocks) if all(shape) else shape)

        block = np.concatenate(
            [statistics.crossed(term, members[0]).indices for term in members]
            or [np.empty(0, np.int64)]
        )
        outer = counts(members, rest)
        order, self._chunks = _chunks(counts(members, members), outer, block)
        self.outer = sp.csr_array(outer[order])
        self.below = counts(rest, rest)
        place = np.empty(self.first, np.int64)
        place[order] = np.arange(self.first)
        place = np.concatenate([place, np.arange(self.first, self.first + self.rest)])
        ends = np.cumsum([sizes[term] for term in members + rest])
        self.place = {
            term: place[end - sizes[term] : end]
            for term, end in zip(members + rest, ends, strict=True)
        }
        """Where the levels of each term stand in the vectors of this object."""

    def counted(self, right: Floats) -> Floats:
        """Z'Z right, for columns in the order of the places."""
        upper, below = right[: self.first], right[self.first :]
        inner = np.empty_like(upper)
        for chunk in self._chunks:
            part = upper[chunk.rows].reshape(*chunk.inner.shape[:2], -1)
            inner[chunk.rows] = (chunk.inner @ part).reshape(-1, right.shape[1])
        return np.concatenate(
            [inner + self.outer @ below, self.outer.T @ upper + self.below @ below]
        )

    def factorise(self, deviations: Floats) -> "Factorised":
        """M for the relative standard deviations, one a level in the order of `place`."""
        return Factorised(self, self._chunks, deviations)


def _chunks(
    counted: sp.csr_array, outer: sp.csr_array, block: Integers
) -> tuple[Integers, list[_Chunk]]:
    """The order of the eliminated levels, and their blocks in chunks of equal size.

    `counted` has the ratings of the eliminated levels among themselves, `outer` with the rest,
    `block` the number of the block that each lies in.
    """
    first, rest = outer.shape
    sizes = np.bincount(block)
    by_block = np.argsort(block, kind="stable")
    begin = np.concatenate([[0], np.cumsum(sizes)])
    members = sp.csr_array((np.ones(first), by_block, begin), shape=(len(sizes), first))
    met = sp.csr_array(members @ outer)
    met.sort_indices()
    widths = np.diff(met.indptr)
    order: list[Integers] = []
    chunks: list[_Chunk] = []
    row = 0
    for part, wide in _parts(sizes, widths, rest):
        size, width = int(sizes[part[0]]), int(widths[part].max(initial=0))
        rows = by_block[begin[part][:, None] + np.arange(size)].ravel()
        within = slice(row, row + len(rows))
        row = within.stop
        order.append(rows)
        inner = _inner(counted, rows, len(part), size)
        if wide:
            nothing = np.empty(0)
            chunks.append(_Chunk(within, inner, None, nothing, nothing.astype(np.int32)))
            continue
        columns = np.full((len(part), width), rest - 1, np.int64)
        columns[np.arange(width) < widths[part][:, None]] = sp.csr_array(met[part]).indices
        pairs = (columns[:, :, None] * rest + columns[:, None, :]).astype(np.int32).ravel()
        local = _local(outer, rows, columns, size)
        chunks.append(_Chunk(within, inner, columns, local, pairs))
    return np.concatenate(order) if order else np.empty(0, np.int64), chunks


def _parts(sizes: Integers, widths: Integers, rest: int) -> Iterator[tuple[Integers, bool]]:
    """Runs of blocks of one size, none too large to be held; whether they meet most of the rest.

    The others of a run meet about as many columns.
    """
    wide = widths * widths * SCATTER_COST > sizes * rest * rest
    ranked = np.lexsort((widths, wide, sizes))
    start = 0
    while start < len(ranked):
        one, ahead = ranked[start], ranked[start:]
        most = rest if wide[one] else int(WIDER * widths[one]) + 4
        alike = (sizes[ahead] == sizes[one]) & (wide[ahead] == wide[one]) & (widths[ahead] <= most)
        length = len(ahead) if alike.all() else int(np.argmin(alike))
        numbers = most * int(sizes[one] if wide[one] else max(most, sizes[one]))
        length = min(length, max(1, CHUNK // max(numbers, 1)))
        yield ranked[start : start + length], bool(wide[one])
        start += length


def _inner(counted: sp.csr_array, rows: Integers, blocks: int, size: int) -> Floats:
    """The blocks of `counted` on the diagonal, for rows that come block by block."""
    found = np.zeros((blocks, size, size))
    local = np.full(counted.shape[0], -1, np.int64)
    local[rows] = np.arange(len(rows))
    taken = sp.coo_array(counted[rows])
    there = local[taken.col]
    inside = (there >= 0) & (there // size == taken.row // size)
    row = taken.row[inside]
    found[row // size, row % size, there[inside] % size] = taken.data[inside]
    return found


def _local(outer: sp.csr_array, rows: Integers, columns: Integers, size: int) -> Floats:
    """Rows of `outer` on the columns that their block meets."""
    blocks, width = columns.shape
    found = np.zeros((blocks, size, width))
    taken = sp.coo_array(outer[rows])
    block = taken.row // size
    span = outer.shape[1] + 1
    keys = (np.arange(blocks)[:, None] * span + columns).ravel()
    at = np.searchsorted(keys, block.astype(np.int64) * span + taken.col) - block * width
    found[block, taken.row % size, at] = taken.data
    return found


class Factorised:
    """M factorised: its log determinant, solutions with it, and the diagonal of its inverse."""

    def __init__(self, plan: Elimination, chunks: Sequence[_Chunk], deviations: Floats) -> None:
        self._plan, self._chunks = plan, chunks
        self._own, self._other = deviations[: plan.first], deviations[plan.first :]
        # D Z'Z D between the eliminated levels and the rest.
        self._outer = sp.csr_array(
            sp.diags_array(self._own) @ plan.outer @ sp.diags_array(self._other)
        )
        self._inverses: list[Floats] = []
        schur = plan.below.toarray() * self._other
        schur *= self._other[:, None]
        np.einsum("ii->i", schur)[:] += 1.0
        self.log_determinant = 0.0
        for chunk in chunks:
            inverse, log_determinant = self._inverse(chunk)
            self.log_determinant += log_determinant
            self._inverses.append(inverse)
            self._subtract(schur, chunk, inverse)
        # Of the rest one triangle is complete: the lower one for LAPACK, which reads by columns.
        self.lower, failed = lapack.dpotrf(schur.T, lower=1, clean=1, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError("the rest of M is not positive definite")
        self.log_determinant += 2.0 * float(np.log(np.diagonal(self.lower)).sum())

    def _inverse(self, chunk: _Chunk) -> tuple[Floats, float]:
        size = chunk.inner.shape[1]
        own = self._own[chunk.rows].reshape(-1, size)
        block = chunk.inner * own[:, :, None] * own[:, None, :]
        block[:, np.arange(size), np.arange(size)] += 1.0
        if size == 1:
            return 1.0 / block, float(np.log(block).sum())
        half = np.linalg.cholesky(block)
        diagonal = np.diagonal(half, axis1=1, axis2=2)
        return np.asarray(np.linalg.inv(block), np.float64), 2.0 * float(np.log(diagonal).sum())

    def _subtract(self, schur: Floats, chunk: _Chunk, inverse: Floats) -> None:
        """Take from the rest what the eliminated blocks of a chunk tell of it."""
        if chunk.columns is None:
            half = np.linalg.cholesky(inverse).transpose(0, 2, 1)
            left = (half @ self._all(chunk)).reshape(-1, self._plan.rest)
            blas.dsyrk(-1.0, left.T, beta=1.0, c=schur.T, trans=0, lower=1, overwrite_c=1)
        else:
            met = self._met(chunk, chunk.columns)
            product = met.transpose(0, 2, 1) @ (inverse @ met)
            np.subtract.at(schur.reshape(-1), chunk.pairs, product.ravel())

    def _all(self, chunk: _Chunk) -> Floats:
        """D Z'Z D between the blocks of a chunk and all of the rest: blocks x size x rest."""
        outer: Floats = self._outer[chunk.rows].toarray().reshape(*chunk.inner.shape[:2], -1)
        return outer

    def _met(self, chunk: _Chunk, columns: Integers) -> Floats:
        """The same on the columns that each block meets: blocks x size x width."""
        own = self._own[chunk.rows].reshape(*chunk.inner.shape[:2], 1)
        return np.asarray(chunk.outer * own * self._other[columns][:, None, :], np.float64)

    def solve(self, right: Floats) -> Floats:
        """M^-1 right, for columns in the order of the plan's places."""
        first = self._plan.first
        upper = self._blockwise(right[:first])
        if self._plan.rest == 0:
            return upper
        below, _ = lapack.dpotrs(self.lower, right[first:] - self._outer.T @ upper, lower=1)
        return np.concatenate([upper - self._blockwise(self._outer @ below), below])

    def _blockwise(self, right: Floats) -> Floats:
        solved = np.empty_like(right)
        for chunk, inverse in zip(self._chunks, self._inverses, strict=True):
            part = right[chunk.rows].reshape(*inverse.shape[:2], -1)
            solved[chunk.rows] = (inverse @ part).reshape(-1, right.shape[1])
        return solved

    @cached_property
    def rest_inverse(self) -> Floats:
        """The rest's block of M^-1."""
        if self._plan.rest == 0:
            return np.empty((0, 0))
        half, _ = lapack.dpotri(self.lower, lower=1)
        whole = half + half.T
        np.einsum("ii->i", whole)[:] /= 2.0
        return np.asarray(whole, np.float64)

    @cached_property
    def diagonal(self) -> Floats:
        """The diagonal of M^-1."""
        found = np.empty(self._plan.first + self._plan.rest)
        found[self._plan.first :] = np.diagonal(self.rest_inverse)
        for chunk, inverse in zip(self._chunks, self._inverses, strict=True):
            spread = np.diagonal(inverse, axis1=1, axis2=2).copy()
            if chunk.columns is None:
                left = (inverse @ self._all(chunk)).reshape(-1, self._plan.rest)
                half = blas.dtrsm(1.0, self.lower, left.T, lower=1)
                spread += (half * half).sum(0).reshape(spread.shape)
            else:
                left = inverse @ self._met(chunk, chunk.columns)
                blocks, width = chunk.columns.shape
                among = self.rest_inverse.take(chunk.pairs).reshape(blocks, width, width)
                spread += ((left @ among) * left).sum(2)
            found[chunk.rows] = spread.ravel()
        return found

    def variances(self, combinations: sp.csr_array) -> Floats:
        """k' M^-1 k for each row k of a matrix of few numbers, in the order of the places."""
        first, rest = self._plan.first, self._plan.rest
        upper = sp.csr_array(combinations[:, :first])
        solved = upper
        if first:
            blocks = [inverse for chunk in self._inverses for inverse in chunk]
            nothing = sp.coo_array((0, 0))  # with it the blocks become a sparse array
            solved = sp.csr_array(upper @ sp.csr_array(sp.block_diag([nothing, *blocks])))
        found = np.asarray(solved.multiply(upper).sum(1)).ravel()
        if rest:
            below = sp.csr_array(combinations[:, first:] - solved @ self._outer)
            step = max(1, CHUNK // rest)
            for start in range(0, below.shape[0], step):
                part = sp.csr_array(below[start : start + step])
                product = part.multiply(part @ self.rest_inverse)
                found[start : start + step] += np.asarray(product.sum(1))
        return np.asarray(found, np.float64)
