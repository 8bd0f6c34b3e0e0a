"""The joints of a robot on four legs: its two mirror symmetries flip signs, and save three quarters of the data."""

import numpy as np

import equivariety as ev

# Twelve joints: legs front left, front right, rear left, rear right; of each leg abduction, hip and knee.
joints = np.arange(12).reshape(2, 2, 3)  # (front or rear, left or right, joint)
left_right = joints[:, ::-1].ravel()  # abduction turns the other way in the mirror
front_rear = joints[::-1].ravel()  # hip and knee do
mirrors = ev.SignedPermutationGroup([left_right, front_rear], [[-1, 1, 1] * 4, [1, -1, -1] * 4])
space = ev.equivariant_maps(mirrors).hom
print(f"{mirrors.order()} symmetries; blocks", ", ".join(f"{b.label} x {b.cols}" for b in space.blocks))
print(f"a covariance has {space.dim} weights instead of 144 entries\n")

# Gaits that are as likely as their mirror images: a covariance that commutes with the group.
rng = np.random.default_rng(0)
factor = rng.standard_normal((12, 4))
truth = space.project(factor @ factor.T) + 0.05 * np.eye(12)
gaits = rng.multivariate_normal(np.zeros(12), truth, size=3_000)
assert ev.equivariance_error(truth, mirrors).worst < 1e-12

print("poses   error of the sample covariance   of its mean over the mirrors   PCA loss, rank 6   with mirrors")
new = gaits[2_000:]
for count in (10, 20, 40, 80, 2_000):
    X = gaits[:count]
    sample = X.T @ X / count
    errors = [np.linalg.norm(S - truth) / np.linalg.norm(truth) for S in (sample, space.project(sample))]
    spaces = (ev.linear_maps(12, 12, rank=6), ev.equivariant_maps(mirrors, rank=6))
    losses = [ev.mean_squared_error(ev.fit(maps, X).map, new) for maps in spaces]
    print(f"{count:5}   {errors[0]:30.3f}   {errors[1]:27.3f}   {losses[0]:16.4f}   {losses[1]:12.4f}")

best = ev.fit(ev.equivariant_maps(mirrors, rank=6), gaits)
print(f"\nranks of the blocks {best.ranks.by_label}, certified: {best.certificate.ok}")
pose = gaits[:1]
for name, mirror in zip(("left and right", "front and rear"), mirrors.generators, strict=True):
    gap = np.abs(best.map(mirror.apply(pose)) - mirror.apply(best.map(pose))).max()
    print(f"exchange of {name}: the map commutes up to {gap:.0e}")
