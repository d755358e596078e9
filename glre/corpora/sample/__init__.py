"""The sample corpus: invented abstracts in the shape of BioCreative V CDR, written by chance from a seed."""
