"""Document-level relation extraction with Global-to-Local Neural Networks (Wang et al., EMNLP 2020)."""

__version__ = "0.1.0"
