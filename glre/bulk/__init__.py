"""One job over many shards: an output for each, by several processes or machines, taken up again where it was cut."""
