"""One permutation: characters (l, m), fast real Fourier transforms, the base changes of the talk."""
