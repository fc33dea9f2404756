"""Is it any good? Evaluation at rolling origins, floors in the same race, intervals, a verdict in words."""
