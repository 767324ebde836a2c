"""What a backend did, measured: the terms of each output, from them where it lands, the formula
behind that, and how sums are rounded."""
