"""The sample corpora, written by chance from a seed: invented abstracts like CDR's, invented articles like DocRED's."""
