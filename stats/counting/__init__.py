"""From records to counts, and from counts to cells: the recount, its independent second, and reads on the rollup."""
