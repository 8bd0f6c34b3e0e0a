"""How many bodies must be measured before a regression knows that left and right are alike? Tell it, and see."""

import numpy as np

import equivariety as ev

data = ev.datasets.make_mirror_symmetric(2_000, rng=np.random.default_rng(1))
test = slice(1_000, None)
print(f"{data.X.shape[1]} measurements, two targets, R^2 on {len(data.X[test])} new bodies")
print("measured   symmetric   ordinary")
for count in (20, 30, 50, 100, 1_000):
    X, sides = data.X[:count], data.sides[:count]
    symmetric = ev.EquivariantRegression(data.group, target_group=data.side_group).fit(X, sides)
    ordinary = ev.EquivariantRegression().fit(X, sides)
    scores = [model.score(data.X[test], data.sides[test]) for model in (symmetric, ordinary)]
    print(f"{count:8}   {scores[0]:9.3f}   {scores[1]:8.3f}")

mirrored = data.group.generators[0].apply(data.X)
error = np.abs(symmetric.predict(mirrored) - symmetric.predict(data.X)[:, ::-1]).max()
print(f"mirrored bodies have mirrored predictions up to {error:.1e}")
