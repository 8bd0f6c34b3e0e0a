"""Questions about one point of a variety: is it on it, which point is nearest, is it singular, its tangent space."""
