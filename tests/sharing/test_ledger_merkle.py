"""The tree against published vectors and against a tree written down as RFC 6962 defines it."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from sharing.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    Head,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    peak_spans,
    root_of,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parents[1] / "data/merkle/eight_leaves.json").read_text())
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(text) for text in VECTORS["roots"]]
SOME_HASH = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")

trees = st.integers(1, 200).map(lambda size: [leaf_hash(b"%d" % n) for n in range(size)])


def naive_root(leaves):
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


def test_hashes_are_those_published():
    known = {name: bytes.fromhex(text) for name, text in VECTORS["hashes"].items()}
    assert known["empty_root"] == EMPTY_ROOT == root_of([])
    assert known["leaf_of_nothing"] == leaf_hash(b"")
    assert known["leaf_of_L123456"] == leaf_hash(b"L123456")
    assert known["node_of_N123_N456"] == node_hash(b"N123", b"N456")


def test_a_node_cannot_pass_for_a_leaf():
    left, right = leaf_hash(b"Hello"), leaf_hash(b"World")
    assert node_hash(left, right) != leaf_hash(left + right)
    assert node_hash(left, right) != node_hash(right, left)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_published(size):
    assert root_of(LEAVES[:size]) == ROOTS[size - 1]


@pytest.mark.parametrize("vector", VECTORS["inclusion"])
def test_inclusion_proofs_are_those_published(vector):
    index, size = vector["index"], vector["size"]
    proof = tuple(bytes.fromhex(text) for text in vector["proof"])
    assert inclusion_proof(LEAVES[:size], index) == proof
    assert verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size - 1])


@pytest.mark.parametrize("vector", VECTORS["consistency"])
def test_consistency_proofs_are_those_published(vector):
    old, new = vector["old_size"], vector["new_size"]
    proof = tuple(bytes.fromhex(text) for text in vector["proof"])
    assert consistency_proof(LEAVES[:new], old) == proof
    assert verify_consistency(old, new, ROOTS[old - 1], ROOTS[new - 1], proof)


@given(trees)
def test_the_frontier_gives_the_naive_root_and_survives_storage(leaves):
    frontier = Frontier()
    for leaf in leaves:
        frontier = Frontier.from_bytes(frontier.to_bytes())
        frontier.append(leaf)
    assert frontier.head() == Head(len(leaves), naive_root(leaves))
    assert root_of(leaves) == naive_root(leaves)


@given(trees)
def test_peaks_are_the_roots_of_their_spans(leaves):
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    spans = peak_spans(len(leaves))
    assert [naive_root(leaves[s.start : s.stop]) for s in spans] == list(frontier.peaks)
    assert [n for span in spans for n in span] == list(range(len(leaves)))


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 7, b"\x00" * 9, (3).to_bytes(8) + b"\x00" * 32, b"\xff" * 8]
)
def test_a_damaged_frontier_is_refused(data):
    with pytest.raises(InvalidInput, match="no frontier"):
        Frontier.from_bytes(data)


@given(trees, st.data())
def test_every_inclusion_proof_holds_for_its_leaf_only(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) - 1).filter(lambda n: n != index) | st.just(-1))
    proof, root = inclusion_proof(leaves, index), naive_root(leaves)
    assert verify_inclusion(leaves[index], index, len(leaves), proof, root)
    assert not verify_inclusion(leaves[index], other, len(leaves), proof, root)
    assert not verify_inclusion(SOME_HASH, index, len(leaves), proof, root)
    assert len(proof) <= (len(leaves) - 1).bit_length()


@given(trees, st.data())
def test_every_consistency_proof_holds_for_its_roots_only(leaves, data):
    old_size = data.draw(st.integers(1, len(leaves)))
    proof = consistency_proof(leaves, old_size)
    old, new = naive_root(leaves[:old_size]), naive_root(leaves)
    assert verify_consistency(old_size, len(leaves), old, new, proof)
    assert not verify_consistency(old_size, len(leaves), SOME_HASH, new, proof)
    assert not verify_consistency(old_size, len(leaves), old, SOME_HASH, proof)


def wrong_proofs(proof, *, extra):
    """Every proof that differs from `proof` by a bit, a hash too few or a hash too many."""
    for place, hash_ in enumerate(proof):
        flipped = bytes([hash_[0] ^ 8]) + hash_[1:]
        yield (*proof[:place], flipped, *proof[place + 1 :])
        yield (*proof[:place], *proof[place + 1 :])
        yield (*proof[:place], hash_[:-1], *proof[place + 1 :])
    for garbage in (b"", *extra, SOME_HASH):
        yield (garbage, *proof)
        yield (*proof, garbage)


@given(trees, st.data())
def test_a_corrupt_inclusion_proof_proves_nothing(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    leaf, size, root = leaves[index], len(leaves), naive_root(leaves)
    proof = inclusion_proof(leaves, index)
    for wrong in wrong_proofs(proof, extra=[root, leaf]):
        assert not verify_inclusion(leaf, index, size, wrong, root)
    assert not verify_inclusion(leaf, index + size, size, proof, root)
    assert not verify_inclusion(b"", index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, proof, EMPTY_ROOT)


@given(trees, st.data())
def test_a_corrupt_consistency_proof_proves_nothing(leaves, data):
    old_size = data.draw(st.integers(1, len(leaves)))
    size, old, new = len(leaves), naive_root(leaves[:old_size]), naive_root(leaves)
    proof = consistency_proof(leaves, old_size)
    for wrong in wrong_proofs(proof, extra=[old, new]):
        assert not verify_consistency(old_size, size, old, new, wrong)
    assert not verify_consistency(size + 1, size, old, new, proof)


@pytest.mark.parametrize("vector", VECTORS["inclusion"][1:])
def test_an_inclusion_proof_of_another_height_proves_nothing(vector):
    index, size = vector["index"], vector["size"]
    proof = [bytes.fromhex(text) for text in vector["proof"]]
    for other in (size * 2, size // 2):
        assert not verify_inclusion(LEAVES[index], index, other, proof, ROOTS[size - 1])


@pytest.mark.parametrize("vector", VECTORS["consistency"][1:])
def test_a_consistency_proof_of_other_sizes_proves_nothing(vector):
    old, new = vector["old_size"], vector["new_size"]
    proof = [bytes.fromhex(text) for text in vector["proof"]]
    for sizes in ((old - 1, new), (old + 1, new), (old ^ 2, new), (old, new * 2), (old, new // 2)):
        assert not verify_consistency(*sizes, ROOTS[old - 1], ROOTS[new - 1], proof)
    assert not verify_consistency(old, new, ROOTS[new - 1], ROOTS[old - 1], proof)
    assert not verify_consistency(old, new, ROOTS[old - 1], ROOTS[new - 1], [])


@pytest.mark.parametrize("new_size", [0, 1, 8])
def test_an_empty_old_tree_is_no_matter_of_proof(new_size):
    assert not verify_consistency(0, new_size, EMPTY_ROOT, root_of(LEAVES[:new_size]), [])
    with pytest.raises(InvalidInput, match="was never one of 0"):
        consistency_proof(LEAVES[:new_size], 0)


@pytest.mark.parametrize(("size", "index"), [(0, 0), (1, 1), (8, -1), (8, 8)])
def test_a_leaf_that_is_not_there_has_no_proof(size, index):
    with pytest.raises(InvalidInput, match=f"has no leaf {index}"):
        inclusion_proof(LEAVES[:size], index)
    assert not verify_inclusion(SOME_HASH, index, size, [], root_of(LEAVES[:size]))


def test_the_frontier_is_no_part_of_what_a_head_says():
    frontier = Frontier()
    frontier.append(SOME_HASH)
    assert frontier.head() == replace(frontier.head(), frontier=b"")
