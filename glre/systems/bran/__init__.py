"""BRAN (Verga et al., NAACL 2018): self-attention and convolutions over a document, and a bi-affine scorer."""
