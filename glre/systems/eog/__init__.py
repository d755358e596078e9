"""EOG (Christopoulou et al., EMNLP 2019): relations from walks over the edges of a document's graph."""
