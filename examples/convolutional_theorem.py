"""Critical points of linear convolutional networks: a theorem on random data, and where its conclusion fails.

If all strides are larger than 1, the critical points of the squared error for almost all data are regular points of the
map from filters to the end-to-end filter v, and v is a smooth interior point of the function space; or v = 0.
"""

import equivariety as ev
from equivariety import experiments

# All critical points, complex ones included, for random data: one sample too few, and enough.
for filter_sizes, strides in [((3, 2), (2, 1)), ((2, 2), (2, 2)), ((2, 2), (1, 1))]:
    net = ev.LinearConvolutionalNetwork(filter_sizes, strides)
    k = net.end_to_end_size
    print(f"filter sizes {filter_sizes}, strides {strides}")
    print(experiments.run_theorem(net, samples=[k - 1, k], outputs=[1, 2], seeds=[0]), "\n")

print("spurious critical points")
for point in (experiments.stride_one_minimum(), *experiments.dense_saddles()):
    print(f"  {point.network}: {point.kind}, {point.type.replace('_', ' ')}, loss {point.loss:.4g}")

print("\ncritical points if the inputs are whitened, which is not general")
for count in experiments.whitened_counts([0]):
    sizes, strides = count.filter_sizes, count.strides
    print(
        f"  filter sizes {sizes}, strides {strides}: {count.whitened}, found {count.found[0]}, general {count.general}"
    )

limit = experiments.converging_filters(4)
print("\nend-to-end filters that converge, filter sizes (3, 2), stride 2")
for v in (*limit.end_to_end, limit.limit):
    print("  ", *v)
layers = "; ".join(", ".join(map(str, w)) for w in limit.limit_filters)
print(f"the limit has filters {layers}: the function space is closed")

gap = experiments.closure_gap()
print(f"but {gap.outside}, a real point of its Zariski closure, has squared distance {gap.squared_distance} from it")
