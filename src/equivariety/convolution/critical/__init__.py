"""Critical points of the squared error of a convolutional network: all complex ones, and the kind of a given one."""
